/** With this one, the book has had no more orders approved in the last hour than it allows. */
import { atMost, type Check } from '#domain/risk/checks/check'
import { hour } from '#domain/risk/velocity'

export const ordersPerHour: Check = {
  code: 'ordersPerHour',
  unit: 'orders',
  scope: 'book',
  evaluate: ({ desk, at, limits }) =>
    atMost(desk.velocity.within(at, hour) + 1, limits.maxOrdersPerHour, {
      text: String,
      what: 'The number of orders approved in the last hour with this one',
      unit: 'orders',
      remedy: 'order more slowly',
      missing: '',
    }),
}
