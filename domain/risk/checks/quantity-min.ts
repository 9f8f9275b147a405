/** The quantity is above 0 and not below what the venue takes. */
import { type Check, failed, notEvaluated, notListed, passed } from '#domain/risk/checks/check'

export const quantityMin: Check = {
  code: 'quantityMin',
  unit: 'quantity',
  scope: 'instrument',
  evaluate: ({ terms: { quantity }, instrument, quantityText }) => {
    if (instrument === undefined) return notEvaluated('')
    const judged = quantity > 0n && quantity >= instrument.rules.quantityMin ? passed : failed
    return judged(quantityText, instrument.ruleTexts.quantityMin)
  },
  inWords: (view, { outcome, observed, limit }) => {
    if (outcome === 'notEvaluated') return notListed(view)
    return outcome === 'passed'
      ? `The quantity is ${observed}, at least ${limit}.`
      : `The quantity is ${observed}, and ${view.terms.venue} takes no less than ${limit}: order more.`
  },
}
