/** Between an event and the two texts that the store keeps of it. The texts are for ever. */
import * as E from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'
import type { Cursor, Scan } from '#schemas/bytes'
import { compileDecoder, compileEventDecoder, type Decode } from '#schemas/compile'
import { compileEncoder, type Encode } from '#schemas/encode'
import {
  Metadata,
  type ProposedEvent,
  type RecordedEvent,
  type StoredEvent,
} from '#schemas/envelope'
import type { Fact } from '#schemas/events/fact'
import { facts, type LedgerEvent } from '#schemas/events/ledger'
import { type Retired, retired } from '#schemas/events/retired'
import { faultsIn } from '#schemas/faults'
import { plainMetadata } from '#schemas/plain-metadata'
import { compileEventScanner, compileScanner } from '#schemas/scan'
import { isStreamName } from '#schemas/streams'

/** What is handed to the store: the id and name stand in columns of their own too. */
export interface EncodedEvent {
  readonly id: string
  readonly type: string
  readonly data: string
  readonly metadata: string
}
/** Why a stored event cannot be understood. */
export interface Unreadable {
  readonly type: string
  readonly detail: string
}
export interface Storage {
  /** Throws where the event is not what its codec says: what cannot be read back is never written. */
  readonly encodeProposed: (proposed: ProposedEvent) => EncodedEvent
  /** `metadata`: where it was parsed already, so that it is not parsed again. */
  readonly decodeStored: (
    stored: StoredEvent,
    metadata?: unknown,
  ) => E.Either<Unreadable, RecordedEvent>
  /**
   * The same, read in place: at the cursor stand the metadata, one byte that parts them, and the data; it is then
   * behind those. Undefined: not written as we write it, or unreadable; only `decodeStored` can tell, and say why.
   */
  readonly scanStored: (stored: StoredPlace, cursor: Cursor) => RecordedEvent | undefined
}
/** What the store knows of an event beside its texts. */
export type StoredPlace = Omit<StoredEvent, 'data' | 'metadata'>

/** How one version of one type is read; `data` can say why it is not. */
interface Reader {
  readonly read: Decode<LedgerEvent>
  readonly scan?: Scan<LedgerEvent>
  readonly data: t.Any
}
/** The versions of one type; the highest is today's. */
interface Known {
  readonly readers: ReadonlyMap<number, Reader>
  readonly newest: number
}

const decodeMetadata = compileDecoder(Metadata)
const scanMetadata = compileScanner(Metadata)
const encodeMetadata = compileEncoder<Metadata>(Metadata)

export const storageOf = (today: readonly Fact[], formerly: readonly Retired[]): Storage => {
  const known = knownOf(today, formerly)
  const encoders = new Map(today.map((fact) => [fact.type, encoderOf(fact)]))
  return {
    encodeProposed: ({ event, metadata }) => {
      const encode = encoders.get(event.type)
      if (encode === undefined) throw new TypeError(`there is no event ${event.type} to write`)
      const data = encode(event, metadata)
      return { id: metadata.id, type: event.type, data, metadata: encodeMetadata(metadata) }
    },
    decodeStored: (stored, parsedMetadata) => {
      const unreadable = (detail: string) => E.left({ type: stored.type, detail })
      if (!isStreamName(stored.stream)) return unreadable(`${stored.stream} is no stream of ours`)
      const metadata =
        parsedMetadata === undefined ? metadataIn(stored.metadata) : decodeMetadata(parsedMetadata)
      if (metadata === undefined) {
        const given = parsedMetadata ?? parse(stored.metadata)
        return unreadable(`its metadata: ${wrongIn(Metadata, given)}`)
      }
      const fault = disagreement(stored, metadata) ?? unknown(known.get(stored.type), metadata)
      if (fault !== undefined) return unreadable(fault)
      const reader = known.get(stored.type)?.readers.get(metadata.version)
      const givenData = parse(stored.data)
      const event = reader?.read(givenData)
      if (event === undefined) {
        return unreadable(`its data: ${wrongIn(reader?.data, givenData)}`)
      }
      const { position, stream, revision, recordedAt } = stored
      return E.right({ position, stream, revision, recordedAt, metadata, event })
    },
    scanStored: (stored, cursor) => {
      const { position, stream, revision, recordedAt } = stored
      if (!isStreamName(stream)) return undefined
      const metadata = scanMetadata(cursor)
      if (metadata === undefined || disagreement(stored, metadata) !== undefined) return undefined
      cursor.at += 1
      const event = known.get(stored.type)?.readers.get(metadata.version)?.scan?.(cursor)
      return event && { position, stream, revision, recordedAt, metadata, event }
    },
  }
}

const metadataIn = (text: string): Metadata | undefined =>
  plainMetadata(text) ?? decodeMetadata(parse(text))

/** What JSON.parse gives, or undefined where the text is not JSON. */
const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const encoderOf = ({ type, version, data }: Fact) => {
  const encode: Encode<LedgerEvent> = compileEncoder(data)
  return (event: LedgerEvent, metadata: Metadata): string => {
    if (metadata.type !== type || metadata.version !== version) {
      throw new TypeError(
        `the envelope says ${metadata.type} version ${String(metadata.version)}, the event is ${type} version ${String(version)}`,
      )
    }
    return encode(event)
  }
}

const knownOf = (
  today: readonly Fact[],
  formerly: readonly Retired[],
): ReadonlyMap<string, Known> => {
  const known = new Map<string, Known>()
  const add = (type: string, version: number, reader: Reader): void => {
    const { readers, newest } = known.get(type) ?? { readers: new Map<number, Reader>(), newest: 0 }
    if (readers.has(version)) throw new Error(`${type} version ${String(version)} is defined twice`)
    known.set(type, {
      readers: new Map([...readers, [version, reader]]),
      newest: Math.max(newest, version),
    })
  }
  for (const { type, version, data } of today) {
    const read = compileEventDecoder(type, data) as Decode<LedgerEvent>
    const scan = compileEventScanner(type, data) as Scan<LedgerEvent>
    add(type, version, { read, scan, data })
  }
  for (const { type, version, data, upcast } of formerly) {
    const decode = compileDecoder(data)
    const read = (u: unknown): LedgerEvent | undefined => {
      const old: unknown = decode(u)
      return old === undefined ? undefined : upcast(old)
    }
    add(type, version, { read, data })
  }
  return known
}

/** The store's columns are written from the metadata; where they differ, one of them was changed. */
const disagreement = (stored: StoredPlace, metadata: Metadata): string | undefined => {
  if (metadata.type !== stored.type) return `its metadata says that it is a ${metadata.type}`
  if (metadata.id !== stored.id) {
    return `its metadata says that its id is ${metadata.id}, the store ${stored.id}`
  }
  return undefined
}

const unknown = (known: Known | undefined, { type, version }: Metadata): string | undefined => {
  if (known === undefined) return `this build knows no event ${type}; a newer one may`
  if (known.readers.has(version)) return undefined
  const has = `this build reads ${type} up to version ${String(known.newest)}`
  return version > known.newest
    ? `it has version ${String(version)}, and ${has}: use the newer build that wrote it`
    : `${has}, and no version ${String(version)}`
}

const wrongIn = (codec: t.Any | undefined, given: unknown): string => {
  if (given === undefined || codec === undefined) return 'it is not JSON'
  return faultsIn(codec, given)
    .map(({ detail }) => detail)
    .join(' ')
}

export const { encodeProposed, decodeStored, scanStored } = storageOf(facts, retired)
