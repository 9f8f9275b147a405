/** Appends so that the outcome is known, or says that it is not. */
import * as E from 'fp-ts/lib/Either.js'
import type { ReadonlyNonEmptyArray } from 'fp-ts/lib/ReadonlyNonEmptyArray.js'
import type { LogUnreachable } from '#adapters/http/faults'
import { backOffMs, pause } from '#apps/process/back-off'
import type {
  AppendForbidden,
  Appended,
  EventLog,
  ExpectedRevision,
  ReadFailure,
  RevisionConflict,
  UnreadableEvent,
} from '#domain/kernel/event-log'
import type { Clock } from '#domain/kernel/clock'
import type { ProposedEvent, RecordedEvent } from '#schemas/envelope'
import type { StreamName } from '#schemas/streams'

/** So long an asker's request is tried before he is told that its outcome is unknown. */
const patienceMs = 5_000

export type AppendFault = RevisionConflict | AppendForbidden | LogUnreachable

/** Where there was no answer the very same events are tried again: the log knows them, if they were written. */
export const appendSurely =
  (log: Pick<EventLog, 'append'>, clock: Pick<Clock, 'monotonicMs'>, stopping: AbortSignal) =>
  async (
    stream: StreamName,
    expected: ExpectedRevision,
    events: ReadonlyNonEmptyArray<ProposedEvent>,
  ): Promise<E.Either<AppendFault, Appended>> => {
    const until = clock.monotonicMs() + patienceMs
    for (let attempt = 0; ; attempt += 1) {
      const appended = await log.append(stream, expected, events)
      if (E.isRight(appended) || appended.left._tag !== 'StoreUnreachable') {
        return appended as E.Either<AppendFault, Appended>
      }
      if (stopping.aborted || clock.monotonicMs() >= until) {
        const { detail } = appended.left
        return E.left({ _tag: 'LogUnreachable', written: 'unknown', detail })
      }
      await pause(backOffMs(attempt, 50, 500), stopping)
    }
  }

export type AppendSurely = ReturnType<typeof appendSurely>

/** A failed read wrote nothing. */
export const readFault = (failure: ReadFailure): LogUnreachable | UnreadableEvent =>
  failure._tag === 'StoreUnreachable'
    ? { _tag: 'LogUnreachable', written: 'nothing', detail: failure.detail }
    : failure

/** What the log will tell of an event that was just appended alone, before it has been read back. */
export const asRecorded = (
  { metadata, event }: ProposedEvent,
  { stream, revision, lastPosition }: Appended,
): RecordedEvent => ({
  metadata,
  event,
  stream,
  revision,
  position: lastPosition,
  // The store's clock is not known here, and nothing that is answered depends on it.
  recordedAt: metadata.occurredAt,
})
