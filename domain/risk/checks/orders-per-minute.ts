/** With this one, the book has had no more orders approved in the last minute than it allows. */
import { atMost, type Check } from '#domain/risk/checks/check'
import { minute } from '#domain/risk/velocity'

export const ordersPerMinute: Check = atMost({
  code: 'ordersPerMinute',
  unit: 'orders',
  scope: 'book',
  observed: ({ desk, at, scope }) => desk.velocity.within(at, minute, scope) + 1,
  text: String,
  limit: ({ limits }) => limits.maxOrdersPerMinute,
  limitText: ({ limitTexts }) => limitTexts.maxOrdersPerMinute,
  what: () => 'The number of orders approved in the last minute with this one',
  remedy: 'order more slowly',
})
