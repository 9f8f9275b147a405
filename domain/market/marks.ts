/** The price that each symbol is valued by, from the ticks heard so far. */
import { divideHalfEven } from '#domain/values/decimal'
import type { HubFrame, QuoteTick, TradeTick } from '#schemas/market/tick'
import type { Price } from '#schemas/values/decimal'
import type { MarketSymbol } from '#schemas/values/ids'
import type { Mark } from '#schemas/values/trading'

export interface Marks {
  /**
   * The mid of the last quote if that is not older than the last trade, else the last trade.
   * Nothing where there was neither; how old it may be is for its reader to say.
   */
  readonly markOf: (symbol: MarketSymbol) => Mark | undefined
  readonly symbols: () => readonly MarketSymbol[]
}
export interface MarksFold extends Marks {
  /** Ticks are taken as they come: what was heard last is the newest. */
  readonly hear: (frame: HubFrame) => void
}

interface Heard {
  trade?: TradeTick
  quote?: QuoteTick
}

const midOf = ({ bid, ask }: QuoteTick): Price => divideHalfEven(bid + ask, 2n) as Price
const markFrom = (symbol: MarketSymbol, { trade, quote }: Heard): Mark | undefined => {
  if (quote !== undefined && (trade === undefined || quote.receivedAt >= trade.receivedAt))
    return { symbol, price: midOf(quote), at: quote.receivedAt }
  return trade === undefined ? undefined : { symbol, price: trade.price, at: trade.receivedAt }
}

/** Remembers the last trade and the last quote of each symbol, and nothing else. */
export const marksFold = (): MarksFold => {
  const heard = new Map<MarketSymbol, Heard>()
  const of = (symbol: MarketSymbol): Heard => {
    const known = heard.get(symbol)
    if (known !== undefined) return known
    const fresh: Heard = {}
    heard.set(symbol, fresh)
    return fresh
  }
  return {
    hear: (frame) => {
      // A crossed quote has no middle that anybody would trade at; the last sound one stands.
      if (frame.type === 'quote' && frame.bid <= frame.ask) of(frame.symbol).quote = frame
      if (frame.type === 'trade') of(frame.symbol).trade = frame
    },
    markOf: (symbol) => {
      const known = heard.get(symbol)
      return known === undefined ? undefined : markFrom(symbol, known)
    },
    symbols: () => [...heard.keys()],
  }
}
