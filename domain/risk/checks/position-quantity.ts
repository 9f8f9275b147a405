/** The position in the symbol, with all that is open on the worse side, is not above what the book allows. */
import { atMost, type Check, quantityText } from '#domain/risk/checks/check'

export const positionQuantity: Check = {
  code: 'positionQuantity',
  unit: 'quantity',
  scope: 'symbol',
  evaluate: ({ terms: { symbol }, limits, outlook }) =>
    atMost(outlook.positionQuantity, limits.maxPosition?.[symbol], {
      text: quantityText,
      what: 'The position with this and all open orders, at worst,',
      unit: symbol,
      remedy: 'order less, or cancel what is open',
      missing: '',
    }),
}
