/** The order's venue lists its symbol. */
import { type Check, judged } from '#domain/risk/checks/check'

export const instrumentListed: Check = {
  code: 'instrumentListed',
  unit: 'state',
  scope: 'instrument',
  evaluate: ({ terms: { symbol, venue }, instrument }) =>
    instrument === undefined
      ? judged(
          false,
          'unknown',
          'listed',
          () => `${symbol} is not listed at ${venue}: choose a symbol that is.`,
        )
      : judged(true, 'listed', 'listed', () => `${symbol} is listed at ${venue}.`),
}
