/** Who of those that hold a contract together pays or gets which part of its funding. */
import { type FundingShare, unassigned } from '#domain/books/funding'
import { abs, addAmount, shareHalfEven, zeroAmount } from '#domain/values/decimal'
import type { Amount, SignedQuantity } from '#schemas/values/decimal'
import type { StrategyId } from '#schemas/values/ids'

export interface FundedHolding {
  readonly strategy: StrategyId
  readonly quantity: SignedQuantity
}

export const explains = (holdings: readonly FundedHolding[], quantity: SignedQuantity): boolean =>
  holdings.reduce((sum, each) => sum + each.quantity, 0n) === quantity

/**
 * In proportion to what each holds of the position that was paid on; who holds against it gets what the others pay.
 * The shares add up to the amount. Where the holdings add up to the position, its largest holder takes the last digit;
 * where they do not, the difference is unassigned.
 */
export const divideFunding = (
  amount: Amount,
  quantity: SignedQuantity,
  holdings: readonly FundedHolding[],
): readonly FundingShare[] => {
  const holders = holdings
    .filter((each) => each.quantity !== 0n && quantity !== 0n)
    .toSorted((a, b) => (a.strategy < b.strategy ? -1 : 1))
  const shares = new Map(
    holders.map((each) => [each.strategy, shareHalfEven(amount, each.quantity, quantity)]),
  )
  const given = [...shares.values()].reduce(addAmount, zeroAmount)
  const rest = (amount - given) as Amount
  const largest = holders.reduce<FundedHolding | undefined>(
    (a, b) => (a === undefined || abs(b.quantity) > abs(a.quantity) ? b : a),
    undefined,
  )
  const taker = explains(holders, quantity) ? (largest?.strategy ?? unassigned) : unassigned
  shares.set(taker, addAmount(shares.get(taker) ?? zeroAmount, rest))
  return [...shares]
    .filter(([, share]) => share !== 0n)
    .map(([strategy, share]) => ({ strategy, amount: share }))
    .toSorted((a, b) => (a.strategy < b.strategy ? -1 : 1))
}
