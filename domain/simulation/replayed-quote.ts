/** The quote that a row of trades lets one see: the last price on each side, never crossed. */
import type { Price, Quantity } from '#schemas/values/decimal'
import type { Side } from '#schemas/values/trading'

export interface ReplayedQuote {
  readonly bid: Price
  readonly bidQuantity: Quantity
  readonly ask: Price
  readonly askQuantity: Quantity
}
export type SeenSides = Partial<ReplayedQuote>

interface SeenTrade {
  readonly price: Price
  readonly quantity: Quantity
  /** A buy shows the ask, a sell the bid. */
  readonly aggressor: Side
}

/** What is known after a trade. The side that it passed is out of date, and is moved to one tick beside it. */
export const seeTrade = (
  seen: SeenSides,
  { price, quantity, aggressor }: SeenTrade,
  tickSize: Price,
): SeenSides => {
  if (aggressor === 'buy') {
    const crossed = seen.bid !== undefined && seen.bid >= price
    const bid = crossed ? { bid: (price - tickSize) as Price } : {}
    return { ...seen, ask: price, askQuantity: quantity, ...bid }
  }
  const crossed = seen.ask !== undefined && seen.ask <= price
  const ask = crossed ? { ask: (price + tickSize) as Price } : {}
  return { ...seen, bid: price, bidQuantity: quantity, ...ask }
}

/** The quote, once both sides have been seen. */
export const quoteOf = ({
  bid,
  bidQuantity,
  ask,
  askQuantity,
}: SeenSides): ReplayedQuote | undefined =>
  bid === undefined ||
  bid <= 0n ||
  bidQuantity === undefined ||
  ask === undefined ||
  askQuantity === undefined
    ? undefined
    : { bid, bidQuantity, ask, askQuantity }
