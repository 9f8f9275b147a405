/** The orders that rest at one symbol at a limit, and those that wait for a stop price. */
import { highestFirst, lowestFirst, openLadder } from '#domain/matching/ladder'
import type { PaperOrder } from '#domain/matching/order'
import type { Price } from '#schemas/values/decimal'
import type { Side } from '#schemas/values/trading'

export interface Resting {
  readonly add: (order: PaperOrder) => void
  readonly remove: (order: PaperOrder) => void
  /** Whom a print may fill, in turn. */
  readonly reachedBy: (print: Print) => readonly PaperOrder[]
}
export interface Print {
  readonly price: Price
  readonly aggressor: Side
}

export const openResting = (): Resting => {
  const limitOf = ({ limitPrice }: PaperOrder) => limitPrice
  const sides = {
    buy: openLadder(highestFirst(limitOf)),
    sell: openLadder(lowestFirst(limitOf)),
  } as const
  return {
    add: (order) => sides[order.side].add(order),
    remove: (order) => sides[order.side].remove(order),
    reachedBy: ({ price, aggressor }) => {
      const through = (order: PaperOrder): boolean => isThrough(price, order)
      const buys = sides.buy.while(through)
      const sells = sides.sell.while(through)
      // Who was hit comes first. Both sides together never get more than was traded.
      return aggressor === 'buy' ? [...sells, ...buys] : [...buys, ...sells]
    },
  }
}

/**
 * Through, not at: a print at the limit shows only that somebody at that price was filled, and many may have been
 * there before us. A print beyond it could not have happened while our order was still there.
 */
const isThrough = (price: Price, { side, limitPrice }: PaperOrder): boolean =>
  limitPrice !== undefined && (side === 'buy' ? price < limitPrice : price > limitPrice)

export interface Stops {
  readonly add: (order: PaperOrder) => void
  readonly remove: (order: PaperOrder) => void
  /** Whose price is reached by a trade at this one, nearest first. */
  readonly reachedBy: (price: Price) => readonly PaperOrder[]
}

export const openStops = (): Stops => {
  const stopOf = ({ stopPrice }: PaperOrder) => stopPrice
  const sides = {
    buy: openLadder(lowestFirst(stopOf)),
    sell: openLadder(highestFirst(stopOf)),
  } as const
  return {
    add: (order) => sides[order.side].add(order),
    remove: (order) => sides[order.side].remove(order),
    reachedBy: (price) => {
      const reached = (order: PaperOrder): boolean => isReached(price, order)
      return [...sides.buy.while(reached), ...sides.sell.while(reached)]
    },
  }
}

/** FIX, OrdType stop: a buy triggers at its price or above, a sell at its price or below. */
export const isReached = (
  price: Price,
  { side, stopPrice }: Pick<PaperOrder, 'side' | 'stopPrice'>,
): boolean => stopPrice !== undefined && (side === 'buy' ? price >= stopPrice : price <= stopPrice)
