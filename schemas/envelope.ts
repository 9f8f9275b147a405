/** What stands around every event: who, when, why, and where in the log. The stored shape is for ever. */
import * as t from 'io-ts'
import type { LedgerEvent } from '#schemas/events/ledger'
import type { StreamName } from '#schemas/streams'
import { Count } from '#schemas/values/count'
import {
  CorrelationId,
  EventId,
  IdempotencyKey,
  KeyId,
  Nonce,
  PersonId,
  Sha256,
} from '#schemas/values/ids'
import { Instant } from '#schemas/values/instant'
import { Role } from '#schemas/values/trading'

/** Who did it: always an app, and behind it a person with a key where there was one. */
export const Actor = t.exact(
  t.intersection([
    t.type({ app: t.string }),
    t.partial({ person: PersonId, key: KeyId, role: Role }),
  ]),
  'Actor',
)
export type Actor = Readonly<t.TypeOf<typeof Actor>>

export const Metadata = t.exact(
  t.intersection([
    t.type({
      id: EventId,
      type: t.string,
      version: Count,
      correlationId: CorrelationId,
      actor: Actor,
      /** The writer's clock. */
      occurredAt: Instant,
      nonce: Nonce,
    }),
    /** causationId: the event that led to this one, always earlier in the log; none where a request did. */
    t.partial({ causationId: EventId, idempotencyKey: IdempotencyKey, bodyHash: Sha256 }),
  ]),
  'Metadata',
)
export type Metadata = Readonly<t.TypeOf<typeof Metadata>>

/** An event that is not on the log yet. Its id stands for these very bytes and for no others. */
export interface ProposedEvent<Event extends LedgerEvent = LedgerEvent> {
  readonly metadata: Metadata
  readonly event: Event
}

/** An event on the log, decoded and brought up to today's version. */
export interface RecordedEvent<Event extends LedgerEvent = LedgerEvent>
  extends ProposedEvent<Event> {
  /** Its place in the whole log: ordered, opaque, not always dense. */
  readonly position: bigint
  readonly stream: StreamName
  /** Its place in its stream, from 0, dense. */
  readonly revision: bigint
  /** The store's clock. */
  readonly recordedAt: Instant
}

/** An event as the store has it: two canonical JSON texts, and what the store itself knows. */
export interface StoredEvent {
  readonly position: bigint
  readonly stream: string
  readonly revision: bigint
  readonly recordedAt: Instant
  readonly id: string
  readonly type: string
  readonly data: string
  readonly metadata: string
}
