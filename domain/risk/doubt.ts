/** A mark that has just jumped further than a book believes at once: until it has stood, the price before it counts. */
import { abs, ratioUp } from '#domain/values/decimal'
import type { Price, Ratio } from '#schemas/values/decimal'
import type { Limits, Mark } from '#schemas/values/trading'

/** How far a price is from the one before it, as a part of that, rounded up. The one before is above 0. */
export const jumpOf = (price: Price, against: Price): Ratio =>
  ratioUp(abs(price - against), against)

export const isDoubtful = ({ price, against }: Mark, { maxMarkJump }: Limits): boolean =>
  maxMarkJump !== undefined &&
  against !== undefined &&
  against > 0n &&
  jumpOf(price, against) > maxMarkJump

/** The mark itself, or where it is in doubt the price that was believed before it. */
export const believedOf = (mark: Mark, limits: Limits): Mark =>
  mark.against !== undefined && isDoubtful(mark, limits)
    ? { symbol: mark.symbol, price: mark.against, at: mark.at }
    : mark
