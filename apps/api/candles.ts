/** GET /v1/candles: what was traded of a symbol, by the second up to the day, newest first. */
import * as E from 'fp-ts/lib/Either.js'
import { keyed } from '#adapters/http/endpoint'
import type { Fault } from '#adapters/http/faults'
import type { KeyedDescription, KeyedRoute } from '#adapters/http/route'
import type { Feed, KeptGap } from '#adapters/postgres/ticks-read'
import type { Clock } from '#domain/kernel/clock'
import {
  type Candle,
  candlesOf,
  endOf,
  isClosed,
  marketClock,
  secondsIn,
  startOf,
} from '#domain/market/candles'
import { CandleList, CandleQuery, type CandleReply } from '#schemas/api/market'
import { pageLimitDefault } from '#schemas/api/page'
import type { CandleInterval } from '#schemas/market/candle'
import { formatDecimal, placesOfAmount, placesOfQuantity } from '#schemas/values/decimal'
import type { MarketSymbol } from '#schemas/values/ids'
import { formatInstant, type Instant } from '#schemas/values/instant'
import type { Directory } from './directory.ts'
import { feedFor, type TickViews, viewed } from './ticks-views.ts'

export interface CandleMeans {
  readonly tickViews: TickViews
  readonly directory: Directory
  readonly clock: Pick<Clock, 'now'>
}

const listing = {
  method: 'GET',
  path: '/v1/candles',
  summary: 'Candles of a symbol, newest first, folded from its trades by the time of the venue.',
  tag: 'market',
  query: CandleQuery,
  replies: { 200: CandleList },
  problems: ['unknownSymbol', 'unknownSource', 'readModelsUnreachable'],
} as const satisfies KeyedDescription

export const listCandles = ({ tickViews, directory, clock }: CandleMeans): KeyedRoute =>
  keyed(listing, async ({ query }) => {
    const { symbol, interval, from, to, startingAfter, limit = pageLimitDefault } = query
    const feed = await feedFor(query, tickViews, directory)
    if (E.isLeft(feed)) return feed
    if (feed.right === undefined) return E.right({ status: 200, body: nothing })
    const seconds = secondsIn[interval]
    const before = earlier(to, startingAfter)
    const found = await candlesIn(tickViews, {
      feed: feed.right.id,
      seconds,
      // A candle is in the stretch that it begins in, and is whole.
      from: from === undefined ? undefined : alignedUp(seconds, from),
      before: before === undefined ? undefined : alignedUp(seconds, before),
      limit: limit + 1,
    })
    if (E.isLeft(found)) return found
    const { candles, isCut } = found.right
    const data = candles.slice(0, limit)
    const gaps = await gapsAround(tickViews, feed.right, seconds, data)
    if (E.isLeft(gaps)) return gaps
    const shown = candleView(symbol, interval, feed.right, gaps.right, clock.now())
    const hasMore = isCut || candles.length > data.length
    return E.right({ status: 200, body: { data: data.map(shown), hasMore } })
  })

const nothing = { data: [], hasMore: false }

const earlier = (a: Instant | undefined, b: Instant | undefined): Instant | undefined => {
  if (a === undefined) return b
  return b === undefined || a < b ? a : b
}
const alignedUp = (seconds: number, at: Instant): Instant => {
  const start = startOf(seconds, at)
  return start === at ? at : endOf(seconds, start)
}

interface Wanted {
  readonly feed: number
  readonly seconds: number
  readonly from: Instant | undefined
  readonly before: Instant | undefined
  readonly limit: number
}
/** `isCut`: there are older ones, though fewer than the limit are here. */
interface Found {
  readonly candles: readonly Candle[]
  readonly isCut: boolean
}

/** What is kept by the minute, hour and day is enough for all intervals from a minute up; below, trades are folded. */
const candlesIn = async (ticks: TickViews, wanted: Wanted): Promise<E.Either<Fault, Found>> => {
  const { seconds } = wanted
  const base = [86_400, 3_600, 60].find((kept) => seconds % kept === 0)
  if (base === undefined) return folded(ticks, wanted)
  const candles = viewed(await ticks.candles({ ...wanted, base }))
  return E.isLeft(candles) ? candles : E.right({ candles: candles.right, isCut: false })
}

/** More trades than this are not folded for one answer; the rest is on the next page. */
const printsMax = 10_000

const folded = async (
  ticks: TickViews,
  { feed, seconds, from, before }: Wanted,
): Promise<E.Either<Fault, Found>> => {
  const newest = viewed(await ticks.prints({ feed, from, before, limit: printsMax + 1 }))
  if (E.isLeft(newest)) return newest
  const candles = candlesOf(seconds, newest.right.toReversed()).toReversed()
  if (newest.right.length <= printsMax) return E.right({ candles, isCut: false })
  // The oldest is cut through. If it is the only one, it is read to its end.
  if (candles.length > 1) return E.right({ candles: candles.slice(0, -1), isCut: true })
  const [{ start } = { start: 0 as Instant }] = candles
  const whole = viewed(await ticks.prints({ feed, from: start, before: endOf(seconds, start) }))
  if (E.isLeft(whole)) return whole
  const older = viewed(await ticks.prints({ feed, from, before: start, limit: 1 }))
  if (E.isLeft(older)) return older
  return E.right({
    candles: candlesOf(seconds, whole.right.toReversed()),
    isCut: older.right.length > 0,
  })
}

const gapsMax = 1_000

const gapsAround = async (
  ticks: TickViews,
  { id }: Feed,
  seconds: number,
  candles: readonly Candle[],
): Promise<E.Either<Fault, readonly KeptGap[]>> => {
  const [newest, oldest] = [candles[0], candles.at(-1)]
  if (newest === undefined || oldest === undefined) return E.right([])
  const stretch = { feed: id, from: oldest.start, before: endOf(seconds, newest.start) }
  return viewed(await ticks.gaps({ ...stretch, limit: gapsMax }))
}

const candleView =
  (
    symbol: MarketSymbol,
    interval: CandleInterval,
    { source, venueAt, heardAt }: Feed,
    gaps: readonly KeptGap[],
    now: Instant,
  ) =>
  (candle: Candle): CandleReply => {
    const seconds = secondsIn[interval]
    const start = candle.start
    const end = endOf(seconds, start)
    const clock = marketClock(venueAt ?? candle.lastAt, heardAt ?? now, now)
    return {
      id: formatInstant(start),
      symbol,
      source,
      interval,
      startAt: formatInstant(start),
      endAt: formatInstant(end),
      open: decimal(candle.open),
      high: decimal(candle.high),
      low: decimal(candle.low),
      close: decimal(candle.close),
      volume: decimal(candle.volume),
      quoteVolume: isInverse(symbol) ? null : formatDecimal(candle.quoteVolume, placesOfAmount),
      trades: candle.trades,
      closed: isClosed(seconds, start, clock),
      complete: !gaps.some(({ first, last }) => first < end && last >= start),
    }
  }

const decimal = (value: bigint): string => formatDecimal(value, placesOfQuantity)
/** BTC/USD:BTC is settled in what it is of. */
const isInverse = (symbol: MarketSymbol): boolean => {
  const [pair = '', settle] = symbol.split(':')
  return settle !== undefined && settle === pair.split('/')[0]
}
