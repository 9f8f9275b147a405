/** Where facts are kept, in one order for everybody. */
import type { Either } from 'fp-ts/lib/Either.js'
import type { ReadonlyNonEmptyArray } from 'fp-ts/lib/ReadonlyNonEmptyArray.js'
import type { ProposedEvent, RecordedEvent } from '#schemas/envelope'
import type { EventType } from '#schemas/events/ledger'
import type { Prefix, StreamName } from '#schemas/streams'

/** What a writer has folded of a stream: its last revision, or that it had none. */
export type ExpectedRevision = bigint | 'noStream' | 'streamExists'

export interface Appended {
  readonly stream: StreamName
  /** Of the last event appended. */
  readonly revision: bigint
  /** Of the last event appended. */
  readonly lastPosition: bigint
}

/** Surely not written: the stream is at another revision (`actual` is undefined where it has no events). */
export interface RevisionConflict {
  readonly _tag: 'RevisionConflict'
  readonly stream: StreamName
  readonly expected: ExpectedRevision
  readonly actual: bigint | undefined
}
/** Perhaps written: try the same bytes at the same revision again, and only those. */
export interface StoreUnreachable {
  readonly _tag: 'StoreUnreachable'
  readonly detail: string
}
/** Surely not written, and never will be: the store's own rules forbid it (writer, type, size, reused id). */
export interface AppendForbidden {
  readonly _tag: 'AppendForbidden'
  readonly stream: StreamName
  readonly detail: string
}
/** What is stored there cannot be understood; nothing after it may be acted upon. */
export interface UnreadableEvent {
  readonly _tag: 'UnreadableEvent'
  readonly position: bigint
  readonly stream: string
  readonly type: string
  readonly detail: string
}
export type AppendFailure = RevisionConflict | StoreUnreachable | AppendForbidden
export type ReadFailure = StoreUnreachable | UnreadableEvent

/** Which events a follower wants. No types: all of those prefixes. No prefixes: all. */
export interface LogFilter {
  readonly prefixes?: readonly Prefix[]
  readonly types?: readonly EventType[]
  /**
   * What a subscriber acts upon at once. Whatever else it follows may come some milliseconds later, more of it
   * together; never out of order, and never later than what is acted upon. Absent: everything at once.
   */
  readonly eager?: readonly EventType[]
}

/** A stretch of the log: its matching events in order, and the position up to which there are no others. */
export interface LogPage {
  readonly events: readonly RecordedEvent[]
  readonly upTo: bigint
  /** Nothing more was there when this was read. */
  readonly atHead: boolean
}

/** One follower's place in the log. Pulled: nothing is read ahead of what was asked for. */
export interface Subscription {
  /**
   * The next stretch of the log. It waits while there is nothing new, but answers at least once (with
   * `atHead` and no events) when the head is reached, and then at least every second with the progress made.
   */
  readonly next: () => Promise<Either<ReadFailure, LogPage>>
  readonly close: () => Promise<void>
}

export interface EventLog {
  /** Whether positions are 1, 2, 3 and so on, so that their difference counts events; else only their order says something. */
  readonly countsEvents: boolean
  /**
   * All of these events or none, at the exact revision. Answers `Appended` also where these very events
   * stand there already. `streamExists` is for the kill switch alone.
   */
  readonly append: (
    stream: StreamName,
    expected: ExpectedRevision,
    events: ReadonlyNonEmptyArray<ProposedEvent>,
  ) => Promise<Either<AppendFailure, Appended>>
  /** The events of one stream after a revision (-1n: from its beginning), oldest first. */
  readonly read: (
    stream: StreamName,
    after: bigint,
  ) => Promise<Either<ReadFailure, readonly RecordedEvent[]>>
  /** One page of the whole log after a position (0n: from its beginning), at most `limit` events. */
  readonly readAll: (
    after: bigint,
    filter: LogFilter,
    limit: number,
  ) => Promise<Either<ReadFailure, LogPage>>
  /** Follows the log after a position, in order, each event once. */
  readonly subscribeAll: (after: bigint, filter: LogFilter) => Subscription
  /** The position of the last event; 0n while there is none. */
  readonly head: () => Promise<Either<StoreUnreachable, bigint>>
}
