/**
 * Price × quantity is not below what the venue takes; of an inverse contract, its face value. What is left of a
 * contract's position may always be closed with reduceOnly, as venues have it.
 */
import { notional } from '#domain/books/position'
import {
  type Check,
  failed,
  notEvaluated,
  notListed,
  passed,
  priceOf,
  unsaid,
  type View,
} from '#domain/risk/checks/check'
import { amountText } from '#domain/risk/texts'
import type { Amount } from '#schemas/values/decimal'

export const notionalMin: Check = {
  code: 'notionalMin',
  unit: 'quoteCurrency',
  scope: 'instrument',
  evaluate: (view) => {
    if (!isFree(view)) return notionalMinOfAll.evaluate(view)
    const value = valueOf(view)
    return passed(value === undefined ? '' : amountText(value), '')
  },
  inWords: (view, finding) =>
    isFree(view)
      ? 'What closes a contract with reduceOnly may be as small as it likes.'
      : notionalMinOfAll.inWords(view, finding),
}

/** As rules 1 had it. */
export const notionalMinOfAll: Check = {
  code: 'notionalMin',
  unit: 'quoteCurrency',
  scope: 'instrument',
  evaluate: (view) => {
    const { instrument } = view
    if (instrument === undefined) return notEvaluated('')
    const least = instrument.ruleTexts.notionalMin
    const value = valueOf(view)
    if (value === undefined) return notEvaluated(least)
    const judged = value >= instrument.rules.notionalMin ? passed : failed
    return judged(amountText(value), least)
  },
  inWords: (view, { outcome, observed, limit }) => {
    const { symbol, venue } = view.terms
    if (view.instrument === undefined) return notListed(view)
    if (outcome === 'notEvaluated') return unsaid(`there is no mark of ${symbol}`)
    return outcome === 'passed'
      ? `The order is worth ${observed}, at least ${limit}.`
      : `The order is worth ${observed}, and ${venue} takes no less than ${limit}: order more.`
  },
}

const isFree = ({ terms, instrument }: View): boolean =>
  terms.reduceOnly && instrument !== undefined && instrument.terms.kind !== 'spot'
const valueOf = (view: View): Amount | undefined => {
  const { terms, instrument } = view
  if (instrument === undefined) return undefined
  const { kind, contractSize } = instrument.terms
  // Contracts × what one is worth in the quote currency, both at 18 places.
  if (kind === 'inverse') return (terms.quantity * contractSize) as Amount
  const price = priceOf(view)
  return price === undefined ? undefined : notional(price, terms.quantity, instrument.terms)
}
