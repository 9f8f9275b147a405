/** Natural group commit: whatever waits when the connection is free goes in one transaction. No timer. */
import * as E from 'fp-ts/lib/Either.js'
import type { AppendFailure, Appended } from '#domain/kernel/event-log'
import type { Proposal } from '#domain/kernel/proposal'
import { appendStatement, verdictsOf } from './append-statement.ts'
import type { Session } from './connection.ts'
import { type DatabaseFailure, databaseFailure } from './failure.ts'

export interface Appender {
  readonly append: (proposal: Proposal) => Promise<E.Either<AppendFailure, Appended>>
  readonly close: () => Promise<void>
}

interface Waiting {
  readonly proposal: Proposal
  readonly answer: (answered: E.Either<AppendFailure, Appended>) => void
  /** By performance.now(). */
  readonly until: number
}

const batchEventsMax = 256
const batchBytesMax = 512 * 1024
/** Beyond this the store is too slow for its callers, and they must hear of it. */
const queueLengthMax = 8192
const pauseMsMin = 20
const pauseMsMax = 500
/** What is under way when the log is closed gets this long. */
const closeMsMax = 1_000

const unreachable = (detail: string): E.Either<AppendFailure, never> =>
  E.left({ _tag: 'StoreUnreachable', detail })

/**
 * The first of the queue that fit in one call. One append for each stream: a second one expects what the
 * first will have written, and waits its turn.
 */
const takeBatch = (
  queue: readonly Waiting[],
): { readonly batch: readonly Waiting[]; readonly rest: Waiting[] } => {
  const batch: Waiting[] = []
  const rest: Waiting[] = []
  const streams = new Set<string>()
  let events = 0
  let bytes = 0
  let full = false
  for (const waiting of queue) {
    const { proposal } = waiting
    full ||=
      batch.length > 0 &&
      (events + proposal.events.length > batchEventsMax || bytes + proposal.bytes > batchBytesMax)
    if (full || streams.has(proposal.stream)) {
      rest.push(waiting)
      continue
    }
    streams.add(proposal.stream)
    batch.push(waiting)
    events += proposal.events.length
    bytes += proposal.bytes
  }
  return { batch, rest }
}

export const openAppender = (session: Session, patienceMs: number): Appender => {
  let queue: Waiting[] = []
  let busy: Promise<void> | undefined
  let closed = false
  const store: Store = { session, isClosed: () => closed }

  const run = async (): Promise<void> => {
    while (queue.length > 0) {
      // Callers that were just answered, and those of the same moment, share the next batch.
      await turn()
      const { batch, rest } = takeBatch(expire(queue, 'the store was too busy or away'))
      queue = rest
      if (batch.length > 0) await settle(store, batch)
    }
  }
  const start = (): void => {
    busy ??= run().finally(() => {
      busy = undefined
      if (queue.length > 0) start()
    })
  }
  return {
    append: (proposal) =>
      new Promise((answer) => {
        if (closed) {
          answer(unreachable('this log was closed by its own user'))
          return
        }
        if (queue.length >= queueLengthMax) {
          answer(unreachable(`${String(queue.length)} appends wait already: the store is too slow`))
          return
        }
        queue.push({ proposal, answer, until: performance.now() + patienceMs })
        start()
      }),
    close: async () => {
      closed = true
      queue = giveUp(queue, 'this log was closed before the append was sent')
      if (busy !== undefined) await Promise.race([busy, pause(closeMsMax)])
    },
  }
}

interface Store {
  readonly session: Session
  readonly isClosed: () => boolean
}

const turn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve)
  })
const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms)
  })

/** The same bytes again and again until the store has answered or the callers' time is over. */
const settle = async (store: Store, batch: readonly Waiting[]): Promise<void> => {
  let waiting = batch
  let pauseMs = pauseMsMin
  for (;;) {
    const failed = await attempt(store, waiting)
    if (failed === undefined) return
    if (failed._tag === 'refused') {
      await refuse(store, waiting, failed)
      return
    }
    await pause(pauseMs)
    pauseMs = Math.min(pauseMs * 2, pauseMsMax)
    waiting = store.isClosed() ? giveUp(waiting, failed.detail) : expire(waiting, failed.detail)
    if (waiting.length === 0) return
  }
}

/** What the server refuses, it refuses as a whole: one by one its neighbours are written all the same. */
const refuse = async (
  store: Store,
  batch: readonly Waiting[],
  failed: DatabaseFailure,
): Promise<void> => {
  const [only, ...others] = batch
  if (only !== undefined && others.length === 0) {
    only.answer(forbidden(only.proposal, failed))
    return
  }
  for (const one of batch) await settle(store, [one])
}

const giveUp = (batch: readonly Waiting[], detail: string): Waiting[] => {
  for (const { answer } of batch) answer(unreachable(detail))
  return []
}

/** Who has waited long enough is told that we do not know. They stand in the order in which they came. */
const expire = (waiting: readonly Waiting[], detail: string): readonly Waiting[] => {
  const now = performance.now()
  const firstInTime = waiting.findIndex(({ until }) => until > now)
  const late = firstInTime < 0 ? waiting.length : firstInTime
  if (late === 0) return waiting
  giveUp(waiting.slice(0, late), detail)
  return waiting.slice(late)
}

/** One call of the store for the whole batch; undefined: everybody has an answer. */
const attempt = async (
  { session }: Store,
  batch: readonly Waiting[],
): Promise<DatabaseFailure | undefined> => {
  const proposals = batch.map(({ proposal }) => proposal)
  const msLeft = Math.min(...batch.map(({ until }) => until)) - performance.now()
  try {
    const rows = await session.query(appendStatement(proposals), Math.max(msLeft, 100))
    const verdicts = verdictsOf(proposals, rows)
    for (const [index, { answer }] of batch.entries()) {
      answer(verdicts[index] ?? unreachable('the store gave no answer to this append'))
    }
    return undefined
  } catch (e) {
    return databaseFailure(e)
  }
}

/** SQLSTATE unique_violation. */
const reused = '23505'

const forbidden = ({ stream }: Proposal, { code, detail }: DatabaseFailure) =>
  E.left<AppendFailure>({
    _tag: 'AppendForbidden',
    stream,
    detail: code === reused ? 'an id of this append stands for another event already' : detail,
  })
