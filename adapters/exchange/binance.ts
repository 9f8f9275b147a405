/** Binance's combined streams, as github.com/binance/binance-spot-api-docs (web-socket-streams.md) says. */
import * as E from 'fp-ts/lib/Either.js'
import type { MarketSymbol } from '#schemas/values/ids'
import { type Fields, fieldsOf, malformed, epochOf, numberOf, textOf } from './fields.ts'
import type { Heard } from './heard.ts'
import type { Protocol } from './protocol.ts'
import { parseRawJson } from './raw-json.ts'
import { densePlace, readQuote, readTrade } from './reading.ts'

export const binance: Protocol = {
  name: 'binance',
  // Answers `{"stream":…,"data":…}`.
  url: 'wss://stream.binance.com:9443/stream',
  symbols: ['BTC/USDT', 'ETH/USDT'] as MarketSymbol[],
  codeOf: (symbol) => (symbol.includes(':') ? undefined : symbol.replace('/', '')),
  subscribe: (codes) => ({
    // One request, for the answer names no stream, and only five messages a second are allowed.
    frames: [
      JSON.stringify({
        method: 'SUBSCRIBE',
        params: codes.flatMap((code) => [
          `${code.toLowerCase()}@trade`,
          `${code.toLowerCase()}@bookTicker`,
        ]),
        id: 1,
      }),
    ],
    channels: ['trade'],
  }),
  decode: (text) => {
    const frame = fieldsOf(parseRawJson(text))
    const data = fieldsOf(frame['data'] ?? frame)
    const stream = textOf(frame['stream'])
    const refusal = refusalIn(frame)
    if (refusal !== undefined) return [refusal]
    if (stream.endsWith('@trade') || data['e'] === 'trade') return [tradeOf(data, text)]
    // A spot quote does not name its kind.
    if (stream.endsWith('@bookTicker') || data['e'] === 'bookTicker') return [quoteOf(data, text)]
    if ('result' in frame) return frame['result'] === null ? [{ type: 'acknowledged' }] : []
    if (data['e'] === 'serverShutdown') return [{ type: 'closing', words: 'serverShutdown' }]
    return Object.keys(frame).length === 0 ? [malformed('not a frame', text)] : []
  },
  staleMsMax: 30_000,
}

const tradeOf = (data: Fields, text: string): Heard => {
  const code = textOf(data['s'])
  // Futures only. INSURANCE_FUND, ADL and NA are the venue's own prints, far off the market at times.
  const kind = data['X'] ?? 'MARKET'
  if (kind !== 'MARKET') {
    const number = numberOf(data['t'])
    if (E.isLeft(number)) return malformed(number.left, text)
    return { type: 'administrative', code, number: number.right, words: textOf(kind) }
  }
  return readTrade(
    {
      code,
      tradeId: data['t'],
      place: densePlace(numberOf(data['t'])),
      at: epochOf(data['T']),
      price: data['p'],
      quantity: data['q'],
      // `m`: the buyer made the price, so a seller took it.
      aggressor: data['m'] === true ? 'sell' : data['m'] === false ? 'buy' : undefined,
    },
    text,
  )
}

const quoteOf = (data: Fields, text: string): Heard =>
  readQuote(
    {
      code: textOf(data['s']),
      number: numberOf(data['u']),
      // Spot quotes have no time.
      at: data['T'] === undefined ? E.right(undefined) : epochOf(data['T']),
      bid: data['b'],
      bidQuantity: data['B'],
      ask: data['a'],
      askQuantity: data['A'],
    },
    text,
  )

/** `{"code":2,"msg":"Invalid request: …"}`, or the same under `error`. */
const refusalIn = (frame: Fields): Heard | undefined => {
  const said = 'error' in frame ? fieldsOf(frame['error']) : frame
  if (!('code' in said && 'msg' in said)) return undefined
  return { type: 'refused', words: `${textOf(said['code'])} ${textOf(said['msg'])}` }
}
