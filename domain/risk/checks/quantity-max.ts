/** The quantity is not above what the venue takes. */
import { type Check, failed, notEvaluated, notListed, passed } from '#domain/risk/checks/check'

export const quantityMax: Check = {
  code: 'quantityMax',
  unit: 'quantity',
  scope: 'instrument',
  evaluate: ({ terms: { quantity }, instrument, quantityText }) => {
    if (instrument === undefined) return notEvaluated('')
    const { quantityMax: most } = instrument.rules
    const judged = most === undefined || quantity <= most ? passed : failed
    return judged(quantityText, instrument.ruleTexts.quantityMax)
  },
  inWords: (view, { outcome, observed, limit }) => {
    const { venue } = view.terms
    if (outcome === 'notEvaluated') return notListed(view)
    if (limit === '') return `${venue} takes any quantity.`
    return outcome === 'passed'
      ? `The quantity is ${observed}, at most ${limit}.`
      : `The quantity is ${observed}, and ${venue} takes no more than ${limit}: split the order.`
  },
}
