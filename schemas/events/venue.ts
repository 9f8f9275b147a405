/** One account at one venue: connection, reconciliation, and what the ledger cannot explain. Stream: venue-<venue>.<account>. */
import { type EventOf, fact } from '#schemas/events/fact'
import { ForeignFillObserved } from '#schemas/events/order'
import { Count } from '#schemas/values/count'
import { AccountId, BreakId, Code, Line, VenueId } from '#schemas/values/ids'
import { Instant } from '#schemas/values/instant'

const place = { venue: VenueId, account: AccountId }

export const VenueConnected = fact('VenueConnected', place)
export const VenueDisconnected = fact('VenueDisconnected', { ...place, reason: Line })
/** The venue was asked at `askedAt` for everything, and the log holds it: from here on orders are sent. */
export const ReconciliationCompleted = fact(
  'ReconciliationCompleted',
  {
    ...place,
    /** When the first question was put: what came later may be in no answer. */
    askedAt: Instant,
    openOrders: Count,
    closedOrders: Count,
    trades: Count,
    /** For the first time. */
    breaksFound: Count,
  },
  {
    /** Orders that are a break now, new or known: at work there and not in the log or ended in it, or missing there. */
    breaksOpen: Count,
  },
)
/** The venue has what the log has not. Shown until a person or evidence resolves it. */
export const BreakDetected = fact('BreakDetected', {
  ...place,
  breakId: BreakId,
  kind: Code,
  detail: Line,
})

export const venueFacts = [
  VenueConnected,
  VenueDisconnected,
  ReconciliationCompleted,
  BreakDetected,
  ForeignFillObserved,
] as const
export type VenueEvent = EventOf<(typeof venueFacts)[number]>
export type VenueConnected = EventOf<typeof VenueConnected>
export type VenueDisconnected = EventOf<typeof VenueDisconnected>
export type ReconciliationCompleted = EventOf<typeof ReconciliationCompleted>
export type BreakDetected = EventOf<typeof BreakDetected>
