/** A page of the log as one text: for a thousand rows the client's own handling takes longer than all that we do with them. */
import * as E from 'fp-ts/lib/Either.js'
import type { RecordedEvent, StoredEvent } from '#schemas/envelope'
import { type Cursor, familiar, scanWhole } from '#schemas/bytes'
import { decodeStored, scanStored, type StoredPlace } from '#schemas/stored'
import type { Instant } from '#schemas/values/instant'
import { instantOf } from './rows.ts'

/** U+0001, which no JSON and no name of ours has in it. */
const separator = 1
/** The last position, how many rows, and all of them in one text. */
export const pageColumns = `max(e.position), count(*)::int, string_agg(concat_ws(E'\\x01',
  e.position, e.revision, e.recorded_at, e.id, e.type, e.stream, e.metadata, e.data), E'\\x01' order by e.position)`

/**
 * The events of so many rows. Undefined where one of them cannot be understood, and where a separator stands in one of
 * them, so that it looks like several: which one that is can only be seen row by row.
 */
export const eventsIn = (text: string, count: number): readonly RecordedEvent[] | undefined => {
  const page = Buffer.from(text, 'utf8')
  const cursor: Cursor = {
    bytes: page,
    at: 0,
    cut: (from, to) => page.toString('latin1', from, to),
  }
  const placeAt = places(page, cursor)
  const events: RecordedEvent[] = []
  while (events.length < count) {
    const place = placeAt()
    if (place === undefined) return undefined
    const from = cursor.at
    const scanned = scanStored(place, cursor)
    if (scanned !== undefined && isParted(page, cursor.at)) {
      events.push(scanned)
    } else {
      cursor.at = from
      const decoded = decodeStored(textsOf(place, page, cursor))
      if (E.isLeft(decoded)) return undefined
      events.push(decoded.right)
    }
    cursor.at += 1
  }
  // Each event has taken as many separators as a row has: with the count and the end right, none stood anywhere else.
  const end = count === 0 ? 0 : page.length + 1
  return cursor.at === end && (count > 0 || text === '') ? events : undefined
}

const isParted = (page: Buffer, at: number): boolean => at === page.length || page[at] === separator
/** Of the column at `from`: where it ends. */
const endOf = (page: Buffer, from: number): number => {
  const end = page.indexOf(separator, from)
  return end === -1 ? page.length : end
}

const typeIn = familiar((text) => text)

/** What stands before the metadata, row by row. */
const places = (page: Buffer, cursor: Cursor) => {
  let [recordedFrom, recordedTo]: [number, number] = [0, 0]
  let recordedAt: Instant | undefined
  const whole = (): bigint | undefined => {
    const value = scanWhole(cursor)
    if (value === undefined || page[cursor.at] !== separator) return undefined
    cursor.at += 1
    return BigInt(value)
  }
  /** Rows of one commit share their time. */
  const at = (): Instant | undefined => {
    const from = cursor.at
    const to = endOf(page, from)
    cursor.at = to + 1
    if (page.compare(page, recordedFrom, recordedTo, from, to) === 0) return recordedAt
    recordedAt = instantOf(cursor.cut(from, to))
    recordedFrom = from
    recordedTo = to
    return recordedAt
  }
  const column = (): string => {
    const from = cursor.at
    const to = endOf(page, from)
    cursor.at = to + 1
    return cursor.cut(from, to)
  }
  return (): StoredPlace | undefined => {
    const position = whole()
    const revision = whole()
    if (position === undefined || revision === undefined) return undefined
    const recorded = at()
    if (recorded === undefined) return undefined
    const id = column()
    const from = cursor.at
    const end = endOf(page, from)
    cursor.at = end + 1
    const type = typeIn(cursor, from, end) ?? ''
    return { position, stream: column(), revision, recordedAt: recorded, id, type }
  }
}

const textsOf = (place: StoredPlace, page: Buffer, cursor: Cursor): StoredEvent => {
  const between = endOf(page, cursor.at)
  const metadata = page.toString('utf8', cursor.at, between)
  const end = endOf(page, between + 1)
  cursor.at = end
  return { ...place, metadata, data: page.toString('utf8', between + 1, end) }
}
