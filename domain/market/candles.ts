/** Candles: what the trades of a stretch of time add up to, by the venue's clock. */
import { addAmount, addQuantity, amountOf, larger, smaller } from '#domain/values/decimal'
import type { CandleInterval } from '#schemas/market/candle'
import type { TradeTick } from '#schemas/market/tick'
import type { Amount, Price, Quantity } from '#schemas/values/decimal'
import type { Instant } from '#schemas/values/instant'

/** Only where somebody traded is there a candle; quotes and administrative prints are no trades. */
export interface Candle {
  /** Included; the end is not. */
  readonly start: Instant
  /** The venue's times of the first and the last trade. */
  readonly firstAt: Instant
  readonly lastAt: Instant
  readonly open: Price
  readonly high: Price
  readonly low: Price
  readonly close: Price
  readonly volume: Quantity
  /** Σ price × quantity. */
  readonly quoteVolume: Amount
  readonly trades: number
}
export type Print = Pick<TradeTick, 'venueAt' | 'price' | 'quantity'>

export const secondsIn: Readonly<Record<CandleInterval, number>> = {
  '1s': 1,
  '5s': 5,
  '15s': 15,
  '1m': 60,
  '5m': 300,
  '15m': 900,
  '1h': 3_600,
  '4h': 14_400,
  '1d': 86_400,
}
const microseconds = 1_000_000

/** Counted from 1970 in UTC: an hour begins at the full hour, four hours at 00, 04 and 08, a day at midnight. */
export const startOf = (seconds: number, at: Instant): Instant => {
  const length = seconds * microseconds
  return (Math.floor(at / length) * length) as Instant
}
export const endOf = (seconds: number, start: Instant): Instant =>
  (start + seconds * microseconds) as Instant

/**
 * Trades in the order in which they were heard; the candles in the order of time. A late trade belongs to the candle
 * of its own time. Of two trades at the same time the one heard first came first.
 */
export const candlesOf = (seconds: number, prints: Iterable<Print>): readonly Candle[] => {
  const candles = new Map<Instant, Candle>()
  for (const print of prints) {
    const start = startOf(seconds, print.venueAt)
    const candle = candles.get(start)
    candles.set(start, candle === undefined ? candleOf(start, print) : withPrint(candle, print))
  }
  return [...candles.values()].toSorted((a, b) => a.start - b.start)
}

const candleOf = (start: Instant, { venueAt, price, quantity }: Print): Candle => ({
  start,
  firstAt: venueAt,
  lastAt: venueAt,
  open: price,
  high: price,
  low: price,
  close: price,
  volume: quantity,
  quoteVolume: amountOf(price, quantity),
  trades: 1,
})

const withPrint = (candle: Candle, { venueAt, price, quantity }: Print): Candle => {
  const isFirst = venueAt < candle.firstAt
  const isLast = venueAt >= candle.lastAt
  return {
    start: candle.start,
    firstAt: isFirst ? venueAt : candle.firstAt,
    lastAt: isLast ? venueAt : candle.lastAt,
    open: isFirst ? price : candle.open,
    high: larger(candle.high, price),
    low: smaller(candle.low, price),
    close: isLast ? price : candle.close,
    volume: addQuantity(candle.volume, quantity),
    quoteVolume: addAmount(candle.quoteVolume, amountOf(price, quantity)),
    trades: candle.trades + 1,
  }
}

/** How far a market has come that was heard last at `heardAt`: its own clock goes on while it is silent. */
export const marketClock = (venueAt: Instant, heardAt: Instant, now: Instant): Instant =>
  (venueAt + Math.max(0, now - heardAt)) as Instant

/**
 * By time, never by what a venue says of its own candles. The market's clock, for that of a replay is years behind
 * ours. A trade that comes later still moves the candle that it belongs to.
 */
export const isClosed = (seconds: number, start: Instant, clock: Instant): boolean =>
  endOf(seconds, start) <= clock
