/** The same position at its mark, in the book's currency, is not above what the book allows. */
import { amountText, atMost, type Check, missingPrice } from '#domain/risk/checks/check'

export const positionNotional: Check = {
  code: 'positionNotional',
  unit: 'bookCurrency',
  scope: 'symbol',
  evaluate: (view) =>
    atMost(view.outlook.positionNotional, view.limits.maxPositionNotional, {
      text: amountText,
      what: `The worth of ${view.terms.symbol} with this and all open orders, at worst,`,
      unit: view.opened?.currency ?? '',
      remedy: 'order less, or cancel what is open',
      missing: missingPrice(view),
    }),
}
