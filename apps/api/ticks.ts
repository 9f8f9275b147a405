/** GET /v1/ticks: the trades and quotes of a symbol as they were heard, newest first by the time of the venue. */
import * as E from 'fp-ts/lib/Either.js'
import { keyed } from '#adapters/http/endpoint'
import type { KeyedDescription, KeyedRoute } from '#adapters/http/route'
import type { KeptGap } from '#adapters/postgres/ticks-read'
import {
  formatTickPlace,
  type GapReply,
  TickList,
  TickQuery,
  type TickReply,
} from '#schemas/api/market'
import { pageLimitDefault } from '#schemas/api/page'
import type { Tick } from '#schemas/market/tick'
import { formatDecimal, placesOfQuantity } from '#schemas/values/decimal'
import { formatInstant, type Instant } from '#schemas/values/instant'
import type { CandleMeans } from './candles.ts'
import { feedFor, viewed } from './ticks-views.ts'

const listing = {
  method: 'GET',
  path: '/v1/ticks',
  summary: 'Trades and quotes of a symbol as they were heard, newest first, and what is missing.',
  tag: 'market',
  query: TickQuery,
  replies: { 200: TickList },
  problems: ['unknownSymbol', 'unknownSource', 'readModelsUnreachable'],
} as const satisfies KeyedDescription

const gapsMax = 1_000

export const listTicks = ({ tickViews, directory }: Omit<CandleMeans, 'clock'>): KeyedRoute =>
  keyed(listing, async ({ query }) => {
    const { type, from, to, startingAfter: after, limit = pageLimitDefault } = query
    const known = await feedFor(query, tickViews, directory)
    if (E.isLeft(known)) return known
    const feed = known.right
    if (feed === undefined) return E.right({ status: 200, body: nothing })
    const stretch = { feed: feed.id, from, before: to }
    const found = viewed(await tickViews.ticks({ ...stretch, type, after, limit: limit + 1 }))
    if (E.isLeft(found)) return found
    const data = found.right.slice(0, limit)
    const hasMore = found.right.length > limit
    const oldest = data.at(-1)
    const gaps = viewed(
      await tickViews.gaps({
        feed: feed.id,
        from: hasMore && oldest !== undefined ? oldest.venueAt : from,
        before: after === undefined ? to : ((after.venueAt + 1) as Instant),
        limit: gapsMax,
      }),
    )
    if (E.isLeft(gaps)) return gaps
    const body = {
      data: data.map((tick) => tickView(tick, feed.source)),
      hasMore,
      gaps: gaps.right.map(gapView),
    }
    return E.right({ status: 200, body })
  })

const nothing = { data: [], hasMore: false, gaps: [] }

const decimal = (value: bigint): string => formatDecimal(value, placesOfQuantity)

const tickView = (tick: Tick, source: string): TickReply => {
  const { symbol, sequence } = tick
  const common = {
    id: formatTickPlace(tick),
    symbol,
    source,
    sequence,
    venueAt: formatInstant(tick.venueAt),
    receivedAt: formatInstant(tick.receivedAt),
  }
  switch (tick.type) {
    case 'trade': {
      const { tradeId, price, quantity, aggressor } = tick
      const traded = { price: decimal(price), quantity: decimal(quantity) }
      return { type: 'trade', ...common, tradeId, ...traded, aggressor }
    }
    case 'quote':
      return {
        type: 'quote',
        ...common,
        bid: decimal(tick.bid),
        bidQuantity: decimal(tick.bidQuantity),
        ask: decimal(tick.ask),
        askQuantity: decimal(tick.askQuantity),
      }
  }
}

const gapView = ({ first, last, reason, ticks }: KeptGap): GapReply => ({
  from: formatInstant(first),
  to: formatInstant(last),
  reason,
  ticks: ticks ?? null,
})
