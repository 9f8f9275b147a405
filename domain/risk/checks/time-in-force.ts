/** An order that ends by itself (gtd) says when, and that is still to come; no other order says so. */
import { type Check, failed, passed } from '#domain/risk/checks/check'
import { formatInstant } from '#schemas/values/instant'

export const timeInForce: Check = {
  code: 'timeInForce',
  unit: 'instant',
  scope: 'order',
  evaluate: ({ terms, clock }) => {
    const { expireAt } = terms
    if (expireAt === undefined) return terms.timeInForce === 'gtd' ? failed('', '') : passed('', '')
    const judged = terms.timeInForce === 'gtd' && expireAt > clock ? passed : failed
    return judged(formatInstant(expireAt), formatInstant(clock))
  },
  inWords: ({ terms }, { outcome, observed, limit }) => {
    if (terms.timeInForce !== 'gtd')
      return outcome === 'passed'
        ? `The order does not end by itself at a time (${terms.timeInForce}).`
        : `A ${terms.timeInForce} order has no expireAt: leave it out, or order with gtd.`
    if (observed === '') return 'A gtd order needs an expireAt: say when it ends.'
    return outcome === 'passed'
      ? `The order ends at ${observed}.`
      : `The order was to end at ${observed}, and it was ${limit}: give it a later expireAt.`
  },
}
