/** The quantity is in whole lots. */
import { type Check, failed, notEvaluated, notListed, passed } from '#domain/risk/checks/check'

export const quantityIncrement: Check = {
  code: 'quantityIncrement',
  unit: 'quantity',
  scope: 'instrument',
  evaluate: ({ terms: { quantity }, instrument, quantityText }) => {
    if (instrument === undefined) return notEvaluated('')
    const { lotSize } = instrument.rules
    const judged = lotSize === 0n || quantity % lotSize === 0n ? passed : failed
    return judged(quantityText, instrument.ruleTexts.lotSize)
  },
  inWords: (view, { outcome, observed, limit }) => {
    if (outcome === 'notEvaluated') return notListed(view)
    return outcome === 'passed'
      ? `The quantity ${observed} is a multiple of ${limit}.`
      : `The quantity ${observed} is not a multiple of the lot size ${limit}: round it.`
  },
}
