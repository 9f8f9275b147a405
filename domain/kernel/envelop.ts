/** Puts an event into its envelope: the one place where ids, time and the writer's name are joined to a fact. */
import type { Clock } from '#domain/kernel/clock'
import type { Ids } from '#domain/kernel/ids'
import type { Actor, Metadata, ProposedEvent } from '#schemas/envelope'
import { type EventType, factOf, type LedgerEvent } from '#schemas/events/ledger'
import type { CorrelationId, EventId, IdempotencyKey, Sha256 } from '#schemas/values/ids'

/** Why an event is written: the request it belongs to, and the event that led to it. */
export interface Cause {
  readonly correlationId: CorrelationId
  readonly causationId?: EventId
  readonly idempotencyKey?: IdempotencyKey
  readonly bodyHash?: Sha256
}

export type Envelop = <Event extends LedgerEvent>(
  event: Event,
  cause: Cause,
  actor?: Partial<Actor>,
) => ProposedEvent<Event>

const versionOf = (type: EventType): number => factOf.get(type)?.version ?? 1

/** An envelope maker for one app. Each call makes a new id, so that no id ever stands for two contents. */
export const enveloper =
  (app: string, ids: Ids, clock: Clock): Envelop =>
  (event, cause, actor = {}) => {
    const metadata: Metadata = {
      id: ids.eventId(),
      type: event.type,
      version: versionOf(event.type),
      ...cause,
      actor: { ...actor, app },
      occurredAt: clock.now(),
      nonce: ids.nonce(),
    }
    return { metadata, event }
  }

/** The cause of what follows from a recorded event. */
export const becauseOf = ({ metadata }: { readonly metadata: Metadata }): Cause => ({
  correlationId: metadata.correlationId,
  causationId: metadata.id,
})
