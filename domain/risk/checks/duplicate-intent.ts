/** The same order was not approved a moment ago: a strategy that sends twice does not mean it twice. */
import { type Check, failed, passed, type View } from '#domain/risk/checks/check'
import { msBetween } from '#domain/values/instant'

const single = passed('', '')

export const duplicateIntent: Check = {
  code: 'duplicateIntent',
  unit: 'milliseconds',
  scope: 'strategy',
  evaluate: (view) => {
    const windowMs = windowIn(view)
    if (windowMs === 0) return single
    const ago = agoIn(view, windowMs)
    const limit = view.limitTexts.duplicateWindowMs
    return ago === undefined ? passed('', limit) : failed(String(ago), limit)
  },
  inWords: ({ terms }, { outcome, observed, limit }) => {
    if (limit === '') return 'The same order may come again at any time.'
    return outcome === 'passed'
      ? `${terms.strategy} was not given the same order in the last ${limit} ms.`
      : `${terms.strategy} was given the same order ${observed} ms ago: if it is meant twice, order again ${limit} ms after that one.`
  },
}

/** Of an amendment it is not asked: it makes no second order. */
const windowIn = ({ limits, isAmendment }: View): number =>
  isAmendment ? 0 : (limits.duplicateWindowMs ?? 0)
const agoIn = ({ desk, terms, at }: View, windowMs: number): number | undefined => {
  const last = desk.duplicates.lastWithin(terms, at, windowMs)
  return last === undefined ? undefined : Math.floor(msBetween(last, at))
}
