/** The same position at its mark, in the book's currency, is not above what the book allows. */
import { atMost, type Check, missingPrice } from '#domain/risk/checks/check'
import { amountText } from '#domain/risk/texts'

export const positionNotional: Check = atMost({
  code: 'positionNotional',
  unit: 'bookCurrency',
  scope: 'symbol',
  observed: ({ outlook }) => outlook.positionNotional,
  text: amountText,
  limit: ({ limits }) => limits.maxPositionNotional,
  limitText: ({ limitTexts }) => limitTexts.maxPositionNotional,
  what: ({ terms }) => `The worth of ${terms.symbol} with this and all open orders, at worst,`,
  remedy: 'order less, or cancel what is open',
  missing: missingPrice,
})
