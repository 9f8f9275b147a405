/** The position in the symbol, with all that is open on the worse side, is not above what the book allows. */
import { atMost, type Check } from '#domain/risk/checks/check'
import { quantityText } from '#domain/risk/texts'

export const positionQuantity: Check = atMost({
  code: 'positionQuantity',
  unit: 'quantity',
  scope: 'symbol',
  observed: ({ outlook }) => outlook.positionQuantity,
  text: quantityText,
  limit: ({ terms, limits }) => limits.maxPosition?.[terms.symbol],
  limitText: ({ terms, limitTexts }) => limitTexts.maxPosition[terms.symbol] ?? '',
  what: () => 'The position with this and all open orders, at worst,',
  remedy: 'order less, or cancel what is open',
})
