/** What the order is worth at most is not above what the book allows for one order. */
import { amountText, atMost, type Check, missingPrice } from '#domain/risk/checks/check'

export const orderNotional: Check = {
  code: 'orderNotional',
  unit: 'bookCurrency',
  scope: 'order',
  evaluate: (view) =>
    atMost(view.notional, view.limits.maxOrderNotional, {
      text: amountText,
      what: "The order's notional, at worst,",
      unit: view.opened?.currency ?? '',
      remedy: 'order less',
      missing: missingPrice(view),
    }),
}
