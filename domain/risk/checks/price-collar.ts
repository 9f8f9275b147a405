/**
 * A limit price is not too far on the wrong side of the mark: a buy not too far above it, a sell not too far
 * below. On the other side it merely waits, and cannot cost more than it says.
 */
import { type Check, failed, notEvaluated, passed, unsaid } from '#domain/risk/checks/check'
import { quantityText } from '#domain/risk/texts'
import { ratioHalfEven } from '#domain/values/decimal'

const one = 10n ** 18n

export const priceCollar: Check = {
  code: 'priceCollar',
  unit: 'ratio',
  scope: 'order',
  evaluate: ({ terms: { side, limitPrice }, mark, limits, limitTexts }) => {
    const collar = limits.priceCollar
    const limit = limitTexts.priceCollar
    if (collar === undefined || limitPrice === undefined) return passed('', limit)
    if (mark === undefined) return notEvaluated(limit)
    const beyond = side === 'buy' ? limitPrice - mark.price : mark.price - limitPrice
    const judged = beyond * one <= collar * mark.price ? passed : failed
    return judged(quantityText(ratioHalfEven(beyond, mark.price)), limit)
  },
  inWords: ({ terms: { symbol, side }, mark }, { outcome, observed, limit }) => {
    if (limit === '') return 'No price collar is set.'
    if (outcome === 'notEvaluated' || mark === undefined)
      return unsaid(`there is no mark of ${symbol}`)
    if (observed === '') return 'A market order has no price to hold to the collar.'
    const where = side === 'buy' ? 'above' : 'below'
    const is = `The price is ${observed} ${where} the mark ${quantityText(mark.price)}`
    return outcome === 'passed'
      ? `${is}, at most ${limit}.`
      : `${is}, more than ${limit}: move it closer.`
  },
}
