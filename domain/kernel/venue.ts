/** Where orders are executed. Money may move, so every failure says what we know of it. */
import type { Either } from 'fp-ts/lib/Either.js'
import type { Amount, Price, Quantity, Ratio, SignedQuantity } from '#schemas/values/decimal'
import type {
  AccountId,
  ClientOrderId,
  Currency,
  FundingId,
  MarketSymbol,
  Sha256,
  TradeId,
  VenueId,
  VenueOrderId,
} from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'
import type {
  Fee,
  InstrumentRules,
  InstrumentTerms,
  Liquidity,
  OrderType,
  Reason,
  Side,
  Terms,
  TimeInForce,
} from '#schemas/values/trading'

/** What is sent. The venue must not act on it after `sendBy`. */
export interface VenueOrder {
  readonly clientOrderId: ClientOrderId
  readonly terms: Terms
  readonly sendBy: Instant
}

/** When it happened by the venue's clock, when it reached us, and the SHA-256 of the bytes that said so. */
interface Report {
  readonly venueAt: Instant
  readonly receivedAt: Instant
  readonly payloadHash: Sha256
}
/** An order as the venue has it. */
export interface VenueOrderState extends Report {
  readonly venueOrderId: VenueOrderId
  /** Absent where somebody placed it without one. */
  readonly clientOrderId?: ClientOrderId
  readonly account: AccountId
  readonly symbol: MarketSymbol
  readonly side: Side
  readonly orderType: OrderType
  readonly timeInForce: TimeInForce
  readonly quantity: Quantity
  readonly limitPrice?: Price
  readonly stopPrice?: Price
  /** Of a `gtd` order. */
  readonly expireAt?: Instant
  /** A stop order's price was reached: it is a market or limit order from then on. Absent for other orders. */
  readonly triggered?: boolean
  /** Absent where the venue does not say. */
  readonly postOnly?: boolean
  readonly reduceOnly?: boolean
  readonly status: 'open' | 'filled' | 'cancelled' | 'expired' | 'refused'
  readonly filledTotal: Quantity
  /** Why it was refused. */
  readonly reason?: Reason
}
export interface VenueTrade extends Report {
  readonly tradeId: TradeId
  readonly venueOrderId: VenueOrderId
  readonly clientOrderId?: ClientOrderId
  readonly account: AccountId
  readonly symbol: MarketSymbol
  readonly side: Side
  readonly quantity: Quantity
  readonly price: Price
  readonly fee: Fee
  readonly liquidity: Liquidity
}
/** What the venue booked on a perpetual contract's position: received above 0, paid below 0, in the settle currency. */
export interface VenueFunding extends Report {
  readonly fundingId: FundingId
  readonly account: AccountId
  readonly symbol: MarketSymbol
  readonly quantity: SignedQuantity
  readonly markPrice: Price
  readonly rate: Ratio
  readonly currency: Currency
  readonly amount: Amount
}
/** What an order is to be from now on, as a whole; what it has filled counts towards `quantity`. */
export interface VenueAmendment {
  readonly quantity: Quantity
  readonly limitPrice?: Price
  readonly stopPrice?: Price
  readonly sendBy: Instant
}
export interface VenueInstrument {
  readonly symbol: MarketSymbol
  readonly terms: InstrumentTerms
  readonly rules: InstrumentRules
}

/** Surely not done, and asking again would not change it. */
export interface VenueRefused {
  readonly _tag: 'VenueRefused'
  readonly reason: Reason
  readonly payloadHash?: Sha256
}
/** Surely not done; ask again later. */
export interface VenueThrottled {
  readonly _tag: 'VenueThrottled'
  readonly retryAfterMs: number
}
/** Nothing was written to the venue: too late, or no connection. Surely not done. */
export interface NotSent {
  readonly _tag: 'NotSent'
  readonly detail: string
}
/** Perhaps done: reconcile, never send again. */
export interface VenueSilent {
  readonly _tag: 'VenueSilent'
  readonly detail: string
}
export type PlaceFailure = VenueRefused | VenueThrottled | NotSent | VenueSilent

/** What a venue tells unasked. */
export type VenueReport =
  | { readonly type: 'connected' }
  | { readonly type: 'disconnected'; readonly detail: string }
  | { readonly type: 'order'; readonly order: VenueOrderState }
  | { readonly type: 'trade'; readonly trade: VenueTrade }
  | { readonly type: 'funding'; readonly funding: VenueFunding }

/** How far "not found" can be trusted as proof that an order never arrived. */
export interface VenueCapabilities {
  readonly requestWindowMs: number
  readonly settlingMs: number
  readonly notFoundIsFinal: boolean
  readonly honoursDeadline: boolean
}

export interface Venue {
  readonly id: VenueId
  readonly capabilities: VenueCapabilities
  /** One wire attempt. `mayStillSend` is asked immediately before the first byte is written; false: NotSent. */
  readonly place: (
    order: VenueOrder,
    mayStillSend: () => boolean,
  ) => Promise<Either<PlaceFailure, VenueOrderState>>
  /** Idempotent. Answers the order as it is afterwards (a filled one stays filled). VenueRefused: it is unknown there. */
  readonly cancel: (
    account: AccountId,
    clientOrderId: ClientOrderId,
  ) => Promise<Either<PlaceFailure, VenueOrderState>>
  /**
   * One wire attempt, as `place`. Answers the order as it is afterwards; VenueRefused: it is as it was. The venue may
   * end an order that has filled as much as it is to be.
   */
  readonly amend: (
    account: AccountId,
    clientOrderId: ClientOrderId,
    amendment: VenueAmendment,
    mayStillSend: () => boolean,
  ) => Promise<Either<PlaceFailure, VenueOrderState>>
  /** By name, whatever its age, open or ended. 'notFound': the venue has no such order now. */
  readonly order: (
    account: AccountId,
    clientOrderId: ClientOrderId,
  ) => Promise<Either<VenueSilent, VenueOrderState | 'notFound'>>
  readonly openOrders: (
    account: AccountId,
  ) => Promise<Either<VenueSilent, readonly VenueOrderState[]>>
  /** Ended at or after `since`. */
  readonly closedOrders: (
    account: AccountId,
    since: Instant,
  ) => Promise<Either<VenueSilent, readonly VenueOrderState[]>>
  /** Made at or after `since`. */
  readonly trades: (
    account: AccountId,
    since: Instant,
  ) => Promise<Either<VenueSilent, readonly VenueTrade[]>>
  /** Booked at or after `since`. */
  readonly fundings: (
    account: AccountId,
    since: Instant,
  ) => Promise<Either<VenueSilent, readonly VenueFunding[]>>
  readonly instruments: () => Promise<Either<VenueSilent, readonly VenueInstrument[]>>
  /** Hears every report from now on, `connected` first if it is; answers how to stop hearing. */
  readonly listen: (hear: (report: VenueReport) => void) => () => void
  readonly close: () => Promise<void>
}
