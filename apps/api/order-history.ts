/** One order as the log has it: its own stream, and the guard's decision on it. */
import * as E from 'fp-ts/lib/Either.js'
import type { Fault } from '#adapters/http/faults'
import type { EventLog } from '#domain/kernel/event-log'
import { orderOf, type OrderRow } from '#projections/orders'
import type { RecordedEvent } from '#schemas/envelope'
import { orderStream } from '#schemas/streams'
import { OrderId } from '#schemas/values/ids'
import { readFault } from './appending.ts'
import type { DecisionEvent, Directory } from './directory.ts'
import type { Views } from './views.ts'

export interface OrderHistory {
  readonly row: OrderRow
  /** The order's own stream, oldest first. */
  readonly events: readonly RecordedEvent[]
  /** Where it is one of the newest; older ones are in the read models. */
  readonly decision: DecisionEvent | undefined
}

export interface HistoryMeans {
  readonly log: Pick<EventLog, 'read'>
  readonly directory: Pick<Directory, 'decisionOn'>
  readonly views: Pick<Views, 'order'>
}

export const readHistory = async (
  { log, directory, views }: HistoryMeans,
  id: string,
): Promise<E.Either<Fault, OrderHistory>> => {
  if (!OrderId.is(id)) return E.left({ _tag: 'OrderUnknown', orderId: id })
  const read = await log.read(orderStream(id), -1n)
  if (E.isLeft(read)) return E.left(readFault(read.left))
  const decision = directory.decisionOn(id)
  const row = rowOf([...read.right, ...(decision === undefined ? [] : [decision])])
  if (row === undefined) return E.left({ _tag: 'OrderUnknown', orderId: id })
  if (decision !== undefined || row.status !== 'pendingRisk') {
    return E.right({ row, events: read.right, decision })
  }
  // Denied long ago, perhaps: only the guard's stream says so, and the read model has read it.
  const viewed = await views.order(id)
  return E.right({
    row: E.isRight(viewed) && viewed.right !== undefined ? viewed.right : row,
    events: read.right,
    decision,
  })
}

/** From events in whatever order; one that was both read and heard counts once. */
export const rowOf = (events: readonly RecordedEvent[]): OrderRow | undefined =>
  orderOf(inLogOrder(events))

export const inLogOrder = (events: readonly RecordedEvent[]): readonly RecordedEvent[] => {
  const byPosition = new Map(events.map((event) => [event.position, event]))
  return [...byPosition.values()].toSorted((a, b) => (a.position < b.position ? -1 : 1))
}
