/** With this one, no more orders of the book are open than it allows. */
import { atMost, type Check } from '#domain/risk/checks/check'

export const openOrders: Check = atMost({
  code: 'openOrders',
  unit: 'orders',
  scope: 'book',
  observed: ({ outlook }) => outlook.openOrders,
  text: String,
  limit: ({ limits }) => limits.maxOpenOrders,
  limitText: ({ limitTexts }) => limitTexts.maxOpenOrders,
  what: () => 'The number of open orders with this one',
  remedy: 'cancel one first',
})
