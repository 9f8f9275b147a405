/** A log for tests, written event by event. */
import { isRiskEvent } from '#domain/risk/standing'
import { noon } from '#domain/risk/testing/words'
import { uuidOf } from '#domain/testing/fixed'
import type { RecordedEvent } from '#schemas/envelope'
import type { LedgerEvent } from '#schemas/events/ledger'
import {
  accountStream,
  controlStream,
  instrumentStream,
  orderStream,
  riskStream,
  type StreamName,
  venueStream,
} from '#schemas/streams'
import type { CorrelationId, EventId, Nonce, PersonId } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'

export const streamOf = (event: LedgerEvent): StreamName => {
  if (isRiskEvent(event)) return riskStream(event.book)
  switch (event.type) {
    case 'AccountOpened':
    case 'FundsDeposited':
    case 'FundsWithdrawn':
    case 'FundingPaid':
      return accountStream(event.account)
    case 'InstrumentListed':
    case 'InstrumentChanged':
      return instrumentStream(event.venue, event.symbol)
    case 'VenueConnected':
    case 'VenueDisconnected':
    case 'ReconciliationCompleted':
    case 'BreakDetected':
    case 'ForeignFillObserved':
      return venueStream(event.venue, event.account)
    case 'PersonAdmitted':
    case 'ApiKeyIssued':
    case 'ApiKeyRevoked':
      return `access-${event.person}` as StreamName
    default:
      return 'orderId' in event ? orderStream(event.orderId) : controlStream(event.book)
  }
}

export interface TestLog {
  readonly events: RecordedEvent[]
  /** `person`: who stands behind it; absent: only an app. */
  readonly append: (event: LedgerEvent, occurredAt?: Instant, person?: string) => RecordedEvent
  /** Of the last event of a stream; -1n where there is none. */
  readonly revisionOf: (stream: StreamName) => bigint
}
/** A log whose n-th event has the n-th id. */
export const testLog = (): TestLog => {
  const events: RecordedEvent[] = []
  const revisions = new Map<StreamName, bigint>()
  const revisionOf = (stream: StreamName): bigint => revisions.get(stream) ?? -1n
  return {
    events,
    revisionOf,
    append: (event, occurredAt = noon, person?) => {
      const stream = streamOf(event)
      const revision = revisionOf(stream) + 1n
      revisions.set(stream, revision)
      const position = BigInt(events.length + 1)
      const recorded: RecordedEvent = {
        event,
        stream,
        revision,
        position,
        recordedAt: occurredAt,
        metadata: {
          id: uuidOf<EventId>(events.length + 1),
          type: event.type,
          version: 1,
          correlationId: uuidOf<CorrelationId>(1),
          actor: { app: 'test', ...(person === undefined ? {} : { person: person as PersonId }) },
          occurredAt,
          nonce: '0'.repeat(32) as Nonce,
        },
      }
      events.push(recorded)
      return recorded
    },
  }
}
