/**
 * No two strategies of an account stand against each other in one contract, at worst: the venue nets them, so
 * that neither could get out without moving the account further from zero. What only reduces does not stand
 * against anybody, and is never stopped. To judge reducing by the account's net instead would have let a
 * strategy's exit hang on what another one holds.
 */
import { type Opposing, opposing } from '#domain/risk/cell'
import {
  type Check,
  failed,
  notEvaluated,
  notListed,
  passed,
  type View,
} from '#domain/risk/checks/check'
import { quantityText } from '#domain/risk/texts'

const cannotOppose = passed('', '')

type Named = (all: readonly Opposing[]) => Opposing | undefined
const checkBy = (named: Named): Check => {
  const opposingIn = ({ cell, terms }: View): Opposing | undefined => named(opposing(cell, terms))
  return {
    code: 'opposingStrategies',
    unit: 'quantity',
    scope: 'account',
    evaluate: (view) => {
      if (view.instrument === undefined) return notEvaluated('0')
      // Nobody can be short of coins.
      if (view.instrument.terms.kind === 'spot') return cannotOppose
      const quantity = opposingIn(view)?.quantity ?? 0n
      const judged = quantity === 0n ? passed : failed
      return judged(quantityText(quantity), '0')
    },
    inWords: (view, { outcome, observed }) => {
      if (outcome === 'notEvaluated') return notListed(view)
      const { account, symbol, side } = view.terms
      const found = opposingIn(view)
      if (outcome === 'passed' || found === undefined)
        return `No other strategy in ${account} stands against a ${side} in ${symbol}.`
      const against = side === 'buy' ? 'short' : 'long'
      return `${found.strategy} in ${account} is or may become ${observed} ${against} in ${symbol}, and the venue nets the two: close that first, or ${side} in another account.`
    },
  }
}

/** Of several the first by name is named: the same one, whoever decides or derives. */
export const opposingStrategies: Check = checkBy(([first, ...more]) =>
  more.reduce((a, b) => (a === undefined || b.strategy < a.strategy ? b : a), first),
)
/** As rules 3 had it: whichever was there first. */
export const opposingAsTheyCame: Check = checkBy(([first]) => first)
