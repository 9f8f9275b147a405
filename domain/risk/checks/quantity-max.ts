/** The quantity is not above what the venue takes. */
import { atMost, type Check, notEvaluated, quantityText } from '#domain/risk/checks/check'

export const quantityMax: Check = {
  code: 'quantityMax',
  unit: 'quantity',
  scope: 'instrument',
  evaluate: ({ terms: { venue, symbol, quantity }, instrument }) =>
    instrument === undefined
      ? notEvaluated('', `${symbol} is not listed at ${venue}`)
      : atMost(quantity, instrument.rules.quantityMax, {
          text: quantityText,
          what: 'The quantity for the venue',
          unit: symbol,
          remedy: 'split the order',
          missing: '',
        }),
}
