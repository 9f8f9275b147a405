/** From events to frames: one each, a function of the log up to there, made once for everybody. */
import * as E from 'fp-ts/lib/Either.js'
import { jsonFrame } from '#adapters/http/socket'
import { entryOf } from './show-order.ts'
import type { EventLog, LogPage, ReadFailure } from '#domain/kernel/event-log'
import { orderView, type OrderRow } from '#projections/orders'
import type { FrameType } from '#schemas/api/stream'
import type { RecordedEvent } from '#schemas/envelope'
import type { LedgerEvent } from '#schemas/events/ledger'
import type { AccountId, OrderId } from '#schemas/values/ids'
import { orderAfter, orderIn, type OrderRows, readOrders, type Wanted } from './stream-orders.ts'
import { toldOf } from './stream-table.ts'

export interface Frame {
  readonly position: bigint
  readonly type: FrameType
  /** Absent: it belongs to no account, and so concerns everybody. */
  readonly account: AccountId | undefined
  /** As it goes over the wire. */
  readonly bytes: Uint8Array
}

/** All frames after one position and up to another. */
export interface Stretch {
  readonly after: bigint
  readonly upTo: bigint
  readonly frames: readonly Frame[]
}

/** The orders of these events that are neither known nor begun by them. */
export const unknownOrders = (events: readonly RecordedEvent[], rows: OrderRows): Wanted => {
  const wanted = new Map<OrderId, bigint>()
  const begun = new Set<OrderId>()
  for (const recorded of events) {
    const order = orderIn(recorded)
    if (order === undefined || begun.has(order)) continue
    begun.add(order)
    const isKnown = recorded.event.type === 'OrderIntentRecorded' || rows.get(order) !== undefined
    if (!isKnown) wanted.set(order, recorded.position)
  }
  return wanted
}

/** Orders that were read for one page; the rows that are kept may be too few for them all. */
export type Read = ReadonlyMap<OrderId, OrderRow>
export const nothingRead: Read = new Map()

export const readUnknown = async (
  log: Pick<EventLog, 'read' | 'readAll'>,
  wanted: Wanted,
): Promise<E.Either<ReadFailure, Read>> => {
  if (wanted.size === 0) return E.right(nothingRead)
  const read = await readOrders(log, wanted)
  return E.isLeft(read) ? read : E.right(new Map(read.right.map((row) => [row.id, row])))
}

/** Folds a page into the rows, and makes its frames. */
export const takeIn = (
  { events }: Pick<LogPage, 'events'>,
  rows: OrderRows,
  read: Read,
): readonly Frame[] => {
  const current = new Map<OrderId, OrderRow>(read)
  const frames: Frame[] = []
  for (const recorded of events) {
    const order = orderIn(recorded)
    const before = order === undefined ? undefined : (current.get(order) ?? rows.get(order))
    const row = order === undefined ? undefined : orderAfter(before, recorded)
    if (row !== undefined) current.set(row.id, row)
    const frame = frameOf(recorded, row)
    if (frame !== undefined) frames.push(frame)
  }
  for (const row of current.values()) rows.put(row)
  return frames
}

const frameOf = (recorded: RecordedEvent, row: OrderRow | undefined): Frame | undefined => {
  const told = toldOf(recorded.event.type)
  switch (told.shows) {
    case 'nothing':
      return undefined
    case 'itself':
      return framed(recorded, told.type, accountIn(recorded.event), told.data(recorded))
    case 'order': {
      // An order whose intent was never seen is not made up.
      if (row === undefined) return undefined
      const type = typeof told.type === 'string' ? told.type : told.type(row)
      return framed(recorded, type, row.account, orderView(row))
    }
  }
}

const accountIn = (event: LedgerEvent): AccountId | undefined => {
  if ('account' in event) return event.account
  return 'scope' in event ? event.scope.account : undefined
}

const framed = (
  recorded: RecordedEvent,
  type: FrameType,
  account: AccountId | undefined,
  data: object,
): Frame => {
  const logPosition = recorded.position.toString()
  const bytes = jsonFrame({ type, logPosition, data, event: entryOf(recorded) })
  return { position: recorded.position, type, account, bytes }
}

/** Where the first frame after a position is. */
export const placeAfter = (frames: readonly Frame[], position: bigint): number => {
  let [low, high] = [0, frames.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((frames[middle]?.position ?? position) <= position) low = middle + 1
    else high = middle
  }
  return low
}
