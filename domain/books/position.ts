/** One holding, from fills: average cost with kept cost basis, so that nothing drifts. */
import type { Amount, Price, Quantity, SignedQuantity } from '#schemas/values/decimal'
import type { Fee, Side } from '#schemas/values/trading'

/** What a holding is, in the instrument's quote currency (spot, linear) or settle currency (inverse). */
export interface Position {
  /** Above 0 long, below 0 short. */
  readonly quantity: SignedQuantity
  /** What the open quantity cost: above 0 long, below 0 short; exactly 0 when flat. */
  readonly costBasis: Amount
  /** Over all closes so far, before fees. */
  readonly realisedPnl: Amount
}

/** The part of a fill that changes a holding. */
export interface PositionFill {
  readonly side: Side
  readonly quantity: Quantity
  readonly price: Price
  readonly fee: Fee
}
