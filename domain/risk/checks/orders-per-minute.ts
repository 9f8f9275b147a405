/** With this one, the book has had no more orders approved in the last minute than it allows. */
import { atMost, type Check } from '#domain/risk/checks/check'
import { minute } from '#domain/risk/velocity'

export const ordersPerMinute: Check = {
  code: 'ordersPerMinute',
  unit: 'orders',
  scope: 'book',
  evaluate: ({ desk, at, limits }) =>
    atMost(desk.velocity.within(at, minute) + 1, limits.maxOrdersPerMinute, {
      text: String,
      what: 'The number of orders approved in the last minute with this one',
      unit: 'orders',
      remedy: 'order more slowly',
      missing: '',
    }),
}
