/** There is a price to judge by, and a rate where one is needed, and neither is too old. */
import { atMost, type Check, failed, type View } from '#domain/risk/checks/check'
import { msBetween } from '#domain/values/instant'

const age: Check = atMost({
  code: 'markFresh',
  unit: 'milliseconds',
  scope: 'symbol',
  observed: (view) => ageMs(view),
  text: String,
  limit: ({ limits }) => limits.maxMarkAgeMs,
  limitText: ({ limitTexts }) => limitTexts.maxMarkAgeMs,
  what: () => 'The age of the mark',
  remedy: 'wait until the market is heard again',
})

/** A mark that is not there is not an unknown age: it is no price at all. */
export const markFresh: Check = {
  ...age,
  evaluate: (view) =>
    missingMark(view) === undefined ? age.evaluate(view) : failed('', view.limitTexts.maxMarkAgeMs),
  inWords: (view, finding) => {
    const missing = missingMark(view)
    return missing === undefined
      ? age.inWords(view, finding)
      : `There is no mark of ${missing}: wait until the market is heard again.`
  },
}

const missingMark = ({ terms, mark, pricing }: View): string | undefined => {
  if (mark === undefined) return terms.symbol
  return pricing === undefined || pricing.rate !== undefined
    ? undefined
    : pricing.rateSymbols.join(' or ')
}
/** Of the older one, rounded up; a mark from the future is new. */
const ageMs = ({ mark, desk, pricing, clock }: View): number => {
  const rate = pricing?.rateSymbol === undefined ? undefined : desk.markOf(pricing.rateSymbol)
  const oldest = Math.min(mark?.at ?? clock, rate?.at ?? clock)
  return Math.max(0, Math.ceil(msBetween(oldest as typeof clock, clock)))
}
