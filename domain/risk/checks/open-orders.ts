/** With this one, no more orders of the book are open than it allows. */
import { atMost, type Check } from '#domain/risk/checks/check'

export const openOrders: Check = {
  code: 'openOrders',
  unit: 'orders',
  scope: 'book',
  evaluate: ({ exposure, limits }) =>
    atMost(exposure.openOrders() + 1, limits.maxOpenOrders, {
      text: String,
      what: 'The number of open orders with this one',
      unit: 'orders',
      remedy: 'cancel one first',
      missing: '',
    }),
}
