/** All long sides together, and all short sides together, are not above the limit. */
import { amountText, atMost, type Check, missingPrice } from '#domain/risk/checks/check'

export const netExposure: Check = {
  code: 'netExposure',
  unit: 'bookCurrency',
  scope: 'book',
  evaluate: (view) =>
    atMost(view.outlook.net, view.limits.maxNetExposure, {
      text: amountText,
      what: 'The net exposure, at worst,',
      unit: view.opened?.currency ?? '',
      remedy: 'order less, or close something on this side',
      missing: missingPrice(view),
    }),
}
