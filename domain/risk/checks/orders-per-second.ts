/** With this one, the book has had no more orders approved in the last second than it allows. */
import { atMost, type Check } from '#domain/risk/checks/check'
import { second } from '#domain/risk/velocity'

export const ordersPerSecond: Check = atMost({
  code: 'ordersPerSecond',
  unit: 'orders',
  scope: 'book',
  observed: ({ desk, at, scope }) => desk.velocity.within(at, second, scope) + 1,
  text: String,
  limit: ({ limits }) => limits.maxOrdersPerSecond,
  limitText: ({ limitTexts }) => limitTexts.maxOrdersPerSecond,
  what: () => 'The number of orders approved in the last second with this one',
  remedy: 'order more slowly',
})
