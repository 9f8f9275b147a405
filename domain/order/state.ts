/** What is known of an order, state by state, and how each event changes it. */
import { type Amendment, quantityMost, withAmendment } from '#domain/order/amendment'
import { addQuantity, lessQuantity, zeroQuantity } from '#domain/values/decimal'
import type { OrderEvent, OrderFilled, OrderIntentRecorded } from '#schemas/events/order'
import type { Price, Quantity } from '#schemas/values/decimal'
import type {
  BookId,
  ClientOrderId,
  EventId,
  KillSwitchId,
  Line,
  MarketSymbol,
  OrderId,
  TradeId,
  VenueOrderId,
} from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'
import type { Fee, Liquidity, Reason, Side, Terms } from '#schemas/values/trading'

/** What tells a repeated fill from one that contradicts the first. */
export interface FillOfOrder {
  readonly symbol: MarketSymbol
  readonly side: Side
  readonly quantity: Quantity
  readonly price: Price
  readonly fee: Fee
  readonly liquidity: Liquidity
}
export interface Submission {
  readonly clientOrderId: ClientOrderId
  readonly approvalId: EventId
  readonly riskRevision: bigint
  readonly sendBy: Instant
}

/** Known in every state from the intent on. Fills are facts, so that they may be known in any of them. */
interface Recorded {
  readonly orderId: OrderId
  readonly book: BookId
  readonly terms: Terms
  readonly decideBy: Instant
  readonly clientTag?: Line
  /** A cancel was asked for, and the venue has neither done it nor refused it. */
  readonly cancelPending: boolean
  /** Those that asked for its cancel so far. */
  readonly killSwitches: readonly KillSwitchId[]
  readonly fills: ReadonlyMap<TradeId, FillOfOrder>
  readonly filledQuantity: Quantity
  /** Asked for while it was open. */
  readonly amendments: readonly Amendment[]
  /** The anomalies recorded so far, so that each is recorded once. */
  readonly noted: readonly string[]
}
interface Sent extends Recorded {
  readonly submission: Submission
}
interface Acknowledged extends Sent {
  readonly venueOrderId: VenueOrderId
}

/** Nothing but what was said of it before anybody asked for it. */
export interface Unrecorded {
  readonly _tag: 'Unrecorded'
  readonly noted: readonly string[]
}
/** Decided or not, it has not been sent. */
export interface Intended extends Recorded {
  readonly _tag: 'Intended'
}
/** On its way: the venue may have it. */
export interface Submitting extends Sent {
  readonly _tag: 'Submitting'
}
/** The venue may have it, and did not say. */
export interface Unknown extends Sent {
  readonly _tag: 'Unknown'
}
export interface Open extends Acknowledged {
  readonly _tag: 'Open'
}
export interface Filled extends Acknowledged {
  readonly _tag: 'Filled'
}
/** `venueTotal` is what the venue says was filled; what the fills lack of it is still to come. */
export interface Cancelled extends Acknowledged {
  readonly _tag: 'Cancelled'
  readonly venueTotal: Quantity
}
export interface Expired extends Acknowledged {
  readonly _tag: 'Expired'
  readonly venueTotal: Quantity
}
export interface Refused extends Sent {
  readonly _tag: 'Refused'
  readonly reason: Reason
}
export interface Lapsed extends Recorded {
  readonly _tag: 'Lapsed'
  readonly reason: Reason
}

/** At the venue, or perhaps so. */
export type ActiveOrder = Submitting | Unknown | Open
export type EndedOrder = Filled | Cancelled | Expired | Refused | Lapsed
export type RecordedOrder = Intended | ActiveOrder | EndedOrder
export type Order = Unrecorded | RecordedOrder

/** From, event, to. A pair that is not here changes nothing. */
export const transitions = {
  Unrecorded: { OrderIntentRecorded: 'Intended' },
  Intended: {
    OrderCancelRequested: 'Intended',
    OrderSubmissionStarted: 'Submitting',
    OrderLapsed: 'Lapsed',
    // Never our doing; all the same a fact.
    OrderFilled: 'Intended',
  },
  Submitting: {
    OrderCancelRequested: 'Submitting',
    OrderAccepted: 'Open',
    OrderRefused: 'Refused',
    OrderOutcomeUnknown: 'Unknown',
  },
  // What was found follows in the same batch.
  Unknown: { OrderCancelRequested: 'Unknown', OrderOutcomeResolved: 'Submitting' },
  Open: {
    OrderCancelRequested: 'Open',
    OrderCancelRefused: 'Open',
    // Filled, once the fills add up to the order.
    OrderFilled: 'Open',
    OrderCancelled: 'Cancelled',
    OrderExpired: 'Expired',
    OrderRefused: 'Refused',
    // Each in its turn, as the amendment's own stages have it.
    OrderAmendRequested: 'Open',
    OrderAmendStarted: 'Open',
    OrderAmended: 'Open',
    OrderAmendRefused: 'Open',
    OrderAmendOutcomeUnknown: 'Open',
  },
  Filled: { OrderFilled: 'Filled' },
  // The fill was already on its way.
  Cancelled: { OrderFilled: 'Cancelled' },
  Expired: { OrderFilled: 'Expired' },
  Refused: { OrderFilled: 'Refused' },
  Lapsed: { OrderFilled: 'Lapsed' },
} as const satisfies Record<Order['_tag'], Partial<Record<OrderEvent['type'], Order['_tag']>>>

export const unrecorded: Order = { _tag: 'Unrecorded', noted: [] }

