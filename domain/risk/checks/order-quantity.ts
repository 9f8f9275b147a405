/** The quantity is not above what the book allows for one order of the symbol. */
import { atMost, type Check } from '#domain/risk/checks/check'

export const orderQuantity: Check = atMost({
  code: 'orderQuantity',
  unit: 'quantity',
  scope: 'order',
  observed: ({ terms }) => terms.quantity,
  text: (_, view) => view.quantityText,
  limit: ({ terms, limits }) => limits.maxOrderQuantity?.[terms.symbol],
  limitText: ({ terms, limitTexts }) => limitTexts.maxOrderQuantity[terms.symbol] ?? '',
  what: () => 'The quantity of the order',
  remedy: 'split the order',
})
