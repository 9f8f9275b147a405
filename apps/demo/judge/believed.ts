/** What a book's figures go by: the price that is believed, and the day that it is in. */
import { ratio, size, units } from './decimals.ts'
import type { Json } from './log-row.ts'

export interface Day {
  readonly opensAt: number
  readonly closesAt: number
  /** What it began at and the highest so far, both moved by what came in or went out since. */
  readonly openEquity: bigint
  readonly highWater: bigint
  readonly marked: bigint
  /** What has come in or gone out, by currency, as far as it is in these figures. */
  readonly taken: ReadonlyMap<string, bigint>
}

/** The price before a jump counts until the new one has stood for a while. */
export const believed = (mark: Json, limits: Json): bigint => {
  const price = units(mark['price'])
  if (mark['against'] === undefined || limits['maxMarkJump'] === undefined) return price
  const against = units(mark['against'])
  const isFar = against > 0n && ratio(size(price - against), against) > units(limits['maxMarkJump'])
  return isFar ? against : price
}
