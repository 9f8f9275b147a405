/** Everything that can happen to one order. Stream: order-<orderId>. */
import * as t from 'io-ts'
import { type EventOf, fact } from '#schemas/events/fact'
import { Price, Quantity } from '#schemas/values/decimal'
import {
  AccountId,
  AmendmentId,
  BookId,
  BreakId,
  ClientOrderId,
  Code,
  EventId,
  KillSwitchId,
  Line,
  MarketSymbol,
  OrderId,
  Sha256,
  StrategyId,
  TradeId,
  VenueId,
  VenueOrderId,
} from '#schemas/values/ids'
import { Instant } from '#schemas/values/instant'
import { Fee, InstrumentTerms, Liquidity, Reason, Side, Terms } from '#schemas/values/trading'
import { Whole } from '#schemas/values/count'

/** Where a venue's word came from: when it says it happened, when it reached us, and the hash of its very bytes. */
const report = { venueAt: Instant, receivedAt: Instant, payloadHash: Sha256 }

/** Somebody asks for an order. It is stale, and will be denied, once a decision's `at` is past `decideBy`. */
export const OrderIntentRecorded = fact(
  'OrderIntentRecorded',
  { orderId: OrderId, book: BookId, terms: Terms, decideBy: Instant },
  { clientTag: Line },
)
export const OrderCancelRequested = fact(
  'OrderCancelRequested',
  { orderId: OrderId },
  { killSwitchId: KillSwitchId },
)

/** Written before the first byte goes to the venue; nothing goes after `sendBy`. */
export const OrderSubmissionStarted = fact('OrderSubmissionStarted', {
  orderId: OrderId,
  clientOrderId: ClientOrderId,
  approvalId: EventId,
  terms: Terms,
  riskRevision: Whole,
  sendBy: Instant,
})
export const OrderAccepted = fact('OrderAccepted', {
  orderId: OrderId,
  venueOrderId: VenueOrderId,
  ...report,
})
/** The venue will not have it, or it has proved absent there (`notAtVenue`), or it was never sent (`notSent`). */
export const OrderRefused = fact(
  'OrderRefused',
  { orderId: OrderId, reason: Reason },
  { payloadHash: Sha256 },
)
/** Perhaps done, perhaps not: it keeps its whole exposure until the venue's own word settles it. */
export const OrderOutcomeUnknown = fact('OrderOutcomeUnknown', { orderId: OrderId, reason: Reason })
/** What asking the venue brought to light; what was found follows as its own event. */
export const OrderOutcomeResolved = fact('OrderOutcomeResolved', {
  orderId: OrderId,
  found: t.keyof({ present: null, absent: null }),
  /** What was asked: openOrders, closedOrders, trades. */
  evidence: t.readonlyArray(Code),
  askedAt: Instant,
})

/** What a fill says of itself. A fill is recorded once for each (account, symbol, order, trade id), in whatever state the order is. */
const fill = {
  book: BookId,
  account: AccountId,
  strategy: StrategyId,
  venue: VenueId,
  symbol: MarketSymbol,
  side: Side,
  tradeId: TradeId,
  quantity: Quantity,
  price: Price,
  fee: Fee,
  liquidity: Liquidity,
  instrument: InstrumentTerms,
  ...report,
}
export const OrderFilled = fact('OrderFilled', { orderId: OrderId, ...fill })
/** A trade that no order of ours explains, booked under the strategy `unassigned`. Stream: venue-<venue>.<account>. */
export const ForeignFillObserved = fact('ForeignFillObserved', {
  venueOrderId: VenueOrderId,
  breakId: BreakId,
  ...fill,
})

/** `filledTotal` is the venue's word; until the fills add up to it, the difference stays reserved. */
export const OrderCancelled = fact('OrderCancelled', {
  orderId: OrderId,
  filledTotal: Quantity,
  ...report,
})
export const OrderCancelRefused = fact('OrderCancelRefused', { orderId: OrderId, reason: Reason })
/** The venue ended it by its own rules: an immediate-or-cancel order with something left. */
export const OrderExpired = fact('OrderExpired', {
  orderId: OrderId,
  filledTotal: Quantity,
  ...report,
})
/** It ended before it was ever sent. Written at the exact revision, so that it fences any submission. */
export const OrderLapsed = fact('OrderLapsed', { orderId: OrderId, reason: Reason })

