/** Rows of schema `market` as feeds, candles, ticks and gaps. */
import * as E from 'fp-ts/lib/Either.js'
import type { Candle, Print } from '#domain/market/candles'
import type { Tick } from '#schemas/market/tick'
import {
  type Amount,
  parseDecimal,
  placesOfAmount,
  placesOfQuantity,
  type Price,
  type Quantity,
} from '#schemas/values/decimal'
import type { MarketSymbol, TradeId } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'
import type { Side } from '#schemas/values/trading'
import type { Feed, KeptGap } from './ticks-read.ts'
import type { GapReason } from './ticks-rows.ts'

type Row = readonly unknown[]

/** What we wrote ourselves, or a sum of it; anything else is a defect. */
const parsed = <A extends bigint>(text: string, places: number): A => {
  const value = parseDecimal(text, places, digitsMost)
  if (E.isLeft(value)) throw new Error(`schema market holds ${text}, which is no decimal of ours`)
  return value.right as A
}
const digitsMost = 60
const price = (text: string): Price => parsed<Price>(text, placesOfQuantity)
const quantity = (text: string): Quantity => parsed<Quantity>(text, placesOfQuantity)
const instant = (micros: bigint): Instant => Number(micros) as Instant

export const feedOfRow = (row: Row): Feed => {
  const [id, source, symbol, venueAt, heardAt] = row as readonly [
    number,
    string,
    MarketSymbol,
    bigint | null,
    bigint | null,
  ]
  return {
    id,
    source,
    symbol,
    ...(venueAt === null ? {} : { venueAt: instant(venueAt) }),
    ...(heardAt === null ? {} : { heardAt: instant(heardAt) }),
  }
}

export const candleOfRow = (row: Row): Candle => {
  const [start, firstAt, lastAt, trades] = row as readonly [bigint, bigint, bigint, bigint]
  const [open, high, low, close, volume, quoteVolume] = row.slice(4) as readonly string[]
  return {
    start: instant(start),
    firstAt: instant(firstAt),
    lastAt: instant(lastAt),
    open: price(open ?? ''),
    high: price(high ?? ''),
    low: price(low ?? ''),
    close: price(close ?? ''),
    volume: quantity(volume ?? ''),
    quoteVolume: parsed<Amount>(quoteVolume ?? '', placesOfAmount),
    trades: Number(trades),
  }
}

export const printOfRow = (row: Row): Print => {
  const [venueAt, traded, size] = row as readonly [bigint, string, string]
  return { venueAt: instant(venueAt), price: price(traded), quantity: quantity(size) }
}

type TickRow = readonly [
  type: 'trade' | 'quote',
  symbol: MarketSymbol,
  venueAt: bigint,
  receivedAt: bigint,
  sequence: bigint,
  tradeId: TradeId | null,
  a: string,
  b: string,
  side: Side | null,
  c: string | null,
  d: string | null,
]

export const tickOfRow = (row: Row): Tick => {
  const [, symbol, venueAt, receivedAt, sequence, tradeId, a, b, aggressor, c, d] = row as TickRow
  const common = {
    symbol,
    sequence: Number(sequence),
    venueAt: instant(venueAt),
    receivedAt: instant(receivedAt),
  }
  if (tradeId !== null && aggressor !== null) {
    return { type: 'trade', ...common, tradeId, price: price(a), quantity: quantity(b), aggressor }
  }
  return {
    type: 'quote',
    ...common,
    bid: price(a),
    bidQuantity: quantity(b),
    ask: price(c ?? ''),
    askQuantity: quantity(d ?? ''),
  }
}

export const gapOfRow = (row: Row): KeptGap => {
  const [first, last, reason, ticks] = row as readonly [bigint, bigint, GapReason, bigint | null]
  return {
    first: instant(first),
    last: instant(last),
    reason,
    ...(ticks === null ? {} : { ticks: Number(ticks) }),
  }
}
