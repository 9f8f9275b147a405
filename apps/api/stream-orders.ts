/** Orders as they are at one place in the log: a bounded number in memory, any other folded again from the log. */
import * as E from 'fp-ts/lib/Either.js'
import type { EventLog, LogFilter, ReadFailure } from '#domain/kernel/event-log'
import { orderOf, type OrderRow, orders } from '#projections/orders'
import { rowAfter } from '#projections/fold'
import type { RecordedEvent } from '#schemas/envelope'
import { orderStream } from '#schemas/streams'
import type { OrderId } from '#schemas/values/ids'

/** All of the same place in the log; whoever folds further puts back what he has folded. */
export interface OrderRows {
  readonly get: (id: OrderId) => OrderRow | undefined
  readonly put: (row: OrderRow) => void
  readonly clear: () => void
  readonly size: () => number
}

/** So many that are open, and a few that have ended. */
export const orderRows = (openMax: number): OrderRows => {
  const [open, ended] = [bounded<OrderRow>(openMax), bounded<OrderRow>(Math.ceil(openMax / 16))]
  return {
    get: (id) => open.get(id) ?? ended.get(id),
    put: (row) => {
      // Little is told of an order after its end, so those give way first.
      const [into, from] = hasEnded(row) ? [ended, open] : [open, ended]
      from.delete(row.id)
      into.put(row.id, row)
    },
    clear: () => {
      open.clear()
      ended.clear()
    },
    size: () => open.size() + ended.size(),
  }
}
const hasEnded = ({ ended, status }: OrderRow): boolean =>
  ended !== undefined || status === 'filled'

/** The one that was put in longest ago makes room. */
const bounded = <A>(most: number) => {
  const kept = new Map<string, A>()
  return {
    get: (key: string) => kept.get(key),
    put: (key: string, value: A) => {
      kept.delete(key)
      kept.set(key, value)
      const oldest = kept.size > most ? kept.keys().next() : undefined
      if (oldest?.done === false) kept.delete(oldest.value)
    },
    delete: (key: string) => kept.delete(key),
    clear: () => kept.clear(),
    size: () => kept.size,
  }
}

/** The order that an event is about. */
export const orderIn = ({ event }: RecordedEvent): OrderId | undefined =>
  'orderId' in event ? event.orderId : undefined

/** The order after the event; undefined where it was not known before, and the event does not begin it. */
export const orderAfter = (
  row: OrderRow | undefined,
  recorded: RecordedEvent,
): OrderRow | undefined => rowAfter(orders, [recorded], row)

/** Orders, each with the position before which it is wanted. */
export type Wanted = ReadonlyMap<OrderId, bigint>

/** What each order was before a position, from its own stream and the guard's decision on it. */
export const readOrders = async (
  log: Pick<EventLog, 'read' | 'readAll'>,
  wanted: Wanted,
): Promise<E.Either<ReadFailure, readonly OrderRow[]>> => {
  const histories = new Map<OrderId, RecordedEvent[]>()
  for (const [order, before] of wanted) {
    const read = await log.read(orderStream(order), -1n)
    if (E.isLeft(read)) return read
    const events = read.right.filter(({ position }) => position < before)
    if (events.length > 0) histories.set(order, events)
  }
  const decided = await addDecisions(log, histories, wanted)
  if (E.isLeft(decided)) return decided
  return E.right(
    [...histories.values()].flatMap((events) => {
      const row = orderOf(events.toSorted((a, b) => (a.position < b.position ? -1 : 1)))
      return row === undefined ? [] : [row]
    }),
  )
}

const decisions: LogFilter = { prefixes: ['risk-'], types: ['OrderApproved', 'OrderDenied'] }
const decisionsAtOnce = 100

/** A decision follows its intent closely, so one walk from intent to intent finds them all. */
const addDecisions = async (
  log: Pick<EventLog, 'readAll'>,
  histories: ReadonlyMap<OrderId, RecordedEvent[]>,
  wanted: Wanted,
): Promise<E.Either<ReadFailure, undefined>> => {
  const undecided = new Map(
    [...histories].flatMap(([order, [first]]) =>
      first === undefined ? [] : [[order, first.position] as const],
    ),
  )
  for (let at = 0n; undecided.size > 0; ) {
    const nearest = [...undecided.values()].reduce((a, b) => (a < b ? a : b))
    const page = await log.readAll(nearest > at ? nearest : at, decisions, decisionsAtOnce)
    if (E.isLeft(page)) return page
    for (const decision of page.right.events) {
      const order = orderIn(decision)
      if (order === undefined || !undecided.delete(order)) continue
      const isBefore = decision.position < (wanted.get(order) ?? 0n)
      if (isBefore) histories.get(order)?.push(decision)
    }
    at = page.right.upTo
    for (const order of undecided.keys()) {
      if (at >= (wanted.get(order) ?? 0n) || page.right.atHead) undecided.delete(order)
    }
  }
  return E.right(undefined)
}
