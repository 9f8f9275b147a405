/** Reading the log: a stream, a page of all events, the head; asked again until there is an answer or no time. */
import * as E from 'fp-ts/lib/Either.js'
import type {
  LogFilter,
  LogPage,
  ReadFailure,
  StoreUnreachable,
  UnreadableEvent,
} from '#domain/kernel/event-log'
import type { StoredPage } from '#domain/kernel/stored-log'
import type { RecordedEvent } from '#schemas/envelope'
import type { StreamName } from '#schemas/streams'
import { clientFailure } from './failure.ts'
import type { Line } from './line.ts'
import { lastRecord, type Records, recordsAfter, recordsSince } from './records.ts'
import { Broken, patiently, type Reading } from './patience.ts'
import { deletionOf } from './retention.ts'
import { type Sieve, type Sifted, sieve } from './sieve.ts'
import {
  bytesOf,
  positionOf,
  provedFrom,
  recordedFrom,
  storedFrom,
  type StoreRecord,
} from './translate.ts'

const streamPage = 1_000
/** Records looked at for one page; a filter that little passes must not make one call walk the whole log. */
const windowRecords = 20_000
const recordsMax = 1_000
/** A page is complete with as many events as that, though more were wanted. */
const pageBytesMax = 8 * 1024 * 1024

const streamFailure = (
  stream: string,
  position: bigint,
  type: string,
  detail: string,
): UnreadableEvent => ({ _tag: 'UnreadableEvent', position, stream, type, detail })

/** The events of a stream after a revision, without a gap, or which of them are missing and why that may be. */
export const readStream = async (
  reading: Reading,
  stream: StreamName,
  after: bigint,
): Promise<E.Either<ReadFailure, readonly RecordedEvent[]>> => {
  const all: RecordedEvent[] = []
  for (;;) {
    const from = all.at(-1)?.revision ?? after
    const read = await patiently(reading, (msMax) => sliceOf(reading.line, msMax, stream, from))
    if (E.isLeft(read)) return read
    if (read.right === undefined) {
      const deletion = await patiently(reading, (msMax) => deletionOf(reading.line, msMax, stream))
      if (E.isLeft(deletion)) return deletion
      return deletion.right === undefined
        ? E.right(all)
        : E.left(streamFailure(stream, 0n, '$metadata', deletion.right))
    }
    for (const record of read.right.records) {
      const wanted = (all.at(-1)?.revision ?? after) + 1n
      if (record.revision !== wanted) {
        const detail = `the server no longer has revision ${String(wanted)} of this stream, though it has ${String(record.revision)}: it was truncated ($maxCount, $maxAge, $tb)`
        return E.left(streamFailure(stream, positionOf(record) ?? 0n, record.type, detail))
      }
      const recorded = provedFrom(record)
      if (E.isLeft(recorded)) return recorded
      all.push(recorded.right)
    }
    if (read.right.isEnd) return E.right(all)
  }
}

const sliceOf = async (
  line: Line,
  msMax: number,
  stream: string,
  after: bigint,
): Promise<Records | undefined> => {
  try {
    return await recordsSince(line, msMax, stream, after, streamPage)
  } catch (e) {
    const failure = clientFailure(e)
    if (failure._tag !== 'tombstoned') throw e
    throw new Broken(streamFailure(stream, 0n, '$streamDeleted', failure.detail))
  }
}

/** One page of all events after a position; what is not ours is passed over, what is broken is named. */
export const readPage = (
  reading: Reading,
  after: bigint,
  filter: LogFilter,
  limit: number,
): Promise<E.Either<ReadFailure, LogPage>> =>
  pageOf(reading, after, limit, sieve(reading, filter, recordedFrom))

/** The same of the texts, whatever they mean. */
export const readStoredPage = (
  reading: Reading,
  after: bigint,
  limit: number,
): Promise<E.Either<ReadFailure, StoredPage>> =>
  pageOf(reading, after, limit, sieve(reading, {}, storedFrom))

interface Page<A> {
  readonly events: readonly A[]
  readonly upTo: bigint
  readonly atHead: boolean
}

/** What the sieve says of a record, and what must be known of the record to go on from it. */
interface Looked<A> {
  readonly sifting: Sifted<A> | Promise<Sifted<A>>
  readonly position: bigint | undefined
  readonly bytes: number
}

const pageOf = async <A>(
  reading: Reading,
  after: bigint,
  limit: number,
  passed: Sieve<A>,
): Promise<E.Either<ReadFailure, Page<A>>> => {
  const look = (record: StoreRecord, position: bigint | undefined): Looked<A> => ({
    sifting: passed(record),
    position,
    bytes: bytesOf(record),
  })
  const events: A[] = []
  const until = performance.now() + reading.patienceMs / 2
  let upTo = after
  let bytes = 0
  // One more than wanted tells whether there is more.
  let size = Math.min(limit, recordsMax) + 1
  for (let seen = 0; seen < windowRecords; size = Math.min(size * 4, recordsMax)) {
    const read = await patiently(reading, (msMax) =>
      recordsAfter(reading.line, msMax, upTo, size, look),
    )
    if (E.isLeft(read)) return events.length > 0 ? E.right({ events, upTo, atHead: false }) : read
    for (const { sifting, position, bytes: more } of read.right.records) {
      const sifted = sifting instanceof Promise ? await sifting : sifting
      const isFull = events.length === limit
      if (E.isLeft(sifted)) {
        // What stands before it is still good.
        return events.length > 0 ? E.right({ events, upTo, atHead: false }) : sifted
      }
      if (sifted.right !== undefined) {
        if (isFull) return E.right({ events, upTo, atHead: false })
        events.push(sifted.right)
        bytes += more
      }
      upTo = position ?? upTo
    }
    if (read.right.isEnd) return E.right({ events, upTo, atHead: true })
    const isLate = events.length > 0 && performance.now() >= until
    if (events.length === limit || bytes >= pageBytesMax || isLate) break
    seen += read.right.records.length
  }
  return E.right({ events, upTo, atHead: false })
}

export const readHead = async (reading: Reading): Promise<E.Either<StoreUnreachable, bigint>> => {
  const last = await patiently(reading, (msMax) => lastRecord(reading.line, msMax))
  if (E.isRight(last)) {
    return E.right(positionOf(last.right) ?? 0n)
  }
  const { detail } = last.left
  return E.left({ _tag: 'StoreUnreachable', detail })
}
