/**
 * An order that is asked for with reduceOnly does only reduce: it is against its strategy's position, and no
 * larger than what the strategy's other open orders on that side leave of it.
 */
import { reducible } from '#domain/risk/cell'
import {
  closable,
  closableInWords,
  closableRemedies,
  inOneLine,
} from '#domain/risk/checks/closable'
import { type Check, failed, passed, type View } from '#domain/risk/checks/check'
import { quantityText } from '#domain/risk/texts'

const notAsked = passed('', '')

/** It does not say which orders leave no more. */
export const terseReduceOnly: Check = {
  code: 'reduceOnly',
  unit: 'quantity',
  scope: 'symbol',
  evaluate: (view) => {
    if (!view.terms.reduceOnly) return notAsked
    const judged = view.reducing ? passed : failed
    return judged(view.quantityText, quantityText(leftOf(view)))
  },
  inWords: (view, { outcome, observed, limit }) => {
    const { strategy, account, symbol, side, reduceOnly: asked } = view.terms
    if (!asked) return 'The order may also enlarge a position.'
    const left = `${strategy} in ${account} may ${side} ${limit} of ${symbol}`
    if (outcome === 'passed') return `The order reduces by ${observed}, and ${left} to reduce.`
    return limit === '0'
      ? `There is nothing left that a ${side} by ${strategy} in ${account} would reduce in ${symbol}: leave out reduceOnly, or cancel what is open.`
      : `The order is for ${observed}, and only ${left} to reduce: order less, or cancel what is open.`
  },
}

export const reduceOnly: Check = {
  ...terseReduceOnly,
  inWords: (view, finding) => {
    if (finding.outcome !== 'failed') return terseReduceOnly.inWords(view, finding)
    const left = closable(view)
    const remedies = [
      ...closableRemedies(left),
      ...(left.held > 0n ? [] : ['leave out reduceOnly']),
    ]
    const said = `The order is for ${finding.observed}, and ${closableInWords(view, left)}`
    return inOneLine(`${said}: ${remedies.join(', or ')}.`)
  },
}

const leftOf = ({ terms, cell }: View): bigint => {
  const left = reducible(cell, terms) ?? 0n
  return left > 0n ? left : 0n
}
