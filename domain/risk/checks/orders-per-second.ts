/** With this one, the book has had no more orders approved in the last second than it allows. */
import { atMost, type Check } from '#domain/risk/checks/check'
import { second } from '#domain/risk/velocity'

export const ordersPerSecond: Check = {
  code: 'ordersPerSecond',
  unit: 'orders',
  scope: 'book',
  evaluate: ({ desk, at, limits }) =>
    atMost(desk.velocity.within(at, second) + 1, limits.maxOrdersPerSecond, {
      text: String,
      what: 'The number of orders approved in the last second with this one',
      unit: 'orders',
      remedy: 'order more slowly',
      missing: '',
    }),
}
