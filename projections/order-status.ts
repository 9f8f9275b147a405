/** How far an order has come, in a word, from what its events say one by one. */
import type { Quantity } from '#schemas/values/decimal'

/** What a person reads as the order's state, in the order of an order's life: what comes later wins. */
export type OrderStatus = Progress | 'partiallyFilled' | 'cancelPending' | 'filled' | OrderEnd
/** How far an order that has not ended is known to have come. */
export type Progress = 'pendingRisk' | 'approved' | 'submitting' | 'unknown' | 'accepted'
/** How an order ended. A lapse wins over a denial beside it: it is what fenced the order. */
export type OrderEnd = 'denied' | 'lapsed' | 'refused' | 'cancelled' | 'expired'

/** What the word depends on. */
export interface Stated {
  readonly progress: Progress
  readonly ended: OrderEnd | undefined
  readonly cancelRequested: boolean
  readonly quantity: Quantity
  /** What the venue may have made of its quantity; undefined while no amendment is under way. */
  readonly amendingTo: Quantity | undefined
  readonly filledQuantity: Quantity
}

export const stages: readonly Progress[] = [
  'pendingRisk',
  'approved',
  'submitting',
  'unknown',
  'accepted',
]
export const ends: readonly OrderEnd[] = ['denied', 'lapsed', 'refused', 'expired', 'cancelled']

/** An order is not filled while there may be more of it. */
const isFilled = ({ filledQuantity, quantity, amendingTo, ended: end }: Stated): boolean =>
  filledQuantity >= quantity &&
  (end !== undefined || amendingTo === undefined || filledQuantity >= amendingTo)

export const statusOf = (row: Stated): OrderStatus => {
  if (isFilled(row)) return 'filled'
  if (row.ended !== undefined) return row.ended
  if (row.cancelRequested) return 'cancelPending'
  return row.filledQuantity > 0n ? 'partiallyFilled' : row.progress
}
