/** A decoded frame in one line of what it says, and frames to begin from. */
import { QuoteTick, TradeTick } from '#schemas/market/tick'
import type { Heard } from '#adapters/exchange/heard'
import type { Protocol } from '#adapters/exchange/protocol'

const { price, quantity, venueAt: at, aggressor } = TradeTick.type.props
const { bid, ask, bidQuantity, askQuantity } = QuoteTick.type.props
export const shown = (heard: Heard): string => {
  switch (heard.type) {
    case 'trade':
      return [
        'trade',
        heard.code,
        heard.tradeId,
        heard.place.number,
        price.encode(heard.price),
        quantity.encode(heard.quantity),
        aggressor.encode(heard.aggressor),
        at.encode(heard.venueAt),
      ].join(' ')
    case 'quote':
      return [
        'quote',
        heard.code,
        heard.number ?? '-',
        bid.encode(heard.bid),
        bidQuantity.encode(heard.bidQuantity),
        ask.encode(heard.ask),
        askQuantity.encode(heard.askQuantity),
        heard.venueAt === undefined ? '-' : at.encode(heard.venueAt),
      ].join(' ')
    case 'malformed':
      return `malformed ${heard.kind}`
    default:
      return Object.values(heard).join(' ')
  }
}
export const decoded = (protocol: Protocol, frame: unknown): readonly string[] =>
  protocol.decode(typeof frame === 'string' ? frame : JSON.stringify(frame)).map(shown)

export const match = {
  type: 'match',
  trade_id: 280232,
  side: 'sell',
  size: '985',
  price: '0.00001305',
  product_id: 'SKL-BTC',
  sequence: 177100030,
  time: '2021-04-17T16:43:37.089723Z',
}
export const coinbaseTicker = {
  type: 'ticker',
  sequence: 177100030,
  product_id: 'BTC-USD',
  price: '1285.22',
  best_bid: '1285.04',
  best_bid_size: '0.46688654',
  best_ask: '1285.27',
  best_ask_size: '1.56637040',
  side: 'buy',
  time: '2022-10-19T23:28:22.061769Z',
  trade_id: 370843401,
  last_size: '11.4396987',
}

export const binanceTrade = {
  e: 'trade',
  E: 1723161255343,
  s: 'BTCUSDT',
  t: 3735683259,
  p: '61837.63000000',
  q: '0.02000000',
  T: 1723161255342,
  m: true,
  M: true,
}
export const bookTicker = {
  u: 50093239212,
  s: 'BTCUSDT',
  b: '61837.63000000',
  B: '3.78826000',
  a: '61837.64000000',
  A: '1.54698000',
}
