/** A limit order has a price, in whole ticks; a market order has none. */
import { type Check, judged, notEvaluated, quantityText } from '#domain/risk/checks/check'

export const priceIncrement: Check = {
  code: 'priceIncrement',
  unit: 'price',
  scope: 'instrument',
  evaluate: ({ terms, instrument }) => {
    const { venue, symbol, orderType, limitPrice } = terms
    if (instrument === undefined) return notEvaluated('', `${symbol} is not listed at ${venue}`)
    const { tickSize } = instrument.rules
    const tick = quantityText(tickSize)
    if (limitPrice === undefined)
      return judged(orderType === 'market', '', tick, () =>
        orderType === 'market'
          ? 'A market order has no price.'
          : `A ${orderType} order needs a limitPrice: give it one.`,
      )
    const price = quantityText(limitPrice)
    if (orderType === 'market')
      return judged(false, price, tick, () => 'A market order has no limitPrice: leave it out.')
    return limitPrice % tickSize === 0n
      ? judged(true, price, tick, () => `The price ${price} is a multiple of ${tick}.`)
      : judged(
          false,
          price,
          tick,
          () => `The price ${price} is not a multiple of the tick size ${tick}: round it.`,
        )
  },
}
