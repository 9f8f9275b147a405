/** Records what a request asks for once for each Idempotency-Key, whichever process is asked, and however often. */
import * as E from 'fp-ts/lib/Either.js'
import type { ReadBody } from '#adapters/http/endpoint'
import type { Fault } from '#adapters/http/faults'
import type { Caller } from '#adapters/http/route'
import type { EventLog } from '#domain/kernel/event-log'
import type { Actor, RecordedEvent } from '#schemas/envelope'
import type { LedgerEvent } from '#schemas/events/ledger'
import type { StreamName } from '#schemas/streams'
import type { CorrelationId, IdempotencyKey, Sha256 } from '#schemas/values/ids'
import type { Role } from '#schemas/values/trading'
import { decideAndAppend, type DecidingMeans, type Written } from './deciding.ts'
import type { Directory } from './directory.ts'
import { levelWithLog } from './levelling.ts'
import type { InTurn } from './turns.ts'
import { type Use, usesOf } from './uses.ts'

/** So long the answer waits for what other processes have recorded before. */
const patienceMs = 1_000

export interface OnceMeans extends DecidingMeans {
  readonly log: Pick<EventLog, 'read' | 'head'>
  readonly directory: Directory
  readonly inTurn: InTurn
}

/** A request that leads to events on one stream, under a key of the asker's. */
export interface Once {
  readonly stream: StreamName
  readonly use: Use
  readonly request: {
    readonly caller: Caller
    readonly role: Role | undefined
    readonly key: IdempotencyKey
    readonly body: ReadBody<unknown>
    readonly requestId: CorrelationId
  }
  /** From the stream as it is to what is to follow on it; the last of it tells what the request was. */
  readonly decide: (
    history: readonly RecordedEvent[],
  ) => Promise<E.Either<Fault, readonly LedgerEvent[]>>
}

/**
 * Of those that ask this process under one key each waits for the one before. Where another process is asked at
 * the same time about another stream both may write; then the first on the log is the one that counts.
 */
export const recordOnce = (means: OnceMeans, once: Once): Promise<E.Either<Fault, Written>> => {
  const { caller, key } = once.request
  return means.inTurn(`${caller.person} ${once.use} ${key}`, () => recordInTurn(means, once))
}

const recordInTurn = async (
  means: OnceMeans,
  { stream, use, request, decide }: Once,
): Promise<E.Either<Fault, Written>> => {
  const { caller, role, key, body, requestId } = request
  const { bodyHash } = body
  // The same key may have named another stream: that is seen here, once it has been folded.
  const level = await levelWithLog(means, patienceMs)
  if (E.isLeft(level)) return level
  const known = means.directory.used(caller.person, use, key)
  if (known !== undefined) return asBefore(known, bodyHash)
  const written = await decideAndAppend(means, {
    stream,
    cause: { correlationId: requestId, idempotencyKey: key, bodyHash },
    actor: actorOf(caller, role),
    decide: async (history) => {
      const earlier = history.find(
        ({ event, metadata }) =>
          metadata.idempotencyKey === key &&
          metadata.actor.person === caller.person &&
          usesOf(event).includes(use),
      )
      if (earlier !== undefined) {
        return E.map(() => ({ earlier }))(asBefore(earlier, bodyHash))
      }
      const events = await decide(history)
      return E.isLeft(events) ? events : E.right({ write: events.right })
    },
  })
  if (E.isLeft(written)) return written
  const first = means.directory.used(caller.person, use, key)
  if (first === undefined) return E.left(notHeard)
  // What is written together is of one request.
  const isOurs = first.metadata.correlationId === written.right.recorded.metadata.correlationId
  return isOurs ? written : asBefore(first, bodyHash)
}

const asBefore = (recorded: RecordedEvent, bodyHash: Sha256): E.Either<Fault, Written> =>
  recorded.metadata.bodyHash === bodyHash
    ? E.right({ recorded, replayed: true })
    : E.left({ _tag: 'IdempotencyKeyReused' })

const notHeard: Fault = {
  _tag: 'NotReady',
  detail:
    'This was recorded, but not heard again in time to say that nothing else came first under its Idempotency-Key. Ask again with the same key.',
}

export const actorOf = ({ person, keyId }: Caller, role: Role | undefined): Partial<Actor> => ({
  person,
  key: keyId,
  ...(role === undefined ? {} : { role }),
})

/** The header that tells a replay. */
export const replayHeaders = (replayed: boolean): Readonly<Record<string, string>> =>
  replayed ? { 'idempotent-replayed': 'true' } : {}
