/**
 * With this order, at worst, a strategy ties up no more than it is given, over all accounts of the book. It ties up
 * the worth of what it holds and may come to hold of each instrument in each account, at worst: the greater of
 * position and buys, and of position and sells, as its exposure is valued; of a contract that ÷ the leverage of the
 * account. What other strategies hold against it frees nothing.
 */
import { atMost, type Check, missingPrice, type View } from '#domain/risk/checks/check'
import { isNothing, type Load, withClaim } from '#domain/risk/load'
import { loadIn } from '#domain/risk/tally'
import { amountText } from '#domain/risk/texts'
import { type Pricing, worthOf } from '#domain/risk/worth'
import { addAmount, unscaleUp, zeroAmount } from '#domain/values/decimal'
import { ownOf } from '#domain/values/own-of'
import type { Amount } from '#schemas/values/decimal'

export const strategyCapital: Check = atMost({
  code: 'strategyCapital',
  unit: 'bookCurrency',
  scope: 'strategy',
  observed: (view) => (limitIn(view) === undefined ? undefined : capitalWith(view)),
  text: amountText,
  limit: (view) => limitIn(view),
  limitText: ({ limitTexts, terms }) => ownOf(limitTexts.maxStrategyCapital, terms.strategy) ?? '',
  what: ({ terms }) => `The capital that ${terms.strategy} ties up, at worst,`,
  remedy: 'order less, or reduce what it holds first',
  missing: missingPrice,
})

const limitIn = ({ limits, terms }: Pick<View, 'limits' | 'terms'>) =>
  ownOf(limits.maxStrategyCapital, terms.strategy)

const capitalWith = ({
  exposure,
  terms,
  cell: own,
  claim,
  pricing,
  mark,
}: View): Amount | undefined => {
  const scope = { strategy: terms.strategy }
  let sum = capitalOf(withClaim(loadIn(scope, own), claim), pricing)
  for (const symbol of exposure.of(scope).symbols())
    for (const cell of exposure.cellsOf(symbol)) {
      const load = loadIn(scope, cell)
      if (cell === own || isNothing(load)) continue
      const price = cell.symbol === terms.symbol ? mark?.price : undefined
      const more = capitalOf(load, exposure.pricingIn(cell, price))
      sum = sum === undefined || more === undefined ? undefined : addAmount(sum, more)
    }
  return sum
}
const capitalOf = (load: Load, pricing: Pricing | undefined): Amount | undefined => {
  if (isNothing(load)) return zeroAmount
  if (pricing === undefined) return undefined
  const worth = worthOf(load, pricing)
  if (worth === undefined || pricing.instrument.kind === 'spot') return worth?.worst
  return pricing.leverage > 0n ? unscaleUp(worth.worst, pricing.leverage) : undefined
}
