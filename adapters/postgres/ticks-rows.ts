/** Ticks as the lists that `market.store` takes: one text for each column, `{1,2,3}`. */
import type { QuoteTick, Tick, TradeTick } from '#schemas/market/tick'
import { formatDecimal, placesOfQuantity } from '#schemas/values/decimal'
import type { MarketSymbol } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'

/**
 * Why ticks are missing: there was no room for them, the database would not have them, nobody listened, or the line
 * to the venue did not bring them.
 */
export type GapReason = 'overflow' | 'refused' | 'absent' | 'missed'

/** Where ticks of one symbol are missing, by the venue's clock, both ends included. */
export interface TickGap {
  readonly symbol: MarketSymbol
  readonly first: Instant
  readonly last: Instant
  readonly reason: GapReason
  /** How many; absent where nobody knows. */
  readonly ticks?: number
}
export interface TickBatch {
  readonly ticks: readonly Tick[]
  readonly gaps: readonly TickGap[]
}

/** The number that the database has given to a symbol's feed. */
export type FeedOf = (symbol: MarketSymbol) => number

/** The parameters of `market.store`, in its order. */
export const storeParameters = (
  { ticks, gaps }: TickBatch,
  feedOf: FeedOf,
): readonly (string | number[])[] => {
  const trades: TradeTick[] = []
  const quotes: QuoteTick[] = []
  const seen = new Set<string>()
  const feeds = new Set(gaps.map(({ symbol }) => feedOf(symbol)))
  for (const tick of ticks) {
    feeds.add(feedOf(tick.symbol))
    if (tick.type === 'quote') {
      quotes.push(tick)
      continue
    }
    // What a venue says twice in one breath the database could not find yet.
    const name = `${tick.symbol} ${String(tick.venueAt)} ${tick.tradeId}`
    if (seen.size < seen.add(name).size) trades.push(tick)
  }
  const feed = ({ symbol }: { readonly symbol: MarketSymbol }) => feedOf(symbol)
  return [
    [...feeds],
    ...times(trades, feed),
    list(trades, ({ aggressor }) => (aggressor === 'sell' ? 't' : 'f')),
    list(trades, ({ price }) => decimal(price)),
    list(trades, ({ quantity }) => decimal(quantity)),
    list(trades, ({ tradeId }) => quoted(tradeId)),
    ...times(quotes, feed),
    list(quotes, ({ bid }) => decimal(bid)),
    list(quotes, ({ bidQuantity }) => decimal(bidQuantity)),
    list(quotes, ({ ask }) => decimal(ask)),
    list(quotes, ({ askQuantity }) => decimal(askQuantity)),
    list(gaps, feed),
    list(gaps, ({ first }) => first),
    list(gaps, ({ last }) => last),
    list(gaps, ({ reason }) => reason),
    list(gaps, (gap) => gap.ticks ?? 'NULL'),
  ]
}

const times = <T extends Tick>(ticks: readonly T[], feed: (tick: T) => number) => [
  list(ticks, feed),
  list(ticks, ({ venueAt }) => venueAt),
  list(ticks, ({ receivedAt }) => receivedAt),
  list(ticks, ({ sequence }) => sequence),
]

const list = <A>(rows: readonly A[], cell: (row: A) => string | number): string =>
  `{${rows.map(cell).join(',')}}`

const decimal = (value: bigint): string => formatDecimal(value, placesOfQuantity)
/** Trade ids are the venue's words. */
const quoted = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`
