/** An account and the money that came into it. Stream: account-<accountId>. */
import { type EventOf, fact } from '#schemas/events/fact'
import { Amount, Ratio } from '#schemas/values/decimal'
import { AccountId, BookId, Currency, Line } from '#schemas/values/ids'
import { CostBasisMethod } from '#schemas/values/trading'

/** An account belongs to one book and never changes it. Its currency is the one that its figures are shown in. */
export const AccountOpened = fact('AccountOpened', {
  account: AccountId,
  book: BookId,
  currency: Currency,
  leverage: Ratio,
  costBasis: CostBasisMethod,
})
export const FundsDeposited = fact('FundsDeposited', {
  account: AccountId,
  book: BookId,
  currency: Currency,
  amount: Amount,
  reason: Line,
})

export const accountFacts = [AccountOpened, FundsDeposited] as const
export type AccountEvent = EventOf<(typeof accountFacts)[number]>
export type AccountOpened = EventOf<typeof AccountOpened>
export type FundsDeposited = EventOf<typeof FundsDeposited>
