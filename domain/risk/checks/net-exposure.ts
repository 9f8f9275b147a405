/** All long sides together, and all short sides together, are not above the limit. */
import { atMost, type Check, missingPrice } from '#domain/risk/checks/check'
import { amountText } from '#domain/risk/texts'

export const netExposure: Check = atMost({
  code: 'netExposure',
  unit: 'bookCurrency',
  scope: 'book',
  observed: ({ outlook }) => outlook.net,
  text: amountText,
  limit: ({ limits }) => limits.maxNetExposure,
  limitText: ({ limitTexts }) => limitTexts.maxNetExposure,
  what: () => 'The net exposure, at worst,',
  remedy: 'order less, or close something on this side',
  missing: missingPrice,
})
