/** The venue itself knows orders of this type, so that the ledger need not imitate them. */
import { type Check, failed, notEvaluated, notListed, passed } from '#domain/risk/checks/check'

/** Whether it knows orders that only wait or only reduce, no venue's rules say: it refuses them itself where not. */
export const orderTypeNative: Check = {
  code: 'orderTypeNative',
  unit: 'orderType',
  scope: 'instrument',
  evaluate: ({ terms: { orderType }, instrument }) => {
    if (instrument === undefined) return notEvaluated('')
    const judged = instrument.rules.orderTypes.includes(orderType) ? passed : failed
    return judged(orderType, instrument.ruleTexts.orderTypes)
  },
  inWords: (view, { outcome, observed, limit }) => {
    const { venue, symbol } = view.terms
    if (outcome === 'notEvaluated') return notListed(view)
    return outcome === 'passed'
      ? `${venue} knows ${observed} orders of ${symbol}.`
      : `${venue} knows no ${observed} orders of ${symbol}, only: ${limit}.`
  },
}

/** As rules 1 had it, when no order could be sent that only waits or only reduces. */
export const plainTypeNative: Check = {
  ...orderTypeNative,
  evaluate: (view) => {
    const { terms, instrument } = view
    const special = terms.postOnly ? 'postOnly' : terms.reduceOnly ? 'reduceOnly' : undefined
    return instrument === undefined || special === undefined
      ? orderTypeNative.evaluate(view)
      : failed(special, instrument.ruleTexts.orderTypes)
  },
}
