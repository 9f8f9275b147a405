/**
 * Kraken's WebSocket API v2 (docs.kraken.com/exchange/api-reference/spot-websocket-v2): the one that numbers its
 * trades, so that what is missing or repeated shows. Its prices are JSON numbers.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { MarketSymbol } from '#schemas/values/ids'
import { type Fields, fieldsOf, listOf, malformed, numberOf, textOf, timeOf } from './fields.ts'
import type { Heard } from './heard.ts'
import type { Protocol } from './protocol.ts'
import { parseRawJson } from './raw-json.ts'
import { densePlace, readQuote, readTrade } from './reading.ts'

const channels = ['trade', 'ticker'] as const

export const kraken: Protocol = {
  name: 'kraken',
  url: 'wss://ws.kraken.com/v2',
  symbols: ['BTC/USD', 'ETH/USD', 'BTC/USDT', 'ETH/USDT', 'USDT/USD'] as MarketSymbol[],
  codeOf: (symbol) => (symbol.includes(':') ? undefined : symbol),
  subscribe: (codes) => ({
    frames: [
      // Without the last 50 trades: they were not made now.
      { channel: 'trade', symbol: codes, snapshot: false },
      // On every change of the best prices, not only with trades.
      { channel: 'ticker', symbol: codes, event_trigger: 'bbo' },
    ].map((params) => JSON.stringify({ method: 'subscribe', params })),
    channels,
  }),
  decode: (text) => {
    const frame = fieldsOf(parseRawJson(text))
    const data = listOf(frame['data'])
    if (frame['method'] === 'subscribe' || frame['success'] === false) return [answerOf(frame)]
    switch (frame['channel']) {
      case 'trade':
        // A snapshot tells of what was before; it is not asked for.
        return frame['type'] === 'update' ? data.map(tradeOf) : []
      case 'ticker':
        return data.map(quoteOf)
      case 'status':
        return data.flatMap(statusOf)
      default:
        // Heartbeats, pongs, and what is added to the protocol later.
        return Object.keys(frame).length === 0 ? [malformed('not a frame', text)] : []
    }
  },
  staleMsMax: 60_000,
}

const tradeOf = (each: unknown): Heard => {
  const trade = fieldsOf(each)
  const { side } = trade
  return readTrade(
    {
      code: textOf(trade['symbol']),
      tradeId: trade['trade_id'],
      place: densePlace(numberOf(trade['trade_id'])),
      at: timeOf(trade['timestamp']),
      price: trade['price'],
      quantity: trade['qty'],
      aggressor: side === 'buy' || side === 'sell' ? side : undefined,
    },
    each,
  )
}

const quoteOf = (each: unknown): Heard => {
  const quote = fieldsOf(each)
  const at = quote['timestamp']
  return readQuote(
    {
      code: textOf(quote['symbol']),
      number: E.right(undefined),
      at: at === undefined ? E.right(undefined) : timeOf(at),
      bid: quote['bid'],
      bidQuantity: quote['bid_qty'],
      ask: quote['ask'],
      askQuantity: quote['ask_qty'],
    },
    each,
  )
}

/** One answer for each market and channel; the refusal is `"error":"Currency pair not supported FOO/USD"`. */
const answerOf = (frame: Fields): Heard => {
  const { channel, symbol } = fieldsOf(frame['result'])
  if (frame['success'] === true) {
    return { type: 'acknowledged', channel: textOf(channel), code: textOf(symbol) }
  }
  const words = textOf(frame['error'])
  const code = frame['symbol'] ?? /[A-Z0-9]+\/[A-Z0-9]+/.exec(words)?.[0]
  return { type: 'refused', words, ...(code === undefined ? {} : { code: textOf(code) }) }
}

const statusOf = (each: unknown): readonly Heard[] => {
  const system = textOf(fieldsOf(each)['system'])
  return system === 'online' || system === '' ? [] : [{ type: 'notice', words: system }]
}