/** Somebody asks for the order to be another: `terms` are the whole of it, what it has filled included. */
export const OrderAmendRequested = fact('OrderAmendRequested', {
  orderId: OrderId,
  amendmentId: AmendmentId,
  terms: Terms,
  decideBy: Instant,
})
/** Written before the first byte goes to the venue; nothing goes after `sendBy`. */
export const OrderAmendStarted = fact('OrderAmendStarted', {
  orderId: OrderId,
  amendmentId: AmendmentId,
  approvalId: EventId,
  terms: Terms,
  riskRevision: Whole,
  sendBy: Instant,
})
/** From here on the order is what the amendment made of it. */
export const OrderAmended = fact('OrderAmended', {
  orderId: OrderId,
  amendmentId: AmendmentId,
  terms: Terms,
  ...report,
})
/** The order stays as it was: the venue will not have the change, or it was never sent. */
export const OrderAmendRefused = fact(
  'OrderAmendRefused',
  { orderId: OrderId, amendmentId: AmendmentId, reason: Reason },
  { payloadHash: Sha256 },
)
/** Perhaps done, perhaps not: what is larger of old and new stays reserved until the venue's own word settles it. */
export const OrderAmendOutcomeUnknown = fact('OrderAmendOutcomeUnknown', {
  orderId: OrderId,
  amendmentId: AmendmentId,
  reason: Reason,
})

/** Something that should not be, recorded as it was said; it changes nothing but what it says. */
export const OrderAnomalyObserved = fact(
  'OrderAnomalyObserved',
  { orderId: OrderId, anomaly: Code, detail: Line },
  { tradeId: TradeId, payloadHash: Sha256 },
)

export const orderFacts = [
  OrderIntentRecorded,
  OrderCancelRequested,
  OrderSubmissionStarted,
  OrderAccepted,
  OrderRefused,
  OrderOutcomeUnknown,
  OrderOutcomeResolved,
  OrderFilled,
  OrderCancelled,
  OrderCancelRefused,
  OrderExpired,
  OrderLapsed,
  OrderAmendRequested,
  OrderAmendStarted,
  OrderAmended,
  OrderAmendRefused,
  OrderAmendOutcomeUnknown,
  OrderAnomalyObserved,
] as const
export type OrderEvent = EventOf<(typeof orderFacts)[number]>
export type OrderIntentRecorded = EventOf<typeof OrderIntentRecorded>
export type OrderCancelRequested = EventOf<typeof OrderCancelRequested>
export type OrderSubmissionStarted = EventOf<typeof OrderSubmissionStarted>
export type OrderAccepted = EventOf<typeof OrderAccepted>
export type OrderRefused = EventOf<typeof OrderRefused>
export type OrderOutcomeUnknown = EventOf<typeof OrderOutcomeUnknown>
export type OrderOutcomeResolved = EventOf<typeof OrderOutcomeResolved>
export type OrderFilled = EventOf<typeof OrderFilled>
export type OrderCancelled = EventOf<typeof OrderCancelled>
export type OrderCancelRefused = EventOf<typeof OrderCancelRefused>
export type OrderExpired = EventOf<typeof OrderExpired>
export type OrderLapsed = EventOf<typeof OrderLapsed>
export type OrderAmendRequested = EventOf<typeof OrderAmendRequested>
export type OrderAmendStarted = EventOf<typeof OrderAmendStarted>
export type OrderAmended = EventOf<typeof OrderAmended>
export type OrderAmendRefused = EventOf<typeof OrderAmendRefused>
export type OrderAmendOutcomeUnknown = EventOf<typeof OrderAmendOutcomeUnknown>
export type OrderAnomalyObserved = EventOf<typeof OrderAnomalyObserved>
export type ForeignFillObserved = EventOf<typeof ForeignFillObserved>
