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

/** PostgreSQL writes 2026-01-31 09:30:00.25+00. */
export const instantOf = (text: string): Instant | undefined =>
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
