/**
 * A limit price is not too far on the wrong side of the mark: a buy not too far above it, a sell not too far
 * below. On the other side it merely waits, and cannot cost more than it says.
 */
import { type Check, failed, notEvaluated, passed, unsaid } from '#domain/risk/checks/check'
import { perCentOf, perCentText, quantityText } from '#domain/risk/texts'
import { ratioHalfEven } from '#domain/values/decimal'
import type { Price } from '#schemas/values/decimal'
import type { Mark, Side } from '#schemas/values/trading'

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
    const beyond = beyondMark(side, limitPrice, mark)
    const judged = beyond * one <= collar * mark.price ? passed : failed
    return judged(quantityText(ratioHalfEven(beyond, mark.price)), limit)
  },
  inWords: ({ terms: { symbol, side, limitPrice }, mark, limits }, { outcome }) => {
    const collar = limits.priceCollar
    if (collar === undefined) return 'No price collar is set.'
    if (outcome === 'notEvaluated' || mark === undefined)
      return unsaid(`there is no mark of ${symbol}`)
    if (limitPrice === undefined) return 'A market order has no price to hold to the collar.'
    // What is too far is rounded up, so that it is never said to be as far as the limit.
    const rounding = outcome === 'failed' ? 'up' : 'toZero'
    const far = perCentOf(beyondMark(side, limitPrice, mark), mark.price, rounding)
    const where = side === 'buy' ? 'above' : 'below'
    const is = `The price is ${far} % ${where} the mark ${quantityText(mark.price)}`
    return outcome === 'passed'
      ? `${is}, at most ${perCentText(collar)} %.`
      : `${is}, more than ${perCentText(collar)} %: move it closer.`
  },
}

/** How far the price is on the wrong side of the mark; below 0 on the other. */
const beyondMark = (side: Side, limitPrice: Price, mark: Mark): bigint =>
  side === 'buy' ? limitPrice - mark.price : mark.price - limitPrice
