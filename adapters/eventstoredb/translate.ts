/** Between our two texts of an event and EventStoreDB's record of it. */
import { hash } from 'node:crypto'
import type {
  AllStreamRecordedEvent,
  EventData,
  RecordedEvent as Record,
} from '@eventstore/db-client'
import * as E from 'fp-ts/lib/Either.js'
import type { UnreadableEvent } from '#domain/kernel/event-log'
import type { RecordedEvent, StoredEvent } from '#schemas/envelope'
import { decodeStored, type EncodedEvent } from '#schemas/stored'
import { categories } from '#schemas/streams'
import type { Instant } from '#schemas/values/instant'

export type StoreRecord = Record | AllStreamRecordedEvent

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/**
 * The server tells "already written" by ids alone. So the id it is given stands for the bytes (a UUID of version 8 of
 * their SHA-256); ours is in the metadata. Canonical JSON holds no raw newline.
 */
const versionOfOurs = '8'
export const idOfBytes = ({ type, data, metadata }: Omit<EncodedEvent, 'id'>): string => {
  const hex = hash('sha256', `${type}\n${data}\n${metadata}`, 'hex')
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** Binary, for the client would write JSON anew. Metadata stays bytes only as a plain Uint8Array. */
export const eventDataOf = (event: EncodedEvent): EventData => ({
  id: idOfBytes(event),
  contentType: 'application/octet-stream',
  type: event.type,
  data: encoder.encode(event.data),
  metadata: encoder.encode(event.metadata),
})

const ledgerStream = new RegExp(`^(${categories.join('|')})-`)
/** Whose name says that it holds events of ours. */
export const isLedgerStream = (stream: string): boolean => ledgerStream.test(stream)

/** From here on a position is none that a log could reach, but a mark of its own for "not known". */
const positionEnd = 2n ** 63n

/** Of its data; metadata are small. */
export const bytesOf = ({ data }: StoreRecord): number =>
  data instanceof Uint8Array ? data.length : 0

/** Before 22.6 the reads of one stream leave it out. */
export const withoutPosition =
  'the server does not say where the event stands: EventStoreDB 22.10 or later is needed'

export const positionOf = ({ position }: StoreRecord): bigint | undefined =>
  position === undefined || position.commit >= positionEnd ? undefined : position.commit

/** The text as it was appended: a second writing of what is canonical is the same as the first. */
const textOf = (part: unknown): string =>
  part instanceof Uint8Array ? decoder.decode(part) : JSON.stringify(part)

const unreadable = (
  { streamId, type }: StoreRecord,
  position: bigint | undefined,
  detail: string,
): E.Either<UnreadableEvent, never> =>
  E.left({ _tag: 'UnreadableEvent', position: position ?? 0n, stream: streamId, type, detail })

/** What stands around an event of ours, wherever the texts are wanted or not. */
interface Frame {
  readonly position: bigint
  /** Of the envelope. */
  readonly id: string
  readonly recordedAt: Instant
}

const frameOf = (record: StoreRecord): E.Either<UnreadableEvent, Frame> => {
  const position = positionOf(record)
  if (position === undefined) return unreadable(record, undefined, withoutPosition)
  if (record.type === '$streamDeleted') {
    return unreadable(record, position, 'this stream was deleted for ever (tombstoned)')
  }
  if (record.position?.prepare !== position) {
    return unreadable(
      record,
      position,
      'it was written in an explicit transaction, which Daybook never does',
    )
  }
  if (record.metadata === undefined || record.metadata === null) {
    return unreadable(record, position, 'it has no metadata')
  }
  const id = ownIdOf(record) ?? ''
  // Ours stand for their bytes; what another tool brought here keeps the id of its envelope.
  if (record.id !== id && record.id.charAt(14) !== versionOfOurs) {
    return unreadable(record, position, 'it was written under an id that is not ours')
  }
  return E.right({ position, id, recordedAt: (record.created.getTime() * 1000) as Instant })
}

/** Of the envelope, where it has one: anybody may write here, and a client parses whatever is JSON. */
export const ownIdOf = (record: StoreRecord): string | undefined => {
  const metadata: unknown = record.metadata
  const isObject = typeof metadata === 'object' && metadata !== null
  const id: unknown = isObject && 'id' in metadata ? metadata.id : undefined
  return typeof id === 'string' ? id : undefined
}

/** The texts, proved by the id: they are what was appended. */
export const storedFrom = (record: StoreRecord): E.Either<UnreadableEvent, StoredEvent> => {
  const frame = frameOf(record)
  if (E.isLeft(frame)) return frame
  const { streamId: stream, revision, type } = record
  const texts = { data: textOf(record.data), metadata: textOf(record.metadata) }
  if (record.id !== frame.right.id && record.id !== idOfBytes({ type, ...texts })) {
    const detail = 'its bytes are not those that were appended under this id'
    return unreadable(record, frame.right.position, detail)
  }
  return E.right({ ...frame.right, stream, revision, type, ...texts })
}

/** As it is folded, of which there are very many: the proof of the bytes would cost a tenth of all the reading. */
export const recordedFrom = (record: StoreRecord): E.Either<UnreadableEvent, RecordedEvent> => {
  const frame = frameOf(record)
  if (E.isLeft(frame)) return frame
  const { streamId: stream, revision, type, metadata } = record
  const isParsed = !(metadata instanceof Uint8Array)
  const texts = { data: textOf(record.data), metadata: isParsed ? '' : decoder.decode(metadata) }
  const { position, id, recordedAt } = frame.right
  const recorded = decodeStored(
    { position, stream, revision, recordedAt, id, type, ...texts },
    isParsed ? metadata : undefined,
  )
  return E.isRight(recorded) ? recorded : unreadable(record, position, recorded.left.detail)
}

/** With the proof: of one stream, whose events are few and decided upon. */
export const provedFrom = (record: StoreRecord): E.Either<UnreadableEvent, RecordedEvent> => {
  const stored = storedFrom(record)
  return E.isLeft(stored) ? stored : recordedFrom(record)
}
