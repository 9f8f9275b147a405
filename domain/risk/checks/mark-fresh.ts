/** There is a price to judge by, and a rate where one is needed, and neither is too old. */
import { atMost, type Check, judged, type View } from '#domain/risk/checks/check'
import { msBetween } from '#domain/values/instant'
import type { MarketSymbol } from '#schemas/values/ids'
import type { Mark } from '#schemas/values/trading'

export const markFresh: Check = {
  code: 'markFresh',
  unit: 'milliseconds',
  scope: 'symbol',
  evaluate: (view) => {
    const { limits } = view
    const text = limits.maxMarkAgeMs === undefined ? '' : String(limits.maxMarkAgeMs)
    const missing = marksNeeded(view).find(([, mark]) => mark === undefined)
    if (missing !== undefined)
      return judged(
        false,
        '',
        text,
        () => `There is no mark of ${missing[0]}: wait until the market is heard again.`,
      )
    return atMost(ageMs(view), limits.maxMarkAgeMs, {
      text: String,
      what: 'The age of the mark',
      unit: 'ms',
      remedy: 'wait until the market is heard again',
      missing: '',
    })
  },
}

type Needed = readonly [MarketSymbol, Mark | undefined]
const marksNeeded = ({ terms, mark, desk, pricing }: View): readonly Needed[] => {
  const rateSymbol = pricing?.rateSymbol
  const own: Needed = [terms.symbol, mark]
  return rateSymbol === undefined ? [own] : [own, [rateSymbol, desk.markOf(rateSymbol)]]
}
/** Of the older one, rounded up; a mark from the future is new. */
const ageMs = (view: View): number =>
  marksNeeded(view).reduce((oldest, [, mark]) => {
    const age = mark === undefined ? 0 : Math.ceil(msBetween(mark.at, view.at))
    return Math.max(oldest, age)
  }, 0)
