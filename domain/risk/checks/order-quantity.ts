/** The quantity is not above what the book allows for one order of the symbol. */
import { atMost, type Check, quantityText } from '#domain/risk/checks/check'

export const orderQuantity: Check = {
  code: 'orderQuantity',
  unit: 'quantity',
  scope: 'order',
  evaluate: ({ terms: { symbol, quantity }, limits }) =>
    atMost(quantity, limits.maxOrderQuantity?.[symbol], {
      text: quantityText,
      what: 'The quantity',
      unit: symbol,
      remedy: 'split the order',
      missing: '',
    }),
}
