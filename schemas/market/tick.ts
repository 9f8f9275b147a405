/** What the market does, as the tick hub tells it: trades and quotes. */
import * as t from 'io-ts'
import { Count } from '#schemas/values/count'
import { Price, Quantity } from '#schemas/values/decimal'
import { MarketSymbol, TradeId } from '#schemas/values/ids'
import { Instant } from '#schemas/values/instant'
import { Side } from '#schemas/values/trading'

/** `sequence` counts the ticks of one symbol. A tick's age is measured from `receivedAt`, never from the venue's clock. */
const tick = {
  symbol: MarketSymbol,
  sequence: Count,
  venueAt: Instant,
  receivedAt: Instant,
}
export const TradeTick = t.strict(
  {
    type: t.literal('trade'),
    ...tick,
    tradeId: TradeId,
    price: Price,
    quantity: Quantity,
    /** Who crossed the spread: a `sell` trades at the bid. */
    aggressor: Side,
  },
  'TradeTick',
)
export type TradeTick = Readonly<t.TypeOf<typeof TradeTick>>

export const QuoteTick = t.strict(
  {
    type: t.literal('quote'),
    ...tick,
    bid: Price,
    bidQuantity: Quantity,
    ask: Price,
    askQuantity: Quantity,
  },
  'QuoteTick',
)
export type QuoteTick = Readonly<t.TypeOf<typeof QuoteTick>>

export const Tick = t.union([TradeTick, QuoteTick], 'Tick')
export type Tick = TradeTick | QuoteTick

/** The first frame to every listener: where the prices come from, and of what. */
export const Welcome = t.strict(
  { type: t.literal('welcome'), source: t.string, symbols: t.readonlyArray(MarketSymbol) },
  'Welcome',
)
export type Welcome = Readonly<t.TypeOf<typeof Welcome>>

/** The source has ended and says so; marks go stale from here. */
export const Ended = t.strict({ type: t.literal('ended'), source: t.string }, 'Ended')
export type Ended = Readonly<t.TypeOf<typeof Ended>>

export const HubFrame = t.union([TradeTick, QuoteTick, Welcome, Ended], 'HubFrame')
export type HubFrame = Tick | Welcome | Ended
