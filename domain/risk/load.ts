/** What one account has of one instrument, and what its open orders may make of that, at worst. */
import type { Position } from '#domain/books/position'
import {
  addStop,
  emptyStopBook,
  removeStop,
  type StopBook,
  type StopClaim,
} from '#domain/risk/stop-claims'
import {
  addAmount,
  addQuantity,
  amountOf,
  lessQuantity,
  zeroAmount,
  zeroQuantity,
} from '#domain/values/decimal'
import type { Amount, Price, Quantity, SignedQuantity } from '#schemas/values/decimal'
import type { Side, Terms } from '#schemas/values/trading'

/** Of an account's instrument over all strategies, as the venue nets them; or of one strategy by itself. */
export interface Load {
  readonly quantity: SignedQuantity
  readonly costBasis: Amount
  /** All that is open on each side, market and stop orders included. */
  readonly buys: Quantity
  readonly sells: Quantity
  readonly marketBuys: Quantity
  readonly marketSells: Quantity
  /** What the open limit buys pay if each fills at its own price, stop-limit buys included. */
  readonly limitBuysCost: Amount
  /** Of what is open on each side: what fills at a price that need not be near the mark. Undefined: nothing. */
  readonly stopBuys: StopBook | undefined
  readonly stopSells: StopBook | undefined
  /** One more of these, which is only thought of. */
  readonly moreStop: Claim | undefined
}
/** It goes along with the orders that it counts. */
export type GrowingLoad = { -readonly [Key in keyof Load]: Load[Key] }
/** The part of an order that may still fill: it counts in full until it is proved that it cannot. */
export interface Claim {
  readonly side: Side
  readonly quantity: Quantity
  readonly market: boolean
  readonly cost: Amount
  /** Of a stop order its stop price, of a stop-limit order its limit. */
  readonly price?: Price
}

export const emptyLoad = (): GrowingLoad => ({
  quantity: 0n as SignedQuantity,
  costBasis: zeroAmount,
  buys: zeroQuantity,
  sells: zeroQuantity,
  marketBuys: zeroQuantity,
  marketSells: zeroQuantity,
  limitBuysCost: zeroAmount,
  stopBuys: undefined,
  stopSells: undefined,
  moreStop: undefined,
})
export const nothingHeld: Load = emptyLoad()
export const isNothing = ({ quantity, buys, sells }: Load): boolean =>
  quantity === 0n && buys === 0n && sells === 0n

export const claimOf = ({ side, limitPrice, stopPrice }: Terms, quantity: Quantity): Claim => ({
  side,
  quantity,
  market: limitPrice === undefined,
  cost: side === 'buy' && limitPrice !== undefined ? amountOf(limitPrice, quantity) : zeroAmount,
  ...(stopPrice === undefined ? {} : { price: limitPrice ?? stopPrice }),
})

export const claim = (load: GrowingLoad, more: Claim): void => {
  count(load, more)
  if (isStop(more)) addStop(stopsOf(load, more.side), more)
}
export const release = (load: GrowingLoad, less: Claim): void => {
  const { side, quantity, market, cost } = less
  const isPlainMarket = market && !isStop(less)
  if (side === 'buy') {
    load.buys = lessQuantity(load.buys, quantity)
    load.limitBuysCost = (load.limitBuysCost - cost) as Amount
    if (isPlainMarket) load.marketBuys = lessQuantity(load.marketBuys, quantity)
  } else {
    load.sells = lessQuantity(load.sells, quantity)
    if (isPlainMarket) load.marketSells = lessQuantity(load.marketSells, quantity)
  }
  if (isStop(less)) removeStop(stopsOf(load, side), less)
}
export const move = (load: GrowingLoad, before: Position, after: Position): void => {
  load.quantity = (load.quantity - before.quantity + after.quantity) as SignedQuantity
  load.costBasis = (load.costBasis - before.costBasis + after.costBasis) as Amount
}
/** As it would be with one order more. */
export const withClaim = (load: Load, more: Claim): Load => {
  const after: GrowingLoad = {
    quantity: load.quantity,
    costBasis: load.costBasis,
    buys: load.buys,
    sells: load.sells,
    marketBuys: load.marketBuys,
    marketSells: load.marketSells,
    limitBuysCost: load.limitBuysCost,
    stopBuys: load.stopBuys,
    stopSells: load.stopSells,
    moreStop: isStop(more) ? more : undefined,
  }
  count(after, more)
  return after
}

/** What it would be if everything on one side filled and nothing on the other. */
export const longest = ({ quantity, buys }: Load): SignedQuantity =>
  (quantity + buys) as SignedQuantity
export const shortest = ({ quantity, sells }: Load): SignedQuantity =>
  (quantity - sells) as SignedQuantity

export const isStop = (each: Claim): each is Claim & StopClaim => each.price !== undefined

const count = (load: GrowingLoad, more: Claim): void => {
  const { side, quantity, market, cost } = more
  const isPlainMarket = market && !isStop(more)
  if (side === 'buy') {
    load.buys = addQuantity(load.buys, quantity)
    load.limitBuysCost = addAmount(load.limitBuysCost, cost)
    if (isPlainMarket) load.marketBuys = addQuantity(load.marketBuys, quantity)
  } else {
    load.sells = addQuantity(load.sells, quantity)
    if (isPlainMarket) load.marketSells = addQuantity(load.marketSells, quantity)
  }
}
const stopsOf = (load: GrowingLoad, side: Side): StopBook =>
  side === 'buy' ? (load.stopBuys ??= emptyStopBook()) : (load.stopSells ??= emptyStopBook())
