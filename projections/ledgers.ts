/** The double-entry books: one row per holding and one for an account's own money, and every posting beside them. */
import { applyFill, flat, type Position } from '#domain/books/position'
import { type Posting, postingsOfDeposit, postingsOfFill } from '#domain/books/postings'
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
import type { Handler, Lookup, ReadModel } from '#projections/read-model'
import type { RecordedEvent } from '#schemas/envelope'
import type { Amount, SignedQuantity } from '#schemas/values/decimal'
import type { AccountId, Currency, MarketSymbol, StrategyId, VenueId } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'
import type { MoneyByAccount } from '#schemas/values/money'
import { InstrumentTerms } from '#schemas/values/trading'

/** Strategy, venue and symbol are empty on the row of money that belongs to no holding. */
interface Place {
  readonly account: AccountId
  readonly strategy: StrategyId | ''
  readonly venue: VenueId | ''
  readonly symbol: MarketSymbol | ''
}
export interface LedgerRow extends Place {
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
  logPosition: 0n,
})

const posted = (balances: MoneyByAccount, postings: readonly Posting[]): MoneyByAccount =>
  postings.reduce<MoneyByAccount>(
    (sums, { code, currency, amount }) => ({
      ...sums,
      [code]: plusMoney(sums[code] ?? {}, currency, amount),
    }),
    balances,
  )

const filled: Handler<LedgerRow, 'OrderFilled' | 'ForeignFillObserved'> = (
  row,
  { event, position },
  lookup,
) => {
  const before = row ?? empty(lookup)
  const after = applyFill(before, event, event.instrument)
  return {
    ...before,
    ...after,
    instrument: event.instrument,
    balances: posted(before.balances, postingsOfFill(before, after, event, event.instrument)),
    logPosition: position,
  }
}
const deposited: Handler<LedgerRow, 'FundsDeposited'> = (row, { event, position }, lookup) => {
  const before = row ?? empty(lookup)
  return {
    ...before,
    balances: posted(before.balances, postingsOfDeposit(event)),
    logPosition: position,
  }
}

/** What an event posts; none where it moves nothing. */
export const postingsOf = (
  before: Position,
  after: Position,
  { event }: RecordedEvent,
): readonly Posting[] => {
  if (event.type === 'FundsDeposited') return postingsOfDeposit(event)
  if (event.type === 'OrderFilled' || event.type === 'ForeignFillObserved') {
    return postingsOfFill(before, after, event, event.instrument)
  }
  return []
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
  entriesOf: (before, after, recorded) =>
    postingsOf(before ?? flat, after, recorded).map((posting, n) => ({
      logPosition: recorded.position,
      line: BigInt(n + 1),
      account: after.account,
      strategy: after.strategy,
      venue: after.venue,
      symbol: after.symbol,
      code: posting.code,
      currency: posting.currency,
      amount: posting.amount,
      at: recorded.metadata.occurredAt,
    })),
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
    logPosition: whole,
  },
  key: ['account', 'strategy', 'venue', 'symbol'],
  journal: postings,
  indexes: [],
  foldVersion: 1,
  rowsOf: ({ event }) => {
    if (event.type === 'FundsDeposited') return [[event.account, '', '', '']]
    return event.type === 'OrderFilled' || event.type === 'ForeignFillObserved'
      ? [[event.account, event.strategy, event.venue, event.symbol]]
      : []
  },
  on: { FundsDeposited: deposited, OrderFilled: filled, ForeignFillObserved: filled },
}
