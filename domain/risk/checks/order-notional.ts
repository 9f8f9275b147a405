/** What the order is worth at most is not above what the book allows for one order. */
import { atMost, type Check, missingPrice } from '#domain/risk/checks/check'
import { amountText } from '#domain/risk/texts'

export const orderNotional: Check = atMost({
  code: 'orderNotional',
  unit: 'bookCurrency',
  scope: 'order',
  observed: ({ notional }) => notional,
  text: amountText,
  limit: ({ limits }) => limits.maxOrderNotional,
  limitText: ({ limitTexts }) => limitTexts.maxOrderNotional,
  what: () => "The order's notional, at worst,",
  remedy: 'order less',
  missing: missingPrice,
})
