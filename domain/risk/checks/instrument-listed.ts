/** The order's venue lists its symbol. */
import { type Check, failed, passed } from '#domain/risk/checks/check'

const listed = passed('listed', 'listed')
const unknown = failed('unknown', 'listed')

export const instrumentListed: Check = {
  code: 'instrumentListed',
  unit: 'state',
  scope: 'instrument',
  evaluate: ({ instrument }) => (instrument === undefined ? unknown : listed),
  inWords: ({ terms: { symbol, venue }, instrument }) =>
    instrument === undefined
      ? `${symbol} is not listed at ${venue}: choose a symbol that is.`
      : `${symbol} is listed at ${venue}.`,
}
