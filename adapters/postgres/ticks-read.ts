/** Reads ticks and candles from schema `market`: short statements, each along one index and with an end. */
import * as E from 'fp-ts/lib/Either.js'
import type { Candle, Print } from '#domain/market/candles'
import type { TickPlace, TickType } from '#schemas/api/market'
import type { Tick } from '#schemas/market/tick'
import type { MarketSymbol } from '#schemas/values/ids'
import { formatInstant, type Instant } from '#schemas/values/instant'
import { openSession } from './connection.ts'
import { databaseFailure } from './failure.ts'
import { candleOfRow, feedOfRow, gapOfRow, printOfRow, tickOfRow } from './ticks-read-rows.ts'
import type { GapReason } from './ticks-rows.ts'

/** One symbol as one source tells it. */
export interface Feed {
  readonly id: number
  readonly source: string
  readonly symbol: MarketSymbol
  /** The venue's time of the latest tick, and when we heard the last one; absent before the first. */
  readonly venueAt?: Instant
  readonly heardAt?: Instant
}
/** A stretch of the venue's time: from is included, before is not. */
export interface Stretch {
  readonly feed: number
  readonly from?: Instant | undefined
  readonly before?: Instant | undefined
}
export interface KeptGap {
  readonly first: Instant
  readonly last: Instant
  readonly reason: GapReason
  readonly ticks?: number
}
interface Unreachable {
  readonly _tag: 'StoreUnreachable'
  readonly detail: string
}
type Read<A> = Promise<E.Either<Unreachable, readonly A[]>>

export interface TickReader {
  readonly feeds: () => Read<Feed>
  /** From the candles that are kept by the minute, the hour or the day (`base`), newest first. */
  readonly candles: (
    stretch: Stretch & { readonly seconds: number; readonly base: number; readonly limit: number },
  ) => Read<Candle>
  /** Trades, newest first; without a limit all of them. */
  readonly prints: (stretch: Stretch & { readonly limit?: number }) => Read<Print>
  readonly ticks: (
    stretch: Stretch & {
      readonly type?: TickType | undefined
      readonly after?: TickPlace | undefined
      readonly limit: number
    },
  ) => Read<Tick>
  /** Those that touch a stretch, newest first. */
  readonly gaps: (stretch: Stretch & { readonly limit: number }) => Read<KeptGap>
  readonly close: () => Promise<void>
}

/** Apart from the sessions of the read models: who looks at charts must not hold up who looks at orders. */
const sessionsMax = 2
const queryMsMax = 5_000
/** More at once are refused: they would not be answered in time. */
const askingMax = 50

export const openTickReader = (url: string): TickReader => {
  const sessions = Array.from({ length: sessionsMax }, () => ({
    session: openSession({ url, app: 'api' }),
    asking: 0,
  }))
  const ask = async <A>(
    name: string,
    text: string,
    values: readonly unknown[],
    read: (row: readonly unknown[]) => A,
  ): Read<A> => {
    const desk = sessions.reduce((a, b) => (b.asking < a.asking ? b : a))
    if (desk.asking >= askingMax) {
      return E.left({ _tag: 'StoreUnreachable', detail: 'too many questions about ticks at once' })
    }
    desk.asking += 1
    try {
      const rows = await desk.session.query({ name, text, values }, queryMsMax)
      return E.right(rows.map(read))
    } catch (e) {
      return E.left({ _tag: 'StoreUnreachable', detail: databaseFailure(e).detail })
    } finally {
      desk.asking -= 1
    }
  }
  return {
    feeds: () => ask('feeds', feedsText, [], feedOfRow),
    candles: ({ seconds, base, limit, ...stretch }) => {
      // As many of the smaller ones as can be in so many of the larger ones.
      const smaller = limit * (seconds / base)
      const values = [...bounds(stretch), base, seconds, smaller, limit]
      return ask('candles', candlesText, values, candleOfRow)
    },
    prints: ({ limit, ...stretch }) =>
      ask('prints', printsText, [...bounds(stretch), limit ?? null], printOfRow),
    ticks: ({ type, after, limit, ...stretch }) => {
      const { venueAt, receivedAt, sequence } = after ?? {}
      const place = [until(venueAt), until(receivedAt), sequence ?? Number.MAX_SAFE_INTEGER]
      const values = [...bounds(stretch), ...place, limit]
      if (type === 'trade') return ask('trades', page(tradesText), values, tickOfRow)
      if (type === 'quote') return ask('quotes', page(quotesText), values, tickOfRow)
      return ask('ticks', page(`${tradesText} union all ${quotesText}`), values, tickOfRow)
    },
    gaps: ({ limit, ...stretch }) => ask('gaps', gapsText, [...bounds(stretch), limit], gapOfRow),
    close: async () => {
      await Promise.all(sessions.map(({ session }) => session.close()))
    },
  }
}

