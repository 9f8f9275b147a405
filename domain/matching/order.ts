/** Orders and trades as the paper venue keeps them. */
import type { Price, Quantity } from '#schemas/values/decimal'
import type { AccountId, ClientOrderId, MarketSymbol } from '#schemas/values/ids'
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
  readonly postOnly: boolean
  readonly reduceOnly: boolean
  /** Not to be acted upon after this. */
  readonly sendBy: Instant
}

export type PaperStatus = 'open' | 'filled' | 'cancelled' | 'expired' | 'refused'

export interface PaperOrder extends Omit<PaperRequest, 'postOnly' | 'reduceOnly' | 'sendBy'> {
  /** 1, 2, 3, … in the order in which they were taken in. */
  readonly id: bigint
  readonly status: PaperStatus
  readonly filledTotal: Quantity
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

/** What became of one order: how it is now, and the trades that made it so. */
export interface Change {
  readonly order: PaperOrder
  readonly trades: readonly PaperTrade[]
}

export const remaining = ({ quantity, filledTotal }: PaperOrder): Quantity =>
  (quantity - filledTotal) as Quantity
