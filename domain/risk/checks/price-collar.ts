/**
 * A limit price is not too far on the wrong side of the mark: a buy not too far above it, a sell not too far
 * below. On the other side it merely waits, and cannot cost more than it says.
 */
import { type Check, judged, notEvaluated, quantityText } from '#domain/risk/checks/check'
import { ratioHalfEven } from '#domain/values/decimal'

const one = 10n ** 18n

export const priceCollar: Check = {
  code: 'priceCollar',
  unit: 'ratio',
  scope: 'order',
  evaluate: ({ terms: { symbol, side, limitPrice }, mark, limits }) => {
    const collar = limits.priceCollar
    if (collar === undefined) return judged(true, '', '', () => 'No price collar is set.')
    const limit = quantityText(collar)
    if (limitPrice === undefined)
      return judged(true, '', limit, () => 'A market order has no price to hold to the collar.')
    if (mark === undefined) return notEvaluated(limit, `there is no mark of ${symbol}`)
    const beyond = side === 'buy' ? limitPrice - mark.price : mark.price - limitPrice
    const seen = quantityText(ratioHalfEven(beyond, mark.price))
    const where = side === 'buy' ? 'above' : 'below'
    const price = quantityText(mark.price)
    return beyond * one <= collar * mark.price
      ? judged(true, seen, limit, () => `The price is ${seen} ${where} the mark ${price}.`)
      : judged(
          false,
          seen,
          limit,
          () =>
            `The price is ${seen} ${where} the mark ${price}, more than ${limit}: move it closer.`,
        )
  },
}
