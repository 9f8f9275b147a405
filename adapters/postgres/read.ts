/** Reading the log: pages in short transactions, by index, each with a deadline. */
import * as E from 'fp-ts/lib/Either.js'
import type { LogFilter, LogPage, ReadFailure, StoreUnreachable } from '#domain/kernel/event-log'
import type { RecordedEvent } from '#schemas/envelope'
import type { StreamName } from '#schemas/streams'
import type { Session, Statement } from './connection.ts'
import { databaseFailure } from './failure.ts'
import { eventsIn, pageColumns } from './page-text.ts'
import { type EventRow, eventColumns, recordedFrom } from './rows.ts'

/** A filter that little passes must not make one statement walk the whole log. */
const windowPositions = 20_000n
const streamPage = 1_000
const pauseMsMin = 20
const pauseMsMax = 500

export interface Reading {
  readonly session: Session
  readonly patienceMs: number
}

/** Asks again over new connections until there is an answer or the time is over. */
export const patiently = async (
  { session, patienceMs }: Reading,
  statement: Statement,
): Promise<E.Either<StoreUnreachable, readonly unknown[][]>> => {
  const until = performance.now() + patienceMs
  let pauseMs = pauseMsMin
  for (;;) {
    try {
      return E.right(await session.query(statement, Math.max(until - performance.now(), 100)))
    } catch (e) {
      const { _tag, detail } = databaseFailure(e)
      if (_tag === 'refused' || performance.now() + pauseMs >= until) {
        return E.left({ _tag: 'StoreUnreachable', detail })
      }
    }
    await new Promise((resolve) => {
      setTimeout(resolve, pauseMs)
    })
    pauseMs = Math.min(pauseMs * 2, pauseMsMax)
  }
}

/** Head and events of one moment in one statement, so that the page knows how far it is complete, also where the filter left events out. */
const pageStatement = (
  as: 'text' | 'rows',
  after: bigint,
  { prefixes, types }: LogFilter,
  limit: number,
): Statement => {
  const conditions = [
    ...(types === undefined ? [] : ['and e.type = any ($4::text[])']),
    ...(prefixes === undefined
      ? []
      : [`and e.stream ^@ any ($${types === undefined ? '4' : '5'}::text[])`]),
  ].join(' ')
  const events = `
    select * from log.events e
    where e.position > $1::bigint and e.position <= least(h.position, $1::bigint + $2::bigint) ${conditions}
    order by e.position limit $3`
  return {
    name: `page-${as}${types === undefined ? '' : '-types'}${prefixes === undefined ? '' : '-prefixes'}`,
    text:
      as === 'text'
        ? `select h.position::text, e.* from log.head h cross join lateral (select ${pageColumns} from (${events}) e) e`
        : `select ${eventColumns} from log.head h cross join lateral (${events}) e`,
    values: [
      after,
      windowPositions,
      limit,
      ...(types === undefined ? [] : [types]),
      ...(prefixes === undefined ? [] : [prefixes]),
    ],
  }
}

const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b)

/** A page as it came, not looked at yet. */
export interface RawPage {
  readonly after: bigint
  readonly limit: number
  readonly head: bigint
  readonly count: number
  readonly text: string
  /** Up to where it is complete, where all of it can be understood. */
  readonly upTo: bigint
}

export const fetchPage = async (
  reading: Reading,
  after: bigint,
  filter: LogFilter,
  limit: number,
): Promise<E.Either<StoreUnreachable, RawPage>> => {
  const rows = await patiently(reading, pageStatement('text', after, filter, limit))
  if (E.isLeft(rows)) return rows
  type Row = readonly [string, bigint | null, number, string | null]
  const [headText, last, count, text] = rows.right[0] as unknown as Row
  const head = BigInt(headText)
  const complete = count < limit ? smaller(head, after + windowPositions) : (last ?? after)
  // After a position that the log has not reached there is nothing, and nothing is skipped.
  const upTo = complete < after ? after : complete
  return E.right({ after, limit, head, count, text: text ?? '', upTo })
}

/** Where an event of it cannot be understood, its events are asked for one by one: what stands before is still good. */
export const decodePage = async (
  reading: Reading,
  filter: LogFilter,
  { after, head, count, text, upTo }: RawPage,
): Promise<E.Either<ReadFailure, LogPage>> => {
  const all = eventsIn(text, count)
  if (all !== undefined) return E.right({ events: all, upTo, atHead: upTo >= head })
  const rows = await patiently(reading, pageStatement('rows', after, filter, count))
  if (E.isLeft(rows)) return rows
  const { events, unreadable } = recordedFrom(rows.right as unknown as readonly EventRow[])
  if (unreadable === undefined) return E.right({ events, upTo, atHead: upTo >= head })
  if (events.length === 0) return E.left(unreadable)
  return E.right({ events, upTo: unreadable.position - 1n, atHead: false })
}

export const readPage = async (
  reading: Reading,
  after: bigint,
  filter: LogFilter,
  limit: number,
): Promise<E.Either<ReadFailure, LogPage>> => {
  const raw = await fetchPage(reading, after, filter, limit)
  return E.isLeft(raw) ? raw : decodePage(reading, filter, raw.right)
}
export const readStream = async (
  reading: Reading,
  stream: StreamName,
  after: bigint,
): Promise<E.Either<ReadFailure, readonly RecordedEvent[]>> => {
  const all: RecordedEvent[] = []
  for (;;) {
    const rows = await patiently(reading, {
      name: 'stream',
      text: `select ${eventColumns} from log.events e where e.stream = $1 and e.revision > $2
        order by e.revision limit ${String(streamPage)}`,
      values: [stream, all.at(-1)?.revision ?? after],
    })
    if (E.isLeft(rows)) return rows
    const { events, unreadable } = recordedFrom(rows.right as unknown as readonly EventRow[])
    if (unreadable !== undefined) return E.left(unreadable)
    all.push(...events)
    if (events.length < streamPage) return E.right(all)
  }
}

export const readHead = async (reading: Reading): Promise<E.Either<StoreUnreachable, bigint>> => {
  const rows = await patiently(reading, {
    name: 'head',
    text: 'select h.position from log.head h',
    values: [],
  })
  return E.isLeft(rows) ? rows : E.right((rows.right[0]?.[0] as bigint | undefined) ?? 0n)
}
