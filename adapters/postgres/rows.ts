/** Between a row of log.events and a recorded event. */
import * as E from 'fp-ts/lib/Either.js'
import type { UnreadableEvent } from '#domain/kernel/event-log'
import type { RecordedEvent, StoredEvent } from '#schemas/envelope'
import { decodeStored } from '#schemas/stored'
import { type Instant, parseInstant } from '#schemas/values/instant'

/** In the order of EventRow. */
export const eventColumns =
  'e.position, e.stream, e.revision, e.recorded_at::text, e.id, e.type, e.data, e.metadata'
export type EventRow = readonly [bigint, string, bigint, string, string, string, string, string]

/** U+0001, which no JSON and no name of ours has in it. */
const separator = 1
const columnsOfText = 8
/**
 * The rows of a page as one text, with the last position and how many they are: of a thousand rows the client's own handling takes longer
 * than all that we do with them.
 */
export const pageColumns = `max(e.position), count(*)::int, string_agg(concat_ws(E'\\x01', e.position, e.stream, e.revision,
  e.recorded_at, e.id, e.type, e.data, e.metadata), E'\\x01' order by e.position)`

/**
 * The rows that were joined into that text. Undefined where a separator stands in one of them: it is damaged, and
 * where the rows are parted cannot be seen here.
 */
export const rowsIn = (text: string, count: number): readonly EventRow[] | undefined => {
  const parts = partsOf(text)
  if (parts.length !== count * columnsOfText) return undefined
  const rows: EventRow[] = []
  for (let at = 0; at < parts.length; at += columnsOfText) {
    const part = (column: number): string => parts[at + column] as string
    const [position, revision] = [BigInt(part(0)), BigInt(part(2))]
    rows.push([position, part(1), revision, part(3), part(4), part(5), part(6), part(7)])
  }
  return rows
}
/** Cut out of the bytes: a part of the text itself would keep the whole of it in memory. */
const partsOf = (text: string): readonly string[] => {
  if (text === '') return []
  const bytes = Buffer.from(text, 'utf8')
  const parts: string[] = []
  for (let at = 0; at <= bytes.length; ) {
    const found = bytes.indexOf(separator, at)
    const end = found === -1 ? bytes.length : found
    parts.push(bytes.toString('utf8', at, end))
    at = end + 1
  }
  return parts
}

/** PostgreSQL writes 2026-01-31 09:30:00.25+00. */
const instantOf = (text: string): Instant | undefined =>
  parseInstant(text.replace(' ', 'T').replace(/\+00$/, 'Z'))

/** A row as it stands there; undefined where its time is none. */
export const storedFrom = (row: EventRow): StoredEvent | undefined => {
  const [position, stream, revision, recordedAt, id, type, data, metadata] = row
  const at = instantOf(recordedAt)
  return at === undefined
    ? undefined
    : { position, stream, revision, recordedAt: at, id, type, data, metadata }
}

/** Rows to events, up to the first that cannot be understood. Rows of one commit share their time. */
export const recordedFrom = (
  rows: readonly EventRow[],
): { readonly events: readonly RecordedEvent[]; readonly unreadable?: UnreadableEvent } => {
  const events: RecordedEvent[] = []
  let atText = ''
  let at: Instant | undefined
  for (const [position, stream, revision, recordedAt, id, type, data, metadata] of rows) {
    if (recordedAt !== atText) {
      atText = recordedAt
      at = instantOf(recordedAt)
    }
    const recorded =
      at === undefined
        ? E.left({ type, detail: `${recordedAt} is no time` })
        : decodeStored({ position, stream, revision, recordedAt: at, id, type, data, metadata })
    if (E.isLeft(recorded)) {
      return {
        events,
        unreadable: { _tag: 'UnreadableEvent', position, stream, ...recorded.left },
      }
    }
    events.push(recorded.right)
  }
  return { events }
}
