/** Stored ticks in memory, as the database would answer of them. */
import * as E from 'fp-ts/lib/Either.js'
import type { Feed, KeptGap, Stretch } from '#adapters/postgres/ticks-read'
import type { TickViews } from '#apps/api/ticks-views'
import { candlesOf } from '#domain/market/candles'
import type { Tick } from '#schemas/market/tick'
import type { Instant } from '#schemas/values/instant'

/** What one source has told of one symbol. */
export interface KeptFeed {
  readonly source: string
  readonly ticks: readonly [Tick, ...Tick[]]
  readonly gaps?: readonly KeptGap[]
}

export const memoryTickViews = (kept: readonly KeptFeed[] = []): TickViews => {
  const ticksIn = ({ feed, from = -Infinity as Instant, before = Infinity as Instant }: Stretch) =>
    (kept[feed]?.ticks ?? [])
      .filter(({ venueAt }) => venueAt >= from && venueAt < before)
      .toSorted(
        (a, b) => b.venueAt - a.venueAt || b.receivedAt - a.receivedAt || b.sequence - a.sequence,
      )
  const printsIn = (stretch: Stretch) =>
    ticksIn(stretch).flatMap((tick) => (tick.type === 'trade' ? [tick] : []))
  return {
    feeds: async () => E.right(kept.map(feedOf)),
    candles: async ({ seconds, limit, ...stretch }) => {
      const oldestFirst = printsIn(stretch).toReversed()
      return E.right(candlesOf(seconds, oldestFirst).toReversed().slice(0, limit))
    },
    prints: async ({ limit, ...stretch }) => E.right(printsIn(stretch).slice(0, limit)),
    ticks: async ({ type, after, limit, ...stretch }) => {
      const all = ticksIn(stretch).filter((tick) => type === undefined || tick.type === type)
      const place = all.findIndex(
        ({ venueAt, receivedAt, sequence }) =>
          venueAt === after?.venueAt &&
          receivedAt === after.receivedAt &&
          sequence === after.sequence,
      )
      return E.right(all.slice(place + 1).slice(0, limit))
    },
    gaps: async ({ feed, from = -Infinity, before = Infinity, limit }) =>
      E.right(
        (kept[feed]?.gaps ?? [])
          .filter(({ first, last }) => last >= from && first < before)
          .slice(0, limit),
      ),
  }
}

const feedOf = ({ source, ticks }: KeptFeed, id: number): Feed => ({
  id,
  source,
  symbol: ticks[0].symbol,
  venueAt: Math.max(...ticks.map(({ venueAt }) => venueAt)) as Instant,
  heardAt: Math.max(...ticks.map(({ receivedAt }) => receivedAt)) as Instant,
})
