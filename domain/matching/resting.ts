/** The orders that rest at one symbol, best price first and oldest first among equals. */
import { type PaperOrder, remaining } from '#domain/matching/order'
import type { Price, Quantity } from '#schemas/values/decimal'
import type { Side } from '#schemas/values/trading'

export interface Resting {
  readonly add: (order: PaperOrder) => void
  /** The order as it is now takes the place of what it was. */
  readonly change: (order: PaperOrder) => void
  readonly remove: (order: PaperOrder) => void
  /** Who is filled by a print, and by how much. Nothing is changed. */
  readonly reachedBy: (print: Print, lotSize: Quantity) => readonly Reached[]
}
export interface Print {
  readonly price: Price
  readonly quantity: Quantity
  readonly aggressor: Side
}
export interface Reached {
  readonly order: PaperOrder
  readonly quantity: Quantity
}

export const openResting = (): Resting => {
  const sides: Readonly<Record<Side, PaperOrder[]>> = { buy: [], sell: [] }
  const placeOf = (order: PaperOrder): number => {
    const side = sides[order.side]
    let low = 0
    let high = side.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const at = side[middle]
      if (at !== undefined && isBefore(at, order)) low = middle + 1
      else high = middle
    }
    return low
  }
  return {
    add: (order) => {
      sides[order.side].splice(placeOf(order), 0, order)
    },
    change: (order) => {
      sides[order.side].splice(placeOf(order), 1, order)
    },
    remove: (order) => {
      sides[order.side].splice(placeOf(order), 1)
    },
    reachedBy: (print, lotSize) => {
      // Who was hit comes first. Both sides together never get more than was traded.
      const hit = print.aggressor === 'buy' ? sides.sell : sides.buy
      const other = print.aggressor === 'buy' ? sides.buy : sides.sell
      const reached: Reached[] = []
      let left: bigint = print.quantity
      for (const side of [hit, other]) {
        for (const order of side) {
          if (!isThrough(print.price, order) || left < lotSize) break
          const wanted = remaining(order)
          const fitting = left - (left % lotSize)
          const quantity = (wanted < fitting ? wanted : fitting) as Quantity
          reached.push({ order, quantity })
          left -= quantity
        }
      }
      return reached
    },
  }
}

/**
 * Through, not at: a print at the limit shows only that somebody at that price was filled, and many may have been
 * there before us. A print beyond it could not have happened while our order was still there.
 */
const isThrough = (price: Price, { side, limitPrice }: PaperOrder): boolean =>
  limitPrice !== undefined && (side === 'buy' ? price < limitPrice : price > limitPrice)

const isBefore = (a: PaperOrder, b: PaperOrder): boolean => {
  const [priceOfA, priceOfB] = [a.limitPrice ?? 0n, b.limitPrice ?? 0n]
  if (priceOfA !== priceOfB) return a.side === 'buy' ? priceOfA > priceOfB : priceOfA < priceOfB
  return a.id < b.id
}
