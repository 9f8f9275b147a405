/** What the api asks of the read models. They may be behind the log, and away; the log's own answers are not. */
import type { Either } from 'fp-ts/lib/Either.js'
import type { Fault } from '#adapters/http/faults'
import type { OrderRow } from '#projections/orders'
import type { DecisionReply, OrderQuery } from '#schemas/api/orders'
import type { OrderId } from '#schemas/values/ids'

export type Viewed<A> = Promise<Either<Fault, A>>

/** A stretch of a list, newest first. */
export interface Page<A> {
  readonly data: readonly A[]
  readonly hasMore: boolean
}

export interface Views {
  readonly orders: (query: OrderQuery) => Viewed<Page<OrderRow>>
  readonly order: (id: OrderId) => Viewed<OrderRow | undefined>
  readonly decisionOn: (id: OrderId) => Viewed<DecisionReply | undefined>
}
