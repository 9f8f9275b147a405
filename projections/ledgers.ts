/**
 * The double-entry books: for each holding, and for an account's own money, one row per quarter hour in which it
 * changed, and every posting beside them.
 */
import { fundingShares } from '#domain/books/funding'
import { applyFill, flat, type Position } from '#domain/books/position'
import {
  type Posting,
  postingsOfDeposit,
  postingsOfFill,
  postingsOfFunding,
  postingsOfWithdrawal,
} from '#domain/books/postings'
import {
  decimal18,
  decimal36,
  json,
  moneyByAccount,
  optional,
  text,
  time,
  whole,
} from '#projections/columns'
import { journal } from '#projections/journal'
import { plusMoney } from '#projections/money'
import { openQuarter, type Spell, succeeded } from '#projections/quarter-hours'
import type { Handler, Lookup, ReadModel } from '#projections/read-model'
import type { RecordedEvent } from '#schemas/envelope'
import type { FundingPaid, FundsDeposited, FundsWithdrawn } from '#schemas/events/account'
import type { Amount, SignedQuantity } from '#schemas/values/decimal'
import type { AccountId, Currency, MarketSymbol, StrategyId, VenueId } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'
import type { MoneyByAccount, MoneyByCurrency } from '#schemas/values/money'
import { InstrumentTerms } from '#schemas/values/trading'

/** Strategy, venue and symbol are empty on the row of money that belongs to no holding. */
interface Place {
  readonly account: AccountId
  readonly strategy: StrategyId | ''
  readonly venue: VenueId | ''
  readonly symbol: MarketSymbol | ''
}
/** One for each quarter hour in which something was posted; all sums are since the first posting. */
export interface LedgerRow extends Place, Spell {
  readonly quantity: SignedQuantity
  readonly costBasis: Amount
  /** Since the first fill, before fees. */
  readonly realisedPnl: Amount
  /** Of the last fill. */
  readonly instrument: InstrumentTerms | undefined
  /** By account of the books and currency; together they are zero in every currency. */
  readonly balances: MoneyByAccount
  /** Of the last event that posted here. */
  readonly logPosition: bigint
}
export interface PostingRow extends Place {
  readonly logPosition: bigint
  /** From 1, within one event. */
  readonly line: bigint
  readonly code: string
  readonly currency: Currency
  /** A debit above 0, a credit below. */
  readonly amount: Amount
  readonly at: Instant
}

const placeOf = ([account, strategy, venue, symbol]: Lookup): Place => ({
  account: account as AccountId,
  strategy: strategy as StrategyId,
  venue: venue as VenueId,
  symbol: symbol as MarketSymbol,
})
const empty = (lookup: Lookup): LedgerRow => ({
  ...placeOf(lookup),
  ...flat,
  instrument: undefined,
  balances: {},
  since: 0 as Instant,
  until: undefined,
  logPosition: 0n,
})

const posted = (balances: MoneyByAccount, postings: readonly Posting[]): MoneyByAccount => {
  // In place, for it is nobody else's yet, and this is done for every fill.
  const sums: Record<string, MoneyByCurrency> = { ...balances }
  for (const { code, currency, amount } of postings) {
    sums[code] = plusMoney(sums[code] ?? {}, currency, amount)
  }
  return sums
}

const filled: Handler<LedgerRow, 'OrderFilled' | 'ForeignFillObserved'> = (
  row,
  { event, metadata, position },
  lookup,
) => {
  const before = row ?? empty(lookup)
  const { quantity, costBasis, realisedPnl } = applyFill(before, event, event.instrument)
  const after = {
    ...before,
    quantity,
    costBasis,
    realisedPnl,
    instrument: event.instrument,
    since: openQuarter(row, metadata.occurredAt),
    logPosition: position,
  }
  after.balances = posted(before.balances, postingsOfFill(before, after, event, event.instrument))
  return succeeded(row, after)
}
const moved = (
  row: LedgerRow | undefined,
  lookup: Lookup,
  { metadata, position }: RecordedEvent,
  postings: readonly Posting[],
): LedgerRow | readonly LedgerRow[] => {
  const before = row ?? empty(lookup)
  const balances = posted(before.balances, postings)
  const since = openQuarter(row, metadata.occurredAt)
  return succeeded(row, { ...before, balances, since, logPosition: position })
}
const transferred: Handler<LedgerRow, 'FundsDeposited' | 'FundsWithdrawn'> = (
  row,
  recorded,
  lookup,
) => moved(row, lookup, recorded, postingsOfTransfer(recorded.event))
const funded: Handler<LedgerRow, 'FundingPaid'> = (row, recorded, lookup) =>
  moved(row, lookup, recorded, postingsOfShare(recorded.event, lookup[1] ?? ''))

