/** Open orders, best first. */
import type { PaperOrder } from '#domain/matching/order'

export interface Ladder {
  readonly add: (order: PaperOrder) => void
  /** The order as it was when it was added. */
  readonly remove: (order: PaperOrder) => void
  readonly first: () => PaperOrder | undefined
  /** From the front, for as long as it holds. */
  readonly while: (holds: (order: PaperOrder) => boolean) => readonly PaperOrder[]
}

export const openLadder = (isBefore: (a: PaperOrder, b: PaperOrder) => boolean): Ladder => {
  const orders: PaperOrder[] = []
  const placeOf = (order: PaperOrder): number => {
    let low = 0
    let high = orders.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const at = orders[middle]
      if (at !== undefined && isBefore(at, order)) low = middle + 1
      else high = middle
    }
    return low
  }
  return {
    add: (order) => {
      orders.splice(placeOf(order), 0, order)
    },
    remove: (order) => {
      orders.splice(placeOf(order), 1)
    },
    first: () => orders[0],
    while: (holds) => {
      const end = orders.findIndex((order) => !holds(order))
      return end === -1 ? [...orders] : orders.slice(0, end)
    },
  }
}

type Key = (order: PaperOrder) => bigint | number | undefined
/** The lower first; among equals who stands there longer, and then who came first. */
export const lowestFirst =
  (keyOf: Key) =>
  (a: PaperOrder, b: PaperOrder): boolean => {
    const [keyOfA, keyOfB] = [keyOf(a) ?? 0n, keyOf(b) ?? 0n]
    return keyOfA === keyOfB ? cameFirst(a, b) : keyOfA < keyOfB
  }
/** The higher first, and among equals the same. */
export const highestFirst =
  (keyOf: Key) =>
  (a: PaperOrder, b: PaperOrder): boolean => {
    const [keyOfA, keyOfB] = [keyOf(a) ?? 0n, keyOf(b) ?? 0n]
    return keyOfA === keyOfB ? cameFirst(a, b) : keyOfA > keyOfB
  }
const cameFirst = (a: PaperOrder, b: PaperOrder): boolean =>
  a.queuedAt === b.queuedAt ? a.id < b.id : a.queuedAt < b.queuedAt