export const evolve = (order: Order, event: OrderEvent): Order => {
  if (event.type === 'OrderAnomalyObserved') {
    return { ...order, noted: [...order.noted, noteOf(event.anomaly, event.detail)] }
  }
  if (order._tag === 'Unrecorded') {
    return event.type === 'OrderIntentRecorded' ? intended(event, order.noted) : order
  }
  switch (event.type) {
    case 'OrderIntentRecorded':
      return order
    case 'OrderCancelRequested':
      return isEnded(order) ? order : withCancel(order, event.killSwitchId)
    case 'OrderSubmissionStarted': {
      const { clientOrderId, approvalId, riskRevision, sendBy } = event
      const submission = { clientOrderId, approvalId, riskRevision, sendBy }
      return order._tag === 'Intended' ? { ...order, _tag: 'Submitting', submission } : order
    }
    case 'OrderAccepted':
      return order._tag === 'Submitting'
        ? { ...order, _tag: 'Open', venueOrderId: event.venueOrderId }
        : order
    case 'OrderRefused':
      return order._tag === 'Submitting' || order._tag === 'Open'
        ? refused(order, event.reason)
        : order
    case 'OrderOutcomeUnknown':
      return order._tag === 'Submitting' ? { ...order, _tag: 'Unknown' } : order
    case 'OrderOutcomeResolved':
      return order._tag === 'Unknown' ? { ...order, _tag: 'Submitting' } : order
    case 'OrderFilled':
      return completed(withFill(order, event))
    case 'OrderCancelled':
      return ended(order, 'Cancelled', event.filledTotal)
    case 'OrderExpired':
      return ended(order, 'Expired', event.filledTotal)
    case 'OrderCancelRefused':
      return order._tag === 'Open' ? { ...order, cancelPending: false } : order
    case 'OrderAmendRequested':
    case 'OrderAmendStarted':
    case 'OrderAmended':
    case 'OrderAmendRefused':
    case 'OrderAmendOutcomeUnknown':
      return order._tag === 'Open' ? completed(withAmendment(order, event)) : order
    case 'OrderLapsed':
      return order._tag === 'Intended'
        ? { ...order, _tag: 'Lapsed', cancelPending: false, reason: event.reason }
        : order
  }
}

export const isEnded = (order: Order): order is EndedOrder =>
  order._tag === 'Filled' ||
  order._tag === 'Cancelled' ||
  order._tag === 'Expired' ||
  order._tag === 'Refused' ||
  order._tag === 'Lapsed'
export const isActive = (order: Order): order is ActiveOrder =>
  order._tag === 'Submitting' || order._tag === 'Unknown' || order._tag === 'Open'

/** How much of it may still fill at the venue, at worst: nothing before it was sent. */
export const workingQuantity = (order: Order): Quantity => {
  switch (order._tag) {
    case 'Submitting':
    case 'Unknown':
    case 'Open':
      return lessQuantity(quantityMost(order), order.filledQuantity)
    case 'Cancelled':
    case 'Expired':
      return lessQuantity(order.venueTotal, order.filledQuantity)
    case 'Unrecorded':
    case 'Intended':
    case 'Filled':
    case 'Refused':
    case 'Lapsed':
      return zeroQuantity
  }
}

/** What one anomaly says, as far as saying it twice goes. */
export const noteOf = (anomaly: string, detail: string): string => `${anomaly}: ${detail}`

const intended = (event: OrderIntentRecorded, noted: readonly string[]): Intended => {
  const { orderId, book, terms, decideBy, clientTag } = event
  return {
    _tag: 'Intended',
    orderId,
    book,
    terms,
    decideBy,
    ...(clientTag === undefined ? {} : { clientTag }),
    cancelPending: false,
    killSwitches: [],
    fills: new Map(),
    filledQuantity: zeroQuantity,
    amendments: [],
    noted,
  }
}
const withCancel = <O extends Intended | ActiveOrder>(order: O, by?: KillSwitchId): O => ({
  ...order,
  cancelPending: true,
  killSwitches: by === undefined ? order.killSwitches : [...order.killSwitches, by],
})
const withFill = <O extends RecordedOrder>(order: O, event: OrderFilled): O => {
  const { tradeId, symbol, side, quantity, price, fee, liquidity } = event
  if (order.fills.has(tradeId)) return order
  const fill = { symbol, side, quantity, price, fee, liquidity }
  return {
    ...order,
    fills: new Map([...order.fills, [tradeId, fill]]),
    filledQuantity: addQuantity(order.filledQuantity, quantity),
  }
}
/** Not while the venue may have made more of it. */
const completed = (order: RecordedOrder): Order =>
  order._tag === 'Open' && order.filledQuantity >= quantityMost(order)
    ? { ...order, _tag: 'Filled', cancelPending: false }
    : order
const ended = (order: RecordedOrder, _tag: 'Cancelled' | 'Expired', venueTotal: Quantity): Order =>
  order._tag === 'Open' ? { ...order, _tag, cancelPending: false, venueTotal } : order
const refused = (order: Submitting | Open, reason: Reason): Refused => {
  const { orderId, book, terms, decideBy, killSwitches, fills, filledQuantity, noted } = order
  const { submission, clientTag, amendments } = order
  return {
    _tag: 'Refused',
    orderId,
    book,
    terms,
    decideBy,
    ...(clientTag === undefined ? {} : { clientTag }),
    cancelPending: false,
    killSwitches,
    fills,
    filledQuantity,
    amendments,
    noted,
    submission,
    reason,
  }
}
