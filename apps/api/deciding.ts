/** Reads a stream, decides, and appends at the exact revision: again whenever somebody else wrote first. */
import * as E from 'fp-ts/lib/Either.js'
import { isNonEmpty } from 'fp-ts/lib/ReadonlyArray.js'
import type { Fault } from '#adapters/http/faults'
import type { Cause, Envelop } from '#domain/kernel/envelop'
import type { EventLog, RevisionConflict } from '#domain/kernel/event-log'
import type { Actor, RecordedEvent } from '#schemas/envelope'
import type { LedgerEvent } from '#schemas/events/ledger'
import type { StreamName } from '#schemas/streams'
import { type AppendSurely, asRecorded, readFault } from './appending.ts'
import type { Progress } from './progress.ts'

/** Others may write to the stream between reading and writing; not so often in a row. */
const attemptsMax = 8
/** So long an answer waits until this process has folded what it has written itself. */
const patienceMs = 1_000

export interface DecidingMeans {
  readonly log: Pick<EventLog, 'read'>
  readonly append: AppendSurely
  readonly progress: Progress
  readonly envelop: Envelop
}

/** Events to write, or the one that was written for the same reason before. */
export type Decided =
  | { readonly write: readonly LedgerEvent[] }
  | { readonly earlier: RecordedEvent }

export interface Deciding {
  readonly stream: StreamName
  readonly cause: Cause
  readonly actor: Partial<Actor>
  /** From the stream as it is, oldest event first. */
  readonly decide: (history: readonly RecordedEvent[]) => Promise<E.Either<Fault, Decided>>
}
export interface Written {
  /** The last of what was written, or what was written before. */
  readonly recorded: RecordedEvent
  readonly replayed: boolean
}

export const decideAndAppend = async (
  means: DecidingMeans,
  deciding: Deciding,
): Promise<E.Either<Fault, Written>> => {
  let conflict: RevisionConflict | undefined
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const written = await attemptOnce(means, deciding)
    if (E.isRight(written)) {
      await means.progress.reached(written.right.recorded.position, patienceMs)
      return written
    }
    if (written.left._tag !== 'RevisionConflict') return E.left(written.left)
    conflict = written.left
  }
  if (conflict === undefined) throw new Error('nothing was tried')
  return E.left({ _tag: 'Contended', conflict })
}

const attemptOnce = async (
  { log, append, envelop }: DecidingMeans,
  { stream, cause, actor, decide }: Deciding,
): Promise<E.Either<Fault | RevisionConflict, Written>> => {
  const history = await log.read(stream, -1n)
  if (E.isLeft(history)) return E.left(readFault(history.left))
  const decided = await decide(history.right)
  if (E.isLeft(decided)) return decided
  if ('earlier' in decided.right) {
    return E.right({ recorded: decided.right.earlier, replayed: true })
  }
  const proposed = decided.right.write.map((event) => envelop(event, cause, actor))
  const last = proposed.at(-1)
  if (!isNonEmpty(proposed) || last === undefined) throw new Error(`nothing to write to ${stream}`)
  const revision = history.right.at(-1)?.revision ?? 'noStream'
  const appended = await append(stream, revision, proposed)
  return E.isLeft(appended)
    ? appended
    : E.right({ recorded: asRecorded(last, appended.right), replayed: false })
}
