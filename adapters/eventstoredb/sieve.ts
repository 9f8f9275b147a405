/** What of everything on the server is an event that a follower wants, and what must stop it. */
import * as E from 'fp-ts/lib/Either.js'
import type { LogFilter, ReadFailure, UnreadableEvent } from '#domain/kernel/event-log'
import type { RecordedEvent } from '#schemas/envelope'
import { factOf } from '#schemas/events/ledger'
import { categories } from '#schemas/streams'
import { patiently, type Reading } from './patience.ts'
import { retentionOf } from './retention.ts'
import { isLedgerStream, positionOf, type StoreRecord } from './translate.ts'

/** Undefined: nothing for this follower. */
export type Sifted<A = RecordedEvent> = E.Either<ReadFailure, A | undefined>
/** At once, but for what another question must be asked about. */
export type Sieve<A = RecordedEvent> = (record: StoreRecord) => Sifted<A> | Promise<Sifted<A>>
/** A record as it is wanted, or why it cannot be understood. */
export type Taking<A> = (record: StoreRecord) => E.Either<UnreadableEvent, A>

const known: ReadonlyMap<string, unknown> = factOf
const isKnown = (type: string): boolean => known.has(type)

const passedOver: E.Either<never, undefined> = E.right(undefined)

export const sieve = <A>(
  reading: Reading,
  { prefixes, types }: LogFilter,
  taking: Taking<A>,
): Sieve<A> => {
  const wanted = types === undefined ? undefined : new Set<string>(types)
  const isFollowed = (stream: string): boolean =>
    prefixes?.some((prefix) => stream.startsWith(prefix)) ?? !stream.startsWith('$')
  return (record) => {
    const { streamId: stream, type } = record
    if (stream.startsWith('$$')) {
      const about = stream.slice(2)
      return isLedgerStream(about) && isFollowed(about)
        ? unlessTruncated(reading, record, about)
        : passedOver
    }
    if (!isFollowed(stream)) return passedOver
    // What nobody knows concerns everybody, a tombstone too: anybody may write here.
    const isWanted = wanted === undefined || wanted.has(type) || !isKnown(type)
    return isWanted ? taking(record) : passedOver
  }
}

const unlessTruncated = async (
  reading: Reading,
  record: StoreRecord,
  stream: string,
): Promise<E.Either<ReadFailure, undefined>> => {
  const standing = await patiently(reading, (msMax) => retentionOf(reading.line, msMax, stream))
  if (E.isLeft(standing)) return standing
  if (standing.right === undefined) return E.right(undefined)
  return E.left({
    _tag: 'UnreadableEvent',
    position: positionOf(record) ?? 0n,
    stream,
    type: record.type,
    detail: `${standing.right} is set on this stream, so that the server may throw its events away: take it back, and see whether all are there`,
  })
}

/** For the server: the streams of these prefixes, and what is set for them. */
export const serverFilter = ({
  prefixes,
}: LogFilter): { readonly prefixes: string[] } | { readonly regex: string } => {
  if (prefixes !== undefined) {
    return { prefixes: [...prefixes, ...prefixes.map((prefix) => `$$${prefix}`)] }
  }
  return { regex: `^([^$]|\\$\\$(${categories.join('|')})-)` }
}
