/** Whose a funding payment is: the venue says how much in all, the gateway which strategy's position it was for. */
import { addAmount, zeroAmount } from '#domain/values/decimal'
import type { FundingPaid } from '#schemas/events/account'
import type { Amount } from '#schemas/values/decimal'
import type { StrategyId } from '#schemas/values/ids'

export interface FundingShare {
  readonly strategy: StrategyId
  /** Received above 0. */
  readonly amount: Amount
}

/** Where money stands that no strategy's position explains. */
export const unassigned = 'unassigned' as StrategyId

/**
 * One share for each strategy, and together exactly what the venue booked: cash follows the venue's word, so where
 * the recorded shares do not add up to it the difference is nobody's.
 */
export const fundingShares = ({
  amount,
  shares,
}: Pick<FundingPaid, 'amount' | 'shares'>): readonly FundingShare[] => {
  const said = shares.reduce((sum, share) => addAmount(sum, share.amount), zeroAmount)
  const rest = (amount - said) as Amount
  const all = rest === 0n ? shares : [...shares, { strategy: unassigned, amount: rest }]
  return all.reduce<readonly FundingShare[]>(withShare, [])
}

const withShare = (sums: readonly FundingShare[], share: FundingShare): readonly FundingShare[] => {
  const at = sums.findIndex(({ strategy }) => strategy === share.strategy)
  const earlier = sums[at]
  return earlier === undefined
    ? [...sums, share]
    : sums.with(at, { ...share, amount: addAmount(earlier.amount, share.amount) })
}
