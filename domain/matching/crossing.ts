/**
 * What crossing the spread costs: half the spread, and one basis point of the middle price for each tenth of the last
 * minute's volume that the order takes, in proportion. So a buy of q pays
 *
 *     ask + middle × 0.0001 × q ÷ (minuteVolume ÷ 10)
 *
 * for all of it, and a sell gets as much less than the bid; rounded to the tick against whoever takes.
 */
import type { Market } from '#domain/matching/tape'
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
  { bid, ask, minuteVolume }: Market,
  { tickSize }: Pick<Grid, 'tickSize'>,
): Price => {
  // All over a common denominator, so that the only rounding is the one to the tick.
  const unit = 2n * perMinuteVolume * minuteVolume
  const slippage = (bid + ask) * quantity
  if (side === 'buy') return (roundedUp(ask * unit + slippage, unit * tickSize) * tickSize) as Price
  const ticks = (bid * unit - slippage) / (unit * tickSize)
  return ((ticks > 1n ? ticks : 1n) * tickSize) as Price
}

/** Beyond the volume of a hundred minutes, a tenth of the price, there is nobody left to trade with. */
export const takingMost = ({ minuteVolume }: Market): Quantity => (minuteVolume * 100n) as Quantity

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
  const { bid, ask, bidQuantity, askQuantity, minuteVolume } = market
  const room = side === 'buy' ? limit - ask : bid - limit
  if (room < 0n) return undefined
  const affordable = (room * 2n * perMinuteVolume * minuteVolume) / (bid + ask)
  const shown = side === 'buy' ? askQuantity : bidQuantity
  const most = affordable > shown ? affordable : shown
  const lots = (most < wanted ? most : wanted) / grid.lotSize
  if (lots === 0n) return undefined
  const quantity = (lots * grid.lotSize) as Quantity
  const price = takingPrice(side, quantity, market, grid)
  const beyond = side === 'buy' ? price > limit : price < limit
  return { quantity, price: beyond ? limit : price }
}