const until = (instant: Instant | undefined): string =>
  instant === undefined ? 'infinity' : formatInstant(instant)
const bounds = ({ feed, from, before }: Stretch): readonly unknown[] => [
  feed,
  from === undefined ? '-infinity' : formatInstant(from),
  until(before),
]

/** Microseconds since 1970, as bigint. */
const micros = (expression: string): string =>
  `(extract(epoch from ${expression}) * 1000000)::bigint`
const finite = (column: string): string =>
  `case when ${column} > '-infinity' then ${micros(column)} end`

const feedsText = `
  select id, source, symbol, ${finite('greatest(traded_to, quoted_to)')}, ${finite('heard_at')}
  from market.feeds order by id`

const candlesText = `
  with smaller as (
    select * from market.candles
    where feed = $1 and seconds = $4 and start >= $2::timestamptz and start < $3::timestamptz
    order by start desc limit $6
  ), larger as (
    select date_bin($5 * interval '1 second', start, timestamptz 'epoch') as begun,
      min(opened_at) as opened_at, max(closed_at) as closed_at, sum(trades)::bigint as trades,
      (array_agg(open order by opened_at))[1] as open, max(high) as high, min(low) as low,
      (array_agg(close order by closed_at desc))[1] as close,
      sum(volume) as volume, sum(quote_volume) as quote_volume
    from smaller group by begun
  )
  select ${micros('begun')}, ${micros('opened_at')}, ${micros('closed_at')}, trades,
    open, high, low, close, volume, quote_volume
  from larger order by begun desc limit $7`

const inStretch = 'feed = $1 and venue_at >= $2::timestamptz and venue_at < $3::timestamptz'
const newestFirst = 'order by venue_at desc, received_at desc, sequence desc'

const printsText = `
  select ${micros('venue_at')}, price, quantity from market.trades
  where ${inStretch} ${newestFirst} limit $4::bigint`

/** The first comparison is the second's for the index, which ends with the venue's time. */
const behind = `venue_at <= $4::timestamptz
    and (venue_at, received_at, sequence) < ($4::timestamptz, $5::timestamptz, $6::bigint)`
const from = (table: string): string =>
  `from market.${table} where ${inStretch} and ${behind} ${newestFirst} limit $7`
const tradesText = `(
  select 'trade' as type, venue_at, received_at, sequence, trade_id, price as a, quantity as b,
    case when is_sell then 'sell' else 'buy' end as side, null::numeric as c, null::numeric as d
  ${from('trades')})`
const quotesText = `(
  select 'quote' as type, venue_at, received_at, sequence, null as trade_id, bid as a, bid_quantity as b,
    null as side, ask as c, ask_quantity as d
  ${from('quotes')})`
const page = (text: string): string => `
  select u.type, f.symbol, ${micros('u.venue_at')}, ${micros('u.received_at')}, u.sequence,
    u.trade_id, u.a, u.b, u.side, u.c, u.d
  from (${text}) u cross join (select symbol from market.feeds where id = $1) f
  ${newestFirst} limit $7`

const gapsText = `
  select ${micros('first_venue_at')}, ${micros('last_venue_at')}, reason, ticks from market.gaps
  where feed = $1 and last_venue_at >= $2::timestamptz and first_venue_at < $3::timestamptz
  order by last_venue_at desc, id desc limit $4`