const postingsOfTransfer = (event: FundsDeposited | FundsWithdrawn): readonly Posting[] =>
  event.type === 'FundsDeposited' ? postingsOfDeposit(event) : postingsOfWithdrawal(event)
const postingsOfShare = (event: FundingPaid, strategy: string): readonly Posting[] =>
  fundingShares(event).flatMap((share) =>
    share.strategy === strategy
      ? postingsOfFunding({ currency: event.currency, amount: share.amount })
      : [],
  )
/** What an event posts to one row; none where it moves nothing there. */
const postingsOf = (
  before: Position,
  after: LedgerRow,
  { event }: RecordedEvent,
): readonly Posting[] => {
  switch (event.type) {
    case 'FundsDeposited':
    case 'FundsWithdrawn':
      return postingsOfTransfer(event)
    case 'FundingPaid':
      return postingsOfShare(event, after.strategy)
    case 'OrderFilled':
    case 'ForeignFillObserved':
      return postingsOfFill(before, after, event, event.instrument)
    default:
      return []
  }
}
/** Funding posts to several rows: two lines each, in the order of its shares. */
const firstLine = ({ strategy }: Place, { event }: RecordedEvent): number => {
  if (event.type !== 'FundingPaid') return 1
  return 1 + 2 * fundingShares(event).findIndex((share) => share.strategy === strategy)
}

const postings = journal<LedgerRow, PostingRow>({
  name: 'postings',
  columns: {
    logPosition: whole,
    line: whole,
    account: text(),
    strategy: text(),
    venue: text(),
    symbol: text(),
    code: text(),
    currency: text(),
    amount: decimal36(),
    at: time,
  },
  key: ['logPosition', 'line'],
  indexes: [['account', 'logPosition']],
  entriesOf: (before, after, recorded) => {
    // The row that was closed is only a row that has been succeeded: nothing was posted to it.
    if (after.until !== undefined) return []
    const first = firstLine(after, recorded)
    return postingsOf(before ?? flat, after, recorded).map((posting, n) => ({
      logPosition: recorded.position,
      line: BigInt(first + n),
      account: after.account,
      strategy: after.strategy,
      venue: after.venue,
      symbol: after.symbol,
      code: posting.code,
      currency: posting.currency,
      amount: posting.amount,
      at: recorded.metadata.occurredAt,
    }))
  },
})

export const ledgers: ReadModel<LedgerRow> = {
  name: 'ledgers',
  columns: {
    account: text(),
    strategy: text(),
    venue: text(),
    symbol: text(),
    quantity: decimal18(),
    costBasis: decimal36(),
    realisedPnl: decimal36(),
    instrument: optional(json(InstrumentTerms)),
    balances: moneyByAccount,
    since: time,
    until: optional(time),
    logPosition: whole,
  },
  key: ['account', 'strategy', 'venue', 'symbol', 'since'],
  foundBy: ['account', 'strategy', 'venue', 'symbol'],
  endedBy: 'until',
  journal: postings,
  indexes: [],
  foldVersion: 1,
  rowsOf: ({ event }) => {
    switch (event.type) {
      case 'FundsDeposited':
      case 'FundsWithdrawn':
        return [[event.account, '', '', '']]
      case 'FundingPaid':
        return fundingShares(event).map(({ strategy }) => [
          event.account,
          strategy,
          event.venue,
          event.symbol,
        ])
      case 'OrderFilled':
      case 'ForeignFillObserved':
        return [[event.account, event.strategy, event.venue, event.symbol]]
      default:
        return []
    }
  },
  on: {
    FundsDeposited: transferred,
    FundsWithdrawn: transferred,
    FundingPaid: funded,
    OrderFilled: filled,
    ForeignFillObserved: filled,
  },
}
