/** With this one, the book has had no more orders approved in the last hour than it allows. */
import { atMost, type Check } from '#domain/risk/checks/check'
import { hour } from '#domain/risk/velocity'

export const ordersPerHour: Check = atMost({
  code: 'ordersPerHour',
  unit: 'orders',
  scope: 'book',
  observed: ({ desk, at, scope }) => desk.velocity.within(at, hour, scope) + 1,
  text: String,
  limit: ({ limits }) => limits.maxOrdersPerHour,
  limitText: ({ limitTexts }) => limitTexts.maxOrdersPerHour,
  what: () => 'The number of orders approved in the last hour with this one',
  remedy: 'order more slowly',
})
