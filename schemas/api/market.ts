/** Candles and ticks as they are shown, and what can be asked of them. */
import * as t from 'io-ts'
import { Nullable, PageLimit } from '#schemas/api/page'
import { closed } from '#schemas/codec'
import { leaf } from '#schemas/leaf'
import { CandleInterval } from '#schemas/market/candle'
import { Count } from '#schemas/values/count'
import { MarketSymbol } from '#schemas/values/ids'
import { Instant } from '#schemas/values/instant'

const sourceText = /^[^\p{Cc}]{1,300}$/u
/** Where ticks come from: simulated:1, coinbase, replay:<file>. */
export const SourceName = leaf<string, string>(
  'SourceName',
  {
    is: (u): u is string => typeof u === 'string' && sourceText.test(u),
    parse: (u) => (typeof u === 'string' && sourceText.test(u) ? u : undefined),
    refusal: () => ({ code: 'invalid', detail: 'must be a source such as coinbase' }),
    encode: (a) => a,
    plain: false,
  },
  { type: 'string', minLength: 1, maxLength: 300 },
)

/** Times are the venue's: from is included, to is not. Without a source it is the one heard last. */
const marketQuery = {
  from: Instant,
  to: Instant,
  source: SourceName,
  limit: PageLimit,
}

export const CandleQuery = closed(
  t.intersection([
    t.type({ symbol: MarketSymbol, interval: CandleInterval }),
    t.partial({
      ...marketQuery,
      /** The id of the last candle of the page before. */
      startingAfter: Instant,
    }),
  ]),
)
export type CandleQuery = Readonly<t.TypeOf<typeof CandleQuery>>

/**
 * `closed`: by the market's own clock nothing but a late trade can move it any more. `complete`: no tick in it is
 * known to be missing. `quoteVolume` is null for inverse contracts, whose quantity is not of the base.
 */
export const CandleReply = t.strict(
  {
    id: t.string,
    symbol: t.string,
    source: t.string,
    interval: CandleInterval,
    startAt: t.string,
    endAt: t.string,
    open: t.string,
    high: t.string,
    low: t.string,
    close: t.string,
    volume: t.string,
    quoteVolume: Nullable,
    trades: Count,
    closed: t.boolean,
    complete: t.boolean,
  },
  'CandleReply',
)
export type CandleReply = Readonly<t.TypeOf<typeof CandleReply>>
export const CandleList = t.strict(
  { data: t.readonlyArray(CandleReply), hasMore: t.boolean },
  'CandleList',
)

const tickId = /^(-?[0-9]{1,16})-([0-9]{1,16})-([0-9]{1,16})$/
/** A tick's place among those of its symbol: the venue's time, ours, and its number, in microseconds. */
export interface TickPlace {
  readonly venueAt: Instant
  readonly receivedAt: Instant
  readonly sequence: number
}
const placeIn = (text: string): TickPlace | undefined => {
  const [, venueAt, receivedAt, sequence] = (tickId.exec(text) ?? []).map(Number)
  return Instant.is(venueAt) && Instant.is(receivedAt) && Count.is(sequence)
    ? { venueAt, receivedAt, sequence }
    : undefined
}
export const formatTickPlace = ({ venueAt, receivedAt, sequence }: TickPlace): string =>
  [venueAt, receivedAt, sequence].map(String).join('-')

/** The id of a tick. */
export const TickId = leaf<TickPlace, string>(
  'TickId',
  {
    is: (u): u is TickPlace =>
      typeof u === 'object' && u !== null && 'venueAt' in u && 'receivedAt' in u && 'sequence' in u,
    parse: (u) => (typeof u === 'string' ? placeIn(u) : undefined),
    refusal: () => ({ code: 'invalid', detail: 'must be the id of an object in this list' }),
    encode: formatTickPlace,
    plain: true,
  },
  { type: 'string', pattern: tickId.source },
)

export const TickType = t.keyof({ trade: null, quote: null }, 'TickType')
export type TickType = t.TypeOf<typeof TickType>

export const TickQuery = closed(
  t.intersection([
    t.type({ symbol: MarketSymbol }),
    t.partial({ ...marketQuery, type: TickType, startingAfter: TickId }),
  ]),
)
export type TickQuery = Readonly<t.TypeOf<typeof TickQuery>>

const tickReply = {
  id: t.string,
  symbol: t.string,
  source: t.string,
  sequence: Count,
  venueAt: t.string,
  receivedAt: t.string,
}
export const TradeReply = t.strict(
  {
    type: t.literal('trade'),
    ...tickReply,
    tradeId: t.string,
    price: t.string,
    quantity: t.string,
    aggressor: t.keyof({ buy: null, sell: null }),
  },
  'TradeReply',
)
export const QuoteReply = t.strict(
  {
    type: t.literal('quote'),
    ...tickReply,
    bid: t.string,
    bidQuantity: t.string,
    ask: t.string,
    askQuantity: t.string,
  },
  'QuoteReply',
)
export const TickReply = t.union([TradeReply, QuoteReply], 'TickReply')
export type TickReply = Readonly<t.TypeOf<typeof TickReply>>

/** Where ticks are missing that were told, or that nobody heard; `ticks` is null where nobody knows how many. */
export const GapReply = t.strict(
  {
    from: t.string,
    to: t.string,
    reason: t.keyof({ overflow: null, refused: null, missed: null, absent: null }),
    ticks: t.union([Count, t.null]),
  },
  'GapReply',
)
export type GapReply = Readonly<t.TypeOf<typeof GapReply>>
export const TickList = t.strict(
  { data: t.readonlyArray(TickReply), hasMore: t.boolean, gaps: t.readonlyArray(GapReply) },
  'TickList',
)
