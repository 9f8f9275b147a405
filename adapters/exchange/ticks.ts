/** Each trade once and in order, each quote once, and what is missing between them: over any number of connections. */
import type { QuoteTick, Tick, TradeTick } from '#schemas/market/tick'
import type { MarketSymbol } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'
import type { Administrative, Code, HeardNumber, HeardQuote, HeardTrade } from './heard.ts'

/** Trades that were made and not told to us. */
export interface Gap {
  readonly symbol: MarketSymbol
  readonly missed: number
}
export interface Hearing {
  readonly tick: (tick: Tick) => void
  readonly gap: (gap: Gap) => void
  /** Told before, or older than what was: left out. */
  readonly repeated: (symbol: MarketSymbol) => void
  readonly unknown: (code: Code) => void
}
/** What has its place among the trades or quotes of its market. */
type Numbered = HeardTrade | HeardQuote | HeardNumber | Administrative

export interface Ticks {
  /** Whether it made a tick. */
  readonly hear: (heard: Numbered, receivedAt: Instant) => boolean
  /** Quotes are numbered from anew on another line; trades are not. */
  readonly onReconnect: () => void
}

/** Numbers of trades that are missing, both ends included. */
interface Hole {
  readonly from: number
  readonly to: number
}
interface Market {
  readonly symbol: MarketSymbol
  sequence: number
  /** The highest number of a trade so far. */
  last: number | undefined
  /** Trades without numbers of their own may share a time. */
  idsAtLast: string[]
  /** A trade of that number exists. */
  promised: number | undefined
  holes: readonly Hole[]
  quote: number | undefined
}
/** Older holes than these are forgotten: what would fill them is then left out as repeated. */
const holesKept = 32

/** `sequence` is where every market's ticks begin to be counted; higher than that of any tick told before. */
export const openTicks = (
  codes: ReadonlyMap<Code, MarketSymbol>,
  sequence: number,
  hearing: Hearing,
): Ticks => {
  const markets = new Map<Code, Market>()
  for (const [code, symbol] of codes) markets.set(code, freshMarket(symbol, sequence))
  return {
    hear: (heard, receivedAt) => {
      const market = markets.get(heard.code)
      if (market === undefined) {
        hearing.unknown(heard.code)
        return false
      }
      switch (heard.type) {
        case 'trade':
          return hearTrade(market, heard, receivedAt, hearing)
        case 'quote':
          return hearQuote(market, heard, receivedAt, hearing)
        case 'before':
          if (market.last === undefined) market.last = heard.number
          else skipTo(market, heard.number, hearing)
          return false
        case 'promised':
          hearPromise(market, heard.number, hearing)
          return false
        case 'administrative':
          isNew(market, heard.number, true, '', hearing)
          return false
      }
    },
    onReconnect: () => {
      for (const market of markets.values()) market.quote = undefined
    },
  }
}

const freshMarket = (symbol: MarketSymbol, sequence: number): Market => ({
  symbol,
  sequence,
  last: undefined,
  idsAtLast: [],
  promised: undefined,
  holes: [],
  quote: undefined,
})

const hearTrade = (
  market: Market,
  trade: HeardTrade,
  receivedAt: Instant,
  hearing: Hearing,
): boolean => {
  const { place, tradeId, venueAt, price, quantity, aggressor } = trade
  if (!isNew(market, place.number, place.dense, tradeId, hearing)) {
    hearing.repeated(market.symbol)
    return false
  }
  const tick: TradeTick = {
    type: 'trade',
    symbol: market.symbol,
    sequence: (market.sequence += 1),
    venueAt,
    receivedAt,
    tradeId,
    price,
    quantity,
    aggressor,
  }
  hearing.tick(tick)
  return true
}

/** Remembers the trade where it is new. */
const isNew = (
  market: Market,
  number: number,
  dense: boolean,
  tradeId: string,
  hearing: Hearing,
): boolean => {
  const { last } = market
  if (last !== undefined && number < last) return dense && fillHole(market, number)
  if (number === last) {
    if (dense) return fillHole(market, number)
    if (market.idsAtLast.includes(tradeId)) return false
    market.idsAtLast.push(tradeId)
    return true
  }
  if (dense && last !== undefined) skipTo(market, number - 1, hearing)
  market.last = number
  market.idsAtLast = [tradeId]
  return true
}

/** All up to this number was made; what of it we have not heard is missing. */
const skipTo = (market: Market, number: number, hearing: Hearing): void => {
  const { symbol, last } = market
  if (last === undefined || number <= last) return
  market.holes = [...market.holes, { from: last + 1, to: number }].slice(-holesKept)
  market.last = number
  hearing.gap({ symbol, missed: number - last })
}

/** A trade that comes late is one of those that are missing, or was told already. */
const fillHole = (market: Market, number: number): boolean => {
  const hole = market.holes.find(({ from, to }) => from <= number && number <= to)
  if (hole === undefined) return false
  const rest = [
    { from: hole.from, to: number - 1 },
    { from: number + 1, to: hole.to },
  ].filter(({ from, to }) => from <= to)
  market.holes = market.holes
    .flatMap((other) => (other === hole ? rest : [other]))
    .slice(-holesKept)
  return true
}

/** Trades and promises may overtake each other a little: a promise is held against the venue at the next one. */
const hearPromise = (market: Market, number: number, hearing: Hearing): void => {
  if (market.promised !== undefined) {
    if (market.last === undefined) market.last = market.promised
    else skipTo(market, market.promised, hearing)
  }
  market.promised = number
}

const hearQuote = (
  market: Market,
  quote: HeardQuote,
  receivedAt: Instant,
  hearing: Hearing,
): boolean => {
  const { number, venueAt, bid, bidQuantity, ask, askQuantity } = quote
  if (number !== undefined && market.quote !== undefined && number <= market.quote) {
    hearing.repeated(market.symbol)
    return false
  }
  market.quote = number
  const tick: QuoteTick = {
    type: 'quote',
    symbol: market.symbol,
    sequence: (market.sequence += 1),
    venueAt: venueAt ?? receivedAt,
    receivedAt,
    bid,
    bidQuantity,
    ask,
    askQuantity,
  }
  hearing.tick(tick)
  return true
}
