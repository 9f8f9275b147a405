/** How much a book has lost since its day began, and how far it is below its highest, against what it may. */
import { ratioUp, smaller, zeroAmount } from '#domain/values/decimal'
import {
  type Amount,
  digitsBeforePoint,
  placesOfQuantity,
  type Ratio,
} from '#schemas/values/decimal'
import type { Limits } from '#schemas/values/trading'

export interface Stand {
  readonly equity: Amount
  /** What the day began at, with what came in or went out since. */
  readonly dayOpenEquity: Amount
  /** The highest equity, moved by the same; that of now, where it is higher. */
  readonly highWater: Amount
}
export interface Beyond {
  readonly dailyLoss: boolean
  readonly drawdown: boolean
}

/** Below 0: a gain. */
export const lossOf = ({ equity, dayOpenEquity }: Stand): Amount =>
  (dayOpenEquity - equity) as Amount
/**
 * As a part of the highest, rounded up, so that what is beyond a limit never looks as if it were at it. Of next to
 * nothing it is no more than can be written down.
 */
export const drawdownOf = ({ equity, highWater }: Stand): Ratio => {
  if (equity >= highWater) return 0n as Ratio
  // Below nothing there is no part of it: all of it is gone.
  return highWater <= zeroAmount
    ? whole
    : smaller(ratioUp(highWater - equity, highWater), largestRatio)
}
export const isBeyond = (stand: Stand, { maxDailyLoss, maxDrawdown }: Limits): Beyond => ({
  dailyLoss: maxDailyLoss !== undefined && lossOf(stand) > maxDailyLoss,
  drawdown: maxDrawdown !== undefined && drawdownOf(stand) > maxDrawdown,
})

const whole = (10n ** BigInt(placesOfQuantity)) as Ratio
const largestRatio = (10n ** BigInt(digitsBeforePoint + placesOfQuantity) - 1n) as Ratio
