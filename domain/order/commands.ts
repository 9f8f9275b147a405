/** What may be asked of an order, what may be reported about it, and why asking may be refused. */
import type { AmendRejection, AmendReport, AmendRequest } from '#domain/order/amend-commands'
import type { KillSwitch } from '#domain/order/kill-switch'
import type { Price, Quantity } from '#schemas/values/decimal'
import type {
  BookId,
  ClientOrderId,
  EventId,
  KillSwitchId,
  Line,
  MarketSymbol,
  OrderId,
  Sha256,
  TradeId,
  VenueOrderId,
} from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'
import type {
  Fee,
  InstrumentTerms,
  KillSwitchMode,
  Liquidity,
  OrderType,
  Reason,
  Side,
  Terms,
  TimeInForce,
} from '#schemas/values/trading'

/** What the guard allowed; its id is the id of the OrderApproved. */
export interface Approval {
  readonly approvalId: EventId
  readonly orderId: OrderId
  readonly terms: Terms
  readonly reducing: boolean
  readonly expiresAt: Instant
}

interface OfOrder {
  readonly orderId: OrderId
}

export interface RecordIntent extends OfOrder {
  readonly type: 'RecordIntent'
  readonly book: BookId
  readonly terms: Terms
  readonly decideBy: Instant
  readonly clientTag?: Line
}
/** `denied`: the guard has said no, which the order's own stream does not tell. */
export interface RequestCancel extends OfOrder {
  readonly type: 'RequestCancel'
  readonly denied: boolean
  readonly killSwitchId?: KillSwitchId
}
/** `killSwitches`: all that stood on the risk stream of the order's book at `riskRevision`. */
export interface StartSubmission extends OfOrder {
  readonly type: 'StartSubmission'
  readonly approval: Approval
  readonly killSwitches: readonly KillSwitch[]
  readonly riskRevision: bigint
  readonly clientOrderId: ClientOrderId
  readonly at: Instant
  readonly sendBy: Instant
}
/** End it before it was ever sent. No approval: the guard has not decided. */
export interface LapseOrder extends OfOrder {
  readonly type: 'LapseOrder'
  readonly approval?: Approval
  readonly killSwitches: readonly KillSwitch[]
  readonly at: Instant
}
/** Settle an unknown outcome by what the venue did not have, when it was asked, and what its "not found" is worth. */
export interface ResolveAbsent extends OfOrder {
  readonly type: 'ResolveAbsent'
  readonly evidence: readonly EvidenceSource[]
  readonly askedAt: Instant
  readonly requestWindowMs: number
  readonly settlingMs: number
  readonly notFoundIsFinal: boolean
}
export type OrderRequest =
  | RecordIntent
  | RequestCancel
  | StartSubmission
  | LapseOrder
  | ResolveAbsent
  | AmendRequest

/** Where the venue's word was found: `report` came unasked or as the answer to placing or cancelling. */
export const evidenceSources = [
  'openOrders',
  'closedOrders',
  'trades',
  'orderByClientId',
  'report',
] as const
export type EvidenceSource = (typeof evidenceSources)[number]

export interface VenueWord extends OfOrder {
  readonly via: EvidenceSource
  readonly venueOrderId: VenueOrderId
  readonly venueAt: Instant
  readonly receivedAt: Instant
  readonly payloadHash: Sha256
}
/** What the venue believes that it was asked for. */
export interface TermsAtVenue {
  readonly symbol: MarketSymbol
  readonly side: Side
  readonly orderType: OrderType
  readonly timeInForce: TimeInForce
  readonly quantity: Quantity
  readonly limitPrice?: Price
  readonly stopPrice?: Price
  readonly expireAt?: Instant
  /** Absent where the venue does not say. */
  readonly postOnly?: boolean
  readonly reduceOnly?: boolean
}
export interface ReportAccepted extends VenueWord {
  readonly type: 'ReportAccepted'
  readonly terms: TermsAtVenue
}
export interface ReportRefused extends OfOrder {
  readonly type: 'ReportRefused'
  readonly via: EvidenceSource
  readonly receivedAt: Instant
  readonly reason: Reason
  readonly payloadHash?: Sha256
}
/** The sender's own word that not one byte of it was acted upon. */
export interface ReportNotSent extends OfOrder {
  readonly type: 'ReportNotSent'
  readonly reason: Reason
}
export interface ReportUnknown extends OfOrder {
  readonly type: 'ReportUnknown'
  readonly reason: Reason
}
export interface ReportFill extends VenueWord {
  readonly type: 'ReportFill'
  readonly tradeId: TradeId
  readonly symbol: MarketSymbol
  readonly side: Side
  readonly quantity: Quantity
  readonly price: Price
  readonly fee: Fee
  readonly liquidity: Liquidity
  readonly instrument: InstrumentTerms
}
export interface ReportCancelled extends VenueWord {
  readonly type: 'ReportCancelled'
  readonly filledTotal: Quantity
}
export interface ReportExpired extends VenueWord {
  readonly type: 'ReportExpired'
  readonly filledTotal: Quantity
}
export interface ReportCancelRefused extends OfOrder {
  readonly type: 'ReportCancelRefused'
  readonly reason: Reason
}
export type OrderReport =
  | ReportAccepted
  | ReportRefused
  | ReportNotSent
  | ReportUnknown
  | ReportFill
  | ReportCancelled
  | ReportExpired
  | ReportCancelRefused
  | AmendReport

export type OrderCommand = OrderRequest | OrderReport

/** Only asking is refused; a report never is. */
export type OrderRejection =
  | { readonly _tag: 'OrderNotFound'; readonly orderId: OrderId }
  | {
      readonly _tag: 'OrderIdReused'
      readonly orderId: OrderId
      readonly differs: readonly string[]
    }
  | { readonly _tag: 'OrderEnded'; readonly orderId: OrderId; readonly state: string }
  | { readonly _tag: 'AlreadySubmitted'; readonly orderId: OrderId; readonly approvalId: EventId }
  | { readonly _tag: 'ApprovalConsumed'; readonly orderId: OrderId; readonly approvalId: EventId }
  | {
      readonly _tag: 'ApprovalOfAnotherOrder'
      readonly orderId: OrderId
      readonly approved: OrderId
    }
  | { readonly _tag: 'TermsDiffer'; readonly orderId: OrderId; readonly fields: readonly string[] }
  /** The venue has spoken of it, although nobody of ours has sent it. */
  | {
      readonly _tag: 'AlreadyAtVenue'
      readonly orderId: OrderId
      readonly filledQuantity: Quantity
    }
  | {
      readonly _tag: 'ApprovalExpired'
      readonly orderId: OrderId
      readonly expiresAt: Instant
      readonly at: Instant
    }
  | { readonly _tag: 'CancelRequested'; readonly orderId: OrderId }
  | {
      readonly _tag: 'KillSwitchForbids'
      readonly orderId: OrderId
      readonly killSwitchId: KillSwitchId
      readonly mode: KillSwitchMode
    }
  | { readonly _tag: 'NotDueToLapse'; readonly orderId: OrderId; readonly dueAfter: Instant }
  | { readonly _tag: 'OutcomeNotUnknown'; readonly orderId: OrderId; readonly state: string }
  | { readonly _tag: 'NotFoundIsNotFinal'; readonly orderId: OrderId }
  | {
      readonly _tag: 'AskedTooEarly'
      readonly orderId: OrderId
      readonly askedAt: Instant
      readonly earliest: Instant
    }
  | {
      readonly _tag: 'EvidenceIncomplete'
      readonly orderId: OrderId
      readonly missing: readonly EvidenceSource[]
    }
  | AmendRejection
