/**
 * No price is too far on the wrong side of where the market will be. A limit buy not too far above the mark, a
 * limit sell not too far below: on the other side it merely waits, and cannot cost more than it says. A stop buy
 * not too far below the mark, a stop sell not too far above: it would be triggered at once, far from where it
 * was meant to be. On its right side a stop may be as far as anybody likes. The limit of a stop-limit order is
 * held to the stop price, where the market is when it counts, unless the market is past that already.
 */
import { type Check, failed, notEvaluated, passed, unsaid } from '#domain/risk/checks/check'
import { perCentOf, perCentText, quantityText } from '#domain/risk/texts'
import { larger, ratioHalfEven, smaller } from '#domain/values/decimal'
import type { Price } from '#schemas/values/decimal'
import type { Mark, Terms } from '#schemas/values/trading'

const one = 10n ** 18n

export const priceCollar: Check = {
  code: 'priceCollar',
  unit: 'ratio',
  scope: 'order',
  evaluate: ({ terms, mark, limits, limitTexts }) => {
    const collar = limits.priceCollar
    const limit = limitTexts.priceCollar
    if (collar === undefined || hasNoPrice(terms)) return passed('', limit)
    if (mark === undefined) return notEvaluated(limit)
    const { by, of } = farthest(terms, mark)
    const judged = by * one <= collar * of ? passed : failed
    return judged(quantityText(ratioHalfEven(by, of)), limit)
  },
  inWords: ({ terms, mark, limits }, { outcome }) => {
    const collar = limits.priceCollar
    if (collar === undefined) return 'No price collar is set.'
    if (outcome === 'notEvaluated' || mark === undefined)
      return unsaid(`there is no mark of ${terms.symbol}`)
    if (hasNoPrice(terms)) return 'A market order has no price to hold to the collar.'
    const { by, of, what, from, isAbove } = farthest(terms, mark)
    // What is too far is rounded up, so that it is never said to be as far as the limit.
    const far = perCentOf(by, of, outcome === 'failed' ? 'up' : 'toZero')
    const where = isAbove ? 'above' : 'below'
    const is = `The ${what} is ${far} % ${where} the ${from} ${quantityText(of)}`
    return outcome === 'passed'
      ? `${is}, at most ${perCentText(collar)} %.`
      : `${is}, more than ${perCentText(collar)} %: move it closer.`
  },
}

const hasNoPrice = ({ limitPrice, stopPrice }: Terms): boolean =>
  limitPrice === undefined && stopPrice === undefined

/** How far a price is on the wrong side of another; below 0 on the right one. */
interface Distance {
  readonly what: string
  readonly from: string
  readonly of: Price
  readonly by: bigint
  readonly isAbove: boolean
}
/** Of an order's prices, the one that is farther on its wrong side. */
const farthest = ({ side, limitPrice, stopPrice }: Terms, { price: mark }: Mark): Distance => {
  const isBuy = side === 'buy'
  const stop = stopPrice ?? mark
  const triggered = isBuy ? larger(stop, mark) : smaller(stop, mark)
  const limit = limitPrice ?? triggered
  const ofLimit: Distance = {
    what: 'price',
    from: triggered === mark ? 'mark' : 'stop price',
    of: triggered,
    by: isBuy ? limit - triggered : triggered - limit,
    isAbove: isBuy,
  }
  const ofStop: Distance = {
    what: 'stop price',
    from: 'mark',
    of: mark,
    by: isBuy ? mark - stop : stop - mark,
    isAbove: !isBuy,
  }
  if (stopPrice === undefined) return ofLimit
  if (limitPrice === undefined) return ofStop
  return ofStop.by * ofLimit.of > ofLimit.by * ofStop.of ? ofStop : ofLimit
}
