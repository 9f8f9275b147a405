/** No more orders of the book than it allows have an outcome that is not known. */
import { atMost, type Check } from '#domain/risk/checks/check'

export const unknownOrders: Check = atMost({
  code: 'unknownOrders',
  unit: 'orders',
  scope: 'book',
  observed: ({ outlook }) => outlook.unknownOrders,
  text: String,
  limit: ({ limits }) => limits.maxUnknownOrders,
  limitText: ({ limitTexts }) => limitTexts.maxUnknownOrders,
  what: () => 'The number of orders whose outcome is unknown',
  remedy: 'wait until the venue has been asked',
})
