/** No more orders of the book than it allows have an outcome that is not known. */
import { atMost, type Check } from '#domain/risk/checks/check'

export const unknownOrders: Check = {
  code: 'unknownOrders',
  unit: 'orders',
  scope: 'book',
  evaluate: ({ exposure, limits }) =>
    atMost(exposure.unknownOrders(), limits.maxUnknownOrders, {
      text: String,
      what: 'The number of orders whose outcome is unknown',
      unit: 'orders',
      remedy: 'wait until the venue has been asked',
      missing: '',
    }),
}
