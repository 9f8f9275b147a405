/** The venue itself knows orders of this type, so that the ledger need not imitate them. */
import { type Check, failed, notEvaluated, notListed, passed } from '#domain/risk/checks/check'

export const orderTypeNative: Check = {
  code: 'orderTypeNative',
  unit: 'orderType',
  scope: 'instrument',
  evaluate: ({ terms: { orderType, postOnly, reduceOnly }, instrument }) => {
    if (instrument === undefined) return notEvaluated('')
    const native = instrument.ruleTexts.orderTypes
    // No venue's rules name these so far, and what is not named is not taken for granted.
    if (postOnly) return failed('postOnly', native)
    if (reduceOnly) return failed('reduceOnly', native)
    const judged = instrument.rules.orderTypes.includes(orderType) ? passed : failed
    return judged(orderType, native)
  },
  inWords: (view, { outcome, observed, limit }) => {
    const { venue, symbol } = view.terms
    if (outcome === 'notEvaluated') return notListed(view)
    return outcome === 'passed'
      ? `${venue} knows ${observed} orders of ${symbol}.`
      : `${venue} knows no ${observed} orders of ${symbol}, only: ${limit}.`
  },
}
