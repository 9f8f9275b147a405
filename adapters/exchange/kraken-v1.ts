/**
 * Kraken's WebSocket API v1 (docs.kraken.com/exchange/api-reference/spot-websocket-v1), kept for existing clients: the
 * one that there are recordings of. Its trades have no numbers and are told apart by their times.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { MarketSymbol } from '#schemas/values/ids'
import { type Fields, fieldsOf, listOf, malformed, secondsOf, textOf } from './fields.ts'
import type { Code, Heard } from './heard.ts'
import { kraken } from './kraken.ts'
import type { Protocol } from './protocol.ts'
import { parseRawJson } from './raw-json.ts'
import { readQuote, readTrade } from './reading.ts'

/** Kraken's old names of assets. */
const oldNames: Readonly<Record<string, string>> = { BTC: 'XBT', DOGE: 'XDG' }
const channels = ['trade', 'ticker'] as const
/** After a subscription the last so many trades may come at once: they were not made now. */
const snapshotRows = 50

export const krakenV1: Protocol = {
  name: 'kraken',
  url: 'wss://ws.kraken.com',
  symbols: kraken.symbols,
  codeOf: (symbol: MarketSymbol) =>
    symbol.includes(':')
      ? undefined
      : symbol
          .split('/')
          .map((asset) => oldNames[asset] ?? asset)
          .join('/'),
  subscribe: (codes) => ({
    frames: channels.map((name) =>
      JSON.stringify({ event: 'subscribe', pair: codes, subscription: { name } }),
    ),
    channels,
  }),
  decode: (text) => {
    const frame = parseRawJson(text)
    if (Array.isArray(frame)) return dataOf(frame)
    const fields = fieldsOf(frame)
    switch (fields['event']) {
      case 'subscriptionStatus':
        return answerOf(fields)
      case 'systemStatus':
        return fields['status'] === 'online'
          ? []
          : [{ type: 'notice', words: textOf(fields['status']) }]
      default:
        return Object.keys(fields).length === 0 ? [malformed('not a frame', text)] : []
    }
  },
  staleMsMax: kraken.staleMsMax,
}

/** `[channelID, data, channelName, pair]` */
const dataOf = (frame: readonly unknown[]): readonly Heard[] => {
  const [, data, channel, pair] = frame
  const code = textOf(pair)
  if (channel === 'ticker') return [quoteOf(code, fieldsOf(data))]
  if (channel !== 'trade') return []
  const rows = listOf(data)
  if (rows.length >= snapshotRows) {
    const words = `${String(rows.length)} trades of ${code} at once are not told`
    return [{ type: 'notice', words }]
  }
  return rows.map((row, index) => tradeOf(code, rows, row, index))
}

/** `[price, volume, time, side, orderType, misc]` */
const tradeOf = (code: Code, rows: readonly unknown[], row: unknown, index: number): Heard => {
  const [price, quantity, time, side] = listOf(row)
  const at = secondsOf(time)
  const alike = rows.slice(0, index).filter((other) => listOf(other)[2] === time).length
  return readTrade(
    {
      code,
      tradeId: alike === 0 ? time : `${textOf(time)}.${String(alike + 1)}`,
      place: E.isLeft(at) ? at : E.right({ number: at.right, dense: false }),
      at,
      price,
      quantity,
      aggressor: side === 'b' ? 'buy' : side === 's' ? 'sell' : undefined,
    },
    row,
  )
}

/** `a` and `b` are `[price, whole lots, lots]`. */
const quoteOf = (code: Code, ticker: Fields): Heard => {
  const [ask, , askQuantity] = listOf(ticker['a'])
  const [bid, , bidQuantity] = listOf(ticker['b'])
  const unsaid = E.right(undefined)
  return readQuote({ code, number: unsaid, at: unsaid, bid, bidQuantity, ask, askQuantity }, ticker)
}

const answerOf = (fields: Fields): readonly Heard[] => {
  const code = textOf(fields['pair'])
  const channel = textOf(fields['channelName'])
  if (fields['status'] === 'subscribed') return [{ type: 'acknowledged', channel, code }]
  if (fields['status'] !== 'error') return []
  const words = textOf(fields['errorMessage'])
  return [{ type: 'refused', words, ...(code === '' ? {} : { code }) }]
}
