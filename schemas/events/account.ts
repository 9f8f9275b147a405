/** An account, the money that came into it and went out of it, and its funding. Stream: account-<accountId>. */
import * as t from 'io-ts'
import { type EventOf, fact } from '#schemas/events/fact'
import { Amount, Price, Ratio, SignedQuantity } from '#schemas/values/decimal'
import {
  AccountId,
  BookId,
  Currency,
  FundingId,
  Line,
  MarketSymbol,
  Sha256,
  StrategyId,
  VenueId,
} from '#schemas/values/ids'
import { Instant } from '#schemas/values/instant'
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

export const FundsWithdrawn = fact('FundsWithdrawn', {
  account: AccountId,
  book: BookId,
  currency: Currency,
  amount: Amount,
  reason: Line,
})
/**
 * What a perpetual contract's holders pay each other, as the venue booked it for one account and symbol. Amounts
 * are in the settle currency: received above 0, paid below 0. The shares add up to the amount; what no strategy's
 * position explains is under `unassigned`.
 */
export const FundingPaid = fact('FundingPaid', {
  account: AccountId,
  book: BookId,
  venue: VenueId,
  symbol: MarketSymbol,
  /** The venue's own name of this payment; it is recorded once. */
  fundingId: FundingId,
  /** The position that the venue paid on: long above 0, short below 0. */
  quantity: SignedQuantity,
  markPrice: Price,
  /** Of the notional; above 0 the longs pay. */
  rate: Ratio,
  currency: Currency,
  amount: Amount,
  shares: t.readonlyArray(t.strict({ strategy: StrategyId, amount: Amount }, 'FundingShare')),
  venueAt: Instant,
  receivedAt: Instant,
  payloadHash: Sha256,
})

export const accountFacts = [AccountOpened, FundsDeposited, FundsWithdrawn, FundingPaid] as const
export type AccountEvent = EventOf<(typeof accountFacts)[number]>
export type AccountOpened = EventOf<typeof AccountOpened>
export type FundsDeposited = EventOf<typeof FundsDeposited>
export type FundsWithdrawn = EventOf<typeof FundsWithdrawn>
export type FundingPaid = EventOf<typeof FundingPaid>
