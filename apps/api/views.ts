/** What the api asks of the read models. They may be behind the log, and away; the log's own answers are not. */
import type { Either } from 'fp-ts/lib/Either.js'
import type { Fault } from '#adapters/http/faults'
import type { AccountRow } from '#projections/accounts'
import type { Balance } from '#projections/balances'
import type { DecisionRow } from '#projections/decisions'
import type { FillRow } from '#projections/fills'
import type { LedgerBefore, LedgerSpan, Moment } from '#projections/ledger-history'
import type { MarkBefore } from '#projections/marks'
import type { OrderRow } from '#projections/orders'
import type { PositionRow } from '#projections/positions'
import type { PageOf } from '#projections/query'
import type { FillQuery, PositionQuery } from '#schemas/api/holdings'
import type { OrderQuery } from '#schemas/api/orders'
import type { DecisionQuery } from '#schemas/api/risk'
import type { AccountId, MarketSymbol, OrderId } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'

export type Viewed<A> = Promise<Either<Fault, A>>

/** The lists that are walked by the ids of their rows. */
export type ListName = 'orders' | 'fills' | 'positions' | 'decisions'

export interface Views {
  readonly orders: (query: OrderQuery) => Viewed<PageOf<OrderRow>>
  readonly order: (id: OrderId) => Viewed<OrderRow | undefined>
  readonly fills: (query: FillQuery) => Viewed<PageOf<FillRow>>
  readonly positions: (query: PositionQuery) => Viewed<PageOf<PositionRow>>
  readonly decisions: (query: DecisionQuery) => Viewed<PageOf<DecisionRow>>
  readonly decisionOn: (id: OrderId) => Viewed<DecisionRow | undefined>
  /** Whether a list has a row with that id, whatever it is filtered by. */
  readonly has: (list: ListName, id: string) => Viewed<boolean>
  readonly accounts: () => Viewed<readonly AccountRow[]>
  /** What each account has of each currency. */
  readonly cash: () => Viewed<readonly Balance[]>
  /** Since when each ledger of an account is kept. */
  readonly ledgerSpans: (account: AccountId) => Viewed<readonly LedgerSpan[]>
  /** Each ledger of an account as it stood at these moments, where there was one. */
  readonly ledgersBefore: (
    account: AccountId,
    moments: readonly Moment[],
  ) => Viewed<readonly LedgerBefore[]>
  /** The last recorded price of each symbol at these moments, where there was one. */
  readonly marksBefore: (
    symbols: readonly MarketSymbol[],
    moments: readonly Instant[],
  ) => Viewed<readonly MarkBefore[]>
  /** Waits until the read models have reached a position, and says how far they are when the time is up. */
  readonly reach: (position: bigint, ms: number) => Viewed<bigint>
}
