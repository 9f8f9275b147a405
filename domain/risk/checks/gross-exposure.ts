/** All that the book holds and has open, each account's instrument at its worse side, is not above the limit. */
import { amountText, atMost, type Check, missingPrice } from '#domain/risk/checks/check'

export const grossExposure: Check = {
  code: 'grossExposure',
  unit: 'bookCurrency',
  scope: 'book',
  evaluate: (view) =>
    atMost(view.outlook.gross, view.limits.maxGrossExposure, {
      text: amountText,
      what: 'The gross exposure, at worst,',
      unit: view.opened?.currency ?? '',
      remedy: 'order less, or close something',
      missing: missingPrice(view),
    }),
}
