/** Price × quantity is not below what the venue takes; of an inverse contract, its face value. */
import { notional } from '#domain/books/position'
import {
  amountText,
  type Check,
  judged,
  notEvaluated,
  priceOf,
  type View,
} from '#domain/risk/checks/check'
import type { Amount } from '#schemas/values/decimal'

export const notionalMin: Check = {
  code: 'notionalMin',
  unit: 'quoteCurrency',
  scope: 'instrument',
  evaluate: (view) => {
    const { terms, instrument } = view
    const { venue, symbol } = terms
    if (instrument === undefined) return notEvaluated('', `${symbol} is not listed at ${venue}`)
    const least = amountText(instrument.rules.notionalMin)
    const value = valueOf(view)
    if (value === undefined) return notEvaluated(least, `there is no mark of ${symbol}`)
    const seen = amountText(value)
    return value >= instrument.rules.notionalMin
      ? judged(true, seen, least, () => `The order is worth ${seen}, at least ${least}.`)
      : judged(
          false,
          seen,
          least,
          () => `The order is worth ${seen}, and ${venue} takes no less than ${least}: order more.`,
        )
  },
}

const valueOf = (view: View): Amount | undefined => {
  const { terms, instrument } = view
  if (instrument === undefined) return undefined
  const { kind, contractSize } = instrument.terms
  // Face value: contracts × what one is worth in the quote currency, both at 18 places.
  if (kind === 'inverse') return (terms.quantity * contractSize) as Amount
  const price = priceOf(view)
  return price === undefined ? undefined : notional(price, terms.quantity, instrument.terms)
}
