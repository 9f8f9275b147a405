/** The quantity is in whole lots. */
import { type Check, judged, notEvaluated, quantityText } from '#domain/risk/checks/check'

export const quantityIncrement: Check = {
  code: 'quantityIncrement',
  unit: 'quantity',
  scope: 'instrument',
  evaluate: ({ terms: { venue, symbol, quantity }, instrument }) => {
    if (instrument === undefined) return notEvaluated('', `${symbol} is not listed at ${venue}`)
    const { lotSize } = instrument.rules
    const lot = quantityText(lotSize)
    const seen = quantityText(quantity)
    return lotSize === 0n || quantity % lotSize === 0n
      ? judged(true, seen, lot, () => `The quantity ${seen} is a multiple of ${lot}.`)
      : judged(
          false,
          seen,
          lot,
          () => `The quantity ${seen} is not a multiple of the lot size ${lot}: round it.`,
        )
  },
}
