/** Coinbase Exchange's public feed, as its WebSocket documentation says (docs.cdp.coinbase.com/exchange/websocket-feed). */
import * as E from 'fp-ts/lib/Either.js'
import type { MarketSymbol } from '#schemas/values/ids'
import { type Fields, fieldsOf, listOf, malformed, numberOf, textOf, timeOf } from './fields.ts'
import type { Heard } from './heard.ts'
import type { Protocol } from './protocol.ts'
import { parseRawJson } from './raw-json.ts'
import { densePlace, readQuote, readTrade } from './reading.ts'

const channels = ['matches', 'ticker', 'heartbeat'] as const

export const coinbase: Protocol = {
  name: 'coinbase',
  url: 'wss://ws-feed.exchange.coinbase.com',
  symbols: ['BTC/USD', 'ETH/USD', 'BTC/USDT', 'ETH/USDT', 'USDT/USD'] as MarketSymbol[],
  codeOf: (symbol) => (symbol.includes(':') ? undefined : symbol.replace('/', '-')),
  subscribe: (codes) => ({
    // A request with one unknown product is refused as a whole, so each has its own. Trades come first: a quote that
    // follows the last trade is the newer of the two.
    frames: codes.flatMap((code) =>
      [['matches'], ['ticker', 'heartbeat']].map((some) =>
        JSON.stringify({ type: 'subscribe', product_ids: [code], channels: some }),
      ),
    ),
    channels,
  }),
  decode: (text) => {
    const frame = fieldsOf(parseRawJson(text))
    switch (frame['type']) {
      case 'match':
        return [tradeOf(frame, text)]
      case 'ticker':
        return [quoteOf(frame, text)]
      case 'last_match':
        return [numberTold('before', frame, frame['trade_id'], text)]
      case 'heartbeat':
        return [numberTold('promised', frame, frame['last_trade_id'], text)]
      case 'subscriptions':
        return acknowledgedBy(frame)
      case 'error':
        return [refusalOf(frame)]
      case undefined:
        return [malformed('not a frame', text)]
      default:
        // "New message types can be added at any time. Clients are expected to ignore messages they do not support."
        return []
    }
  },
  // A market may well be without a trade for a minute, and its ticker comes with its trades.
  staleMsMax: 120_000,
}

const tradeOf = (frame: Fields, text: string): Heard =>
  readTrade(
    {
      code: textOf(frame['product_id']),
      tradeId: frame['trade_id'],
      place: densePlace(numberOf(frame['trade_id'])),
      at: timeOf(frame['time']),
      price: frame['price'],
      quantity: frame['size'],
      // `side` is that of the maker.
      aggressor: frame['side'] === 'sell' ? 'buy' : frame['side'] === 'buy' ? 'sell' : undefined,
    },
    text,
  )

const quoteOf = (frame: Fields, text: string): Heard =>
  readQuote(
    {
      code: textOf(frame['product_id']),
      number: numberOf(frame['sequence']),
      // A product that has never traded has no time.
      at: frame['time'] === undefined ? E.right(undefined) : timeOf(frame['time']),
      bid: frame['best_bid'],
      // Not told before 2022.
      bidQuantity: frame['best_bid_size'] ?? '0',
      ask: frame['best_ask'],
      askQuantity: frame['best_ask_size'] ?? '0',
    },
    text,
  )

const numberTold = (
  type: 'before' | 'promised',
  frame: Fields,
  told: unknown,
  text: string,
): Heard => {
  const number = numberOf(told)
  if (E.isLeft(number)) return malformed(number.left, text)
  return { type, code: textOf(frame['product_id']), number: number.right }
}

const acknowledgedBy = (frame: Fields): readonly Heard[] =>
  listOf(frame['channels']).flatMap((each) => {
    const { name, product_ids: codes } = fieldsOf(each)
    return listOf(codes).map((code) => ({
      type: 'acknowledged' as const,
      channel: textOf(name),
      code: textOf(code),
    }))
  })

/** `{"type":"error","message":"Failed to subscribe","reason":"FOO-USD is not a valid product"}` */
const refusalOf = (frame: Fields): Heard => {
  const words = [textOf(frame['message']), textOf(frame['reason'])].filter(Boolean).join(': ')
  const [code] = /[A-Z0-9]+-[A-Z0-9]+/.exec(textOf(frame['reason'])) ?? []
  return { type: 'refused', words, ...(code === undefined ? {} : { code }) }
}
