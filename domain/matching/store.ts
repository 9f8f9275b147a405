/** Where the paper venue keeps what must survive it. */
import type { Either } from 'fp-ts/lib/Either.js'
import type { PaperFunding, PaperOrder, PaperPosition, PaperTrade } from '#domain/matching/order'
import type { MatchingState } from '#domain/matching/pits'
import type { AccountId, ClientOrderId } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'

/** Perhaps written, perhaps not. */
export interface StoreLost {
  readonly _tag: 'StoreLost'
  readonly detail: string
}
type Kept<A> = Promise<Either<StoreLost, A>>

export interface OrderName {
  readonly account: AccountId
  readonly clientOrderId: ClientOrderId
}
export interface PaperBatch {
  /** New orders as they are at the end of the batch. */
  readonly placed: readonly PaperOrder[]
  /** Older orders as they are at the end of the batch. */
  readonly changed: readonly PaperOrder[]
  readonly trades: readonly PaperTrade[]
  readonly fundings: readonly PaperFunding[]
  /** As they are at the end of the batch. */
  readonly positions: readonly PaperPosition[]
  /** If the database's clock is past this, nothing of the batch is written. */
  readonly notAfter: Instant | undefined
}
export interface Page {
  readonly account: AccountId
  /** The last id of the page before. */
  readonly after: bigint
  readonly limit: number
}

export interface PaperStore {
  /** Open orders, positions, counters, and the last print that filled each symbol. */
  readonly state: () => Kept<MatchingState>
  /** Those of these orders that were ever taken in. */
  readonly find: (names: readonly OrderName[]) => Kept<readonly PaperOrder[]>
  /** All of it in one transaction, durable when it answers; false: too late, and nothing was written. */
  readonly commit: (batch: PaperBatch) => Kept<boolean>
  readonly openOrders: (page: Page) => Kept<readonly PaperOrder[]>
  readonly closedOrders: (page: Page, since: Instant) => Kept<readonly PaperOrder[]>
  readonly trades: (page: Page, since: Instant) => Kept<readonly PaperTrade[]>
  readonly fundings: (page: Page, since: Instant) => Kept<readonly PaperFunding[]>
  /** Resolves when the session, and with it the lock, is gone. */
  readonly lost: Promise<void>
  readonly close: () => Promise<void>
}
