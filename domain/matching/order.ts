/** Orders, trades, positions and payments as the paper venue keeps them. */
import { zeroQuantity } from '#domain/values/decimal'
import type { Amount, Price, Quantity, Ratio, SignedQuantity } from '#schemas/values/decimal'
import type {
  AccountId,
  ClientOrderId,
  Currency,
  FundingId,
  MarketSymbol,
} from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'
import type { Fee, Liquidity, OrderType, Reason, Side, TimeInForce } from '#schemas/values/trading'

/** What somebody asks for. */
export interface PaperRequest {
  readonly clientOrderId: ClientOrderId
  readonly account: AccountId
  readonly symbol: MarketSymbol
  readonly side: Side
  readonly orderType: OrderType
  readonly timeInForce: TimeInForce
  readonly quantity: Quantity
  readonly limitPrice?: Price
  readonly stopPrice?: Price
  readonly expireAt?: Instant
  readonly postOnly: boolean
  readonly reduceOnly: boolean
  /** Not to be acted upon after this. */
  readonly sendBy: Instant
}
/** What an open order is to be as a whole; what it has filled counts towards `quantity`. */
export type PaperAmendment = Pick<PaperRequest, 'quantity' | 'limitPrice' | 'stopPrice' | 'sendBy'>

export type PaperStatus = 'open' | 'filled' | 'cancelled' | 'expired' | 'refused'

export interface PaperOrder extends Omit<PaperRequest, 'sendBy'> {
  /** 1, 2, 3, … in the order in which they were taken in. */
  readonly id: bigint
  readonly status: PaperStatus
  readonly filledTotal: Quantity
  /** Of a stop order: its price was reached, and it has been a market or limit order since. */
  readonly triggered?: boolean
  /** Since when it stands where it stands in the queue: placed, triggered, or amended so that it lost its turn. */
  readonly queuedAt: Instant
  /** Why it was refused. */
  readonly reason?: Reason
  readonly placedAt: Instant
  readonly changedAt: Instant
}

export interface PaperTrade {
  /** 1, 2, 3, … in the order in which they were made. */
  readonly id: bigint
  readonly orderId: bigint
  readonly clientOrderId: ClientOrderId
  readonly account: AccountId
  readonly symbol: MarketSymbol
  readonly side: Side
  readonly quantity: Quantity
  readonly price: Price
  readonly fee: Fee
  readonly liquidity: Liquidity
  readonly at: Instant
  /** Of a resting order: the print of the tape that filled it. */
  readonly print?: string
}

/** What an account holds of a contract. Of spot the venue keeps nothing: there is no less than nothing to hold. */
export interface PaperPosition {
  readonly account: AccountId
  readonly symbol: MarketSymbol
  /** Long above 0, short below 0. */
  readonly quantity: SignedQuantity
  /** Until when funding has been settled. */
  readonly fundedUntil: Instant
}

/** What was booked on a position at the end of a funding interval: received above 0. */
export interface PaperFunding {
  /** 1, 2, 3, … in the order in which they were booked. */
  readonly id: bigint
  /** The end of the interval: once for each account and symbol. */
  readonly fundingId: FundingId
  readonly account: AccountId
  readonly symbol: MarketSymbol
  readonly quantity: SignedQuantity
  readonly markPrice: Price
  readonly rate: Ratio
  readonly currency: Currency
  readonly amount: Amount
  readonly at: Instant
}

/** What became of one order: how it is now, and the trades that made it so. */
export interface Change {
  readonly order: PaperOrder
  readonly trades: readonly PaperTrade[]
}
/** All that followed from one thing that happened, in the order in which it did. */
export interface Outcome {
  readonly changes: readonly Change[]
  readonly fundings: readonly PaperFunding[]
  /** As they are now; each that changed at least once. */
  readonly positions: readonly PaperPosition[]
}

export const remaining = ({ quantity, filledTotal }: PaperOrder): Quantity =>
  (quantity - filledTotal) as Quantity

/** What an order is when it is taken in; nothing of it is done yet. */
export const takenIn = (id: bigint, request: PaperRequest, at: Instant): PaperOrder => {
  const { sendBy: _, ...asked } = request
  return {
    id,
    ...asked,
    status: 'open',
    filledTotal: zeroQuantity,
    ...(asked.stopPrice === undefined ? {} : { triggered: false }),
    queuedAt: at,
    placedAt: at,
    changedAt: at,
  }
}

export const waitsForItsPrice = ({ orderType, triggered }: PaperOrder): boolean =>
  (orderType === 'stop' || orderType === 'stopLimit') && triggered !== true
