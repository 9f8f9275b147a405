/**
 * What crossing the spread costs: half the spread, and one basis point of the middle price for each tenth of the last
 * minute's volume that is taken, in proportion. So a buy of q pays
 *
 *     ask + middle × 0.0001 × (t + q) ÷ (minuteVolume ÷ 10)
 *
 * for all of it, where t was bought since the last quote, so that nothing is gained by taking it in pieces; a sell
 * gets as much less than the bid. Rounded to the tick against whoever takes.
 */
import type { Market } from '#domain/matching/tape'
import { larger, lessQuantity, smaller } from '#domain/values/decimal'
import type { Price, Quantity } from '#schemas/values/decimal'
import type { InstrumentRules, Side } from '#schemas/values/trading'

/** A basis point per tenth: 1 ÷ 1,000 of the middle price for the whole volume of a minute. */
const perMinuteVolume = 1_000n

type Grid = Pick<InstrumentRules, 'tickSize' | 'lotSize'>

const roundedUp = (numerator: bigint, denominator: bigint): bigint =>
  (numerator + denominator - 1n) / denominator

/** The price of taking so much at once. A sell gets one tick at the least. */
export const takingPrice = (
  side: Side,
  quantity: Quantity,
  { bid, ask, minuteVolume, taken }: Market,
  { tickSize }: Pick<Grid, 'tickSize'>,
): Price => {
  // All over a common denominator, so that the only rounding is the one to the tick.
  const unit = 2n * perMinuteVolume * minuteVolume
  const slippage = (bid + ask) * (taken[side] + quantity)
  if (side === 'buy') return (roundedUp(ask * unit + slippage, unit * tickSize) * tickSize) as Price
  const ticks = (bid * unit - slippage) / (unit * tickSize)
  return ((ticks > 1n ? ticks : 1n) * tickSize) as Price
}

/** Beyond the volume of a hundred minutes, a tenth of the price, there is nobody left to trade with. */
export const takingMost = (side: Side, { minuteVolume, taken }: Market): Quantity =>
  lessQuantity((minuteVolume * 100n) as Quantity, taken[side])

export interface Taking {
  readonly quantity: Quantity
  readonly price: Price
}

/**
 * How much of an order crosses at once, and at which price, never worse than its limit. What is shown at the touch may
 * always be taken by a limit that reaches the touch. Undefined: nothing crosses.
 */
export const takingWithin = (
  side: Side,
  wanted: Quantity,
  limit: Price,
  market: Market,
  grid: Grid,
): Taking | undefined => {
  const { bid, ask, bidQuantity, askQuantity, minuteVolume, taken } = market
  const room = side === 'buy' ? limit - ask : bid - limit
  if (room < 0n) return undefined
  const within = ((room * 2n * perMinuteVolume * minuteVolume) / (bid + ask)) as Quantity
  const shown = side === 'buy' ? askQuantity : bidQuantity
  const most = smaller(larger(lessQuantity(within, taken[side]), shown), takingMost(side, market))
  const lots = smaller(most, wanted) / grid.lotSize
  if (lots === 0n) return undefined
  const quantity = (lots * grid.lotSize) as Quantity
  const price = takingPrice(side, quantity, market, grid)
  const beyond = side === 'buy' ? price > limit : price < limit
  return { quantity, price: beyond ? limit : price }
}
