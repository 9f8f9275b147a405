/** The quantity is above 0 and not below what the venue takes. */
import { type Check, judged, notEvaluated, quantityText } from '#domain/risk/checks/check'

export const quantityMin: Check = {
  code: 'quantityMin',
  unit: 'quantity',
  scope: 'instrument',
  evaluate: ({ terms: { venue, symbol, quantity }, instrument }) => {
    if (instrument === undefined) return notEvaluated('', `${symbol} is not listed at ${venue}`)
    const least = quantityText(instrument.rules.quantityMin)
    const seen = quantityText(quantity)
    return quantity > 0n && quantity >= instrument.rules.quantityMin
      ? judged(true, seen, least, () => `The quantity is ${seen}, at least ${least}.`)
      : judged(
          false,
          seen,
          least,
          () => `The quantity is ${seen}, and ${venue} takes no less than ${least}: order more.`,
        )
  },
}
