/** A fill that turns a holding around closes one position and opens another: its legs. */
import {
  applyFill,
  closedQuantity,
  type Position,
  type PositionFill,
  quantityChange,
} from '#domain/books/position'
import { abs, shareHalfEven } from '#domain/values/decimal'
import type { Amount, SignedQuantity } from '#schemas/values/decimal'
import type { InstrumentTerms } from '#schemas/values/trading'

/** One side of a fill: the holding after it, and the part of the fee that it bears. */
export interface Leg {
  readonly position: Position
  readonly feeAmount: Amount
}

/** One leg, or two where the holding passes through flat; the fee is shared by quantity, and none of it is lost. */
export const legsOf = (
  before: Position,
  fill: PositionFill,
  instrument: InstrumentTerms,
): readonly [Leg] | readonly [Leg, Leg] => {
  const after = applyFill(before, fill, instrument)
  const turned =
    (before.quantity > 0n && after.quantity < 0n) || (before.quantity < 0n && after.quantity > 0n)
  if (!turned) return [{ position: after, feeAmount: fill.fee.amount }]
  const change = quantityChange(fill, instrument)
  const closingFee = shareHalfEven(fill.fee.amount, closedQuantity(before, change), abs(change))
  return [
    {
      position: {
        quantity: 0n as SignedQuantity,
        costBasis: 0n as Amount,
        realisedPnl: after.realisedPnl,
      },
      feeAmount: closingFee,
    },
    { position: after, feeAmount: (fill.fee.amount - closingFee) as Amount },
  ]
}
