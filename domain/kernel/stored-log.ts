/** A log as the texts that it keeps, for moving it to another store: nothing is decoded on the way. */
import type { Either } from 'fp-ts/lib/Either.js'
import type { ReadonlyNonEmptyArray } from 'fp-ts/lib/ReadonlyNonEmptyArray.js'
import type { AppendForbidden, ReadFailure, StoreUnreachable } from '#domain/kernel/event-log'
import type { StoredEvent } from '#schemas/envelope'
import type { EncodedEvent } from '#schemas/stored'
import type { StreamName } from '#schemas/streams'
import type { AppName } from '#schemas/writers'

/** A stretch of a log: all its events in order, and the position up to which there are no others. */
export interface StoredPage {
  readonly events: readonly StoredEvent[]
  readonly upTo: bigint
  /** Nothing more was there when this was read. */
  readonly atHead: boolean
}

/** One event of another log, and whose right to write it is used. */
export interface MovedEvent {
  readonly writer: AppName
  readonly stream: StreamName
  readonly revision: bigint
  readonly event: EncodedEvent
}

/** Surely not written as a whole: the log does not end where these events begin. */
export interface OutOfPlace {
  readonly _tag: 'OutOfPlace'
  readonly detail: string
}
export type MoveFailure = StoreUnreachable | AppendForbidden | OutOfPlace

export interface StoredLog {
  /** One page of the whole log after a position (0n: from its beginning), at most `limit` events. */
  readonly readStored: (after: bigint, limit: number) => Promise<Either<ReadFailure, StoredPage>>
  /**
   * These events in this order at the end of the log, each at its revision and with its writer's rights. After a
   * failure the first few of them may stand there; what stands there is to be read before it is tried again.
   */
  readonly appendStored: (
    events: ReadonlyNonEmptyArray<MovedEvent>,
  ) => Promise<Either<MoveFailure, void>>
  readonly head: () => Promise<Either<StoreUnreachable, bigint>>
}
