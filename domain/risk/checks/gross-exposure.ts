/** All that the book holds and has open, each account's instrument at its worse side, is not above the limit. */
import { atMost, type Check, missingPrice } from '#domain/risk/checks/check'
import { amountText } from '#domain/risk/texts'

export const grossExposure: Check = atMost({
  code: 'grossExposure',
  unit: 'bookCurrency',
  scope: 'book',
  observed: ({ outlook }) => outlook.gross,
  text: amountText,
  limit: ({ limits }) => limits.maxGrossExposure,
  limitText: ({ limitTexts }) => limitTexts.maxGrossExposure,
  what: () => 'The gross exposure, at worst,',
  remedy: 'order less, or close something',
  missing: missingPrice,
})
