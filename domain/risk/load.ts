/** What one account has of one instrument, and what its open orders may make of that, at worst. */
import type { Position } from '#domain/books/position'
import {
  addQuantity,
  amountOf,
  lessQuantity,
  zeroAmount,
  zeroQuantity,
} from '#domain/values/decimal'
import type { Amount, Price, Quantity, SignedQuantity } from '#schemas/values/decimal'
import type { Side, Terms } from '#schemas/values/trading'

export interface Load {
  /** Over all strategies, as the venue nets them. */
  readonly quantity: SignedQuantity
  readonly costBasis: Amount
  /** All that is open on each side, market and stop orders included. */
  readonly buys: Quantity
  readonly sells: Quantity
  readonly marketBuys: Quantity
  readonly marketSells: Quantity
  /** What the open limit buys pay if each fills at its own price, stop-limit buys included. */
  readonly limitBuysCost: Amount
  /** Of what is open on each side: what fills at a price that need not be near the mark, order by order. */
  readonly stops: readonly StopClaim[]
}
/** The part of an order that may still fill: it counts in full until it is proved that it cannot. */
export interface Claim {
  readonly side: Side
  readonly quantity: Quantity
  readonly market: boolean
  readonly cost: Amount
  /** Of a stop order its stop price, of a stop-limit order its limit. */
  readonly price?: Price
}
export type StopClaim = Claim & { readonly price: Price }

export const nothingHeld: Load = {
  quantity: 0n as SignedQuantity,
  costBasis: zeroAmount,
  buys: zeroQuantity,
  sells: zeroQuantity,
  marketBuys: zeroQuantity,
  marketSells: zeroQuantity,
  limitBuysCost: zeroAmount,
  stops: [],
}
export const isNothing = ({ quantity, buys, sells }: Load): boolean =>
  quantity === 0n && buys === 0n && sells === 0n

export const claimOf = ({ side, limitPrice, stopPrice }: Terms, quantity: Quantity): Claim => ({
  side,
  quantity,
  market: limitPrice === undefined,
  cost: side === 'buy' && limitPrice !== undefined ? amountOf(limitPrice, quantity) : zeroAmount,
  ...(stopPrice === undefined ? {} : { price: limitPrice ?? stopPrice }),
})

export const claimed = (load: Load, claim: Claim): Load => {
  const after = changed(load, claim, addQuantity, claim.cost)
  return isStop(claim) ? { ...after, stops: [...load.stops, claim] } : after
}
export const released = (load: Load, claim: Claim): Load => {
  const after = changed(load, claim, lessQuantity, (0n - claim.cost) as Amount)
  if (!isStop(claim)) return after
  const at = load.stops.findIndex((stop) => isSame(stop, claim))
  return { ...after, stops: load.stops.filter((_, index) => index !== at) }
}
export const moved = (load: Load, before: Position, after: Position): Load => ({
  ...load,
  quantity: (load.quantity - before.quantity + after.quantity) as SignedQuantity,
  costBasis: (load.costBasis - before.costBasis + after.costBasis) as Amount,
})

/** What it would be if everything on one side filled and nothing on the other. */
export const longest = ({ quantity, buys }: Load): SignedQuantity =>
  (quantity + buys) as SignedQuantity
export const shortest = ({ quantity, sells }: Load): SignedQuantity =>
  (quantity - sells) as SignedQuantity

const isStop = (claim: Claim): claim is StopClaim => claim.price !== undefined
const isSame = (a: StopClaim, b: StopClaim): boolean =>
  a.side === b.side && a.quantity === b.quantity && a.market === b.market && a.price === b.price

const changed = (
  load: Load,
  { side, quantity, market, price }: Claim,
  by: (a: Quantity, b: Quantity) => Quantity,
  cost: Amount,
): Load => {
  const isPlainMarket = market && price === undefined
  if (side === 'sell') {
    const marketSells = isPlainMarket ? by(load.marketSells, quantity) : load.marketSells
    return { ...load, sells: by(load.sells, quantity), marketSells }
  }
  const marketBuys = isPlainMarket ? by(load.marketBuys, quantity) : load.marketBuys
  const limitBuysCost = (load.limitBuysCost + cost) as Amount
  return { ...load, buys: by(load.buys, quantity), marketBuys, limitBuysCost }
}
