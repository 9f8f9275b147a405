import { afterEach, describe, expect, test } from 'vitest'
import { TradeTick, QuoteTick, type Tick } from '#schemas/market/tick'
import { binance } from './binance.ts'
import { coinbase } from './coinbase.ts'
import { krakenV1 } from './kraken-v1.ts'
import type { Protocol } from './protocol.ts'
import { listenTo, openVenue } from './testing/double.ts'
import { haveRecordings, interruptedSession, recordedFrames } from './testing/recorded.ts'

const open: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close()
})

/** What a recording holds, read with nothing of ours: `[symbol, id, price, quantity, aggressor, venueAt]`. */
type Row = readonly (string | number)[]
/** 0.0500 is 0.05, and 3. is 3. */
const plain = (text: string): string => text.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '')
const iso = (ms: number): string => new Date(ms).toISOString().replace(/\.?0+Z$/, 'Z')
const isoMicro = (text: string): string => text.replace(/\.?0+Z$/, 'Z')

const { price, quantity, venueAt } = TradeTick.type.props
const tradeRow = (tick: Tick): Row =>
  tick.type !== 'trade'
    ? []
    : [
        tick.symbol,
        tick.tradeId,
        price.encode(tick.price),
        quantity.encode(tick.quantity),
        tick.aggressor,
        venueAt.encode(tick.venueAt),
      ]
const { bid, bidQuantity, ask, askQuantity } = QuoteTick.type.props
const quoteRow = (tick: Tick): Row =>
  tick.type !== 'quote'
    ? []
    : [
        tick.symbol,
        bid.encode(tick.bid),
        bidQuantity.encode(tick.bidQuantity),
        ask.encode(tick.ask),
        askQuantity.encode(tick.askQuantity),
      ]

/** Plays a whole recording to a listener, and answers what it made of it. */
const play = async (
  protocol: Protocol,
  symbols: readonly string[],
  frames: readonly string[],
  ticksExpected: number,
) => {
  const venue = await openVenue()
  open.push(venue.close)
  // However busy the machine is.
  const timings = { silentMsMax: 60_000, staleMsMax: 60_000, acknowledgeMsMax: 60_000 }
  const listening = listenTo(protocol, venue.url, symbols, { timings })
  open.push(listening.stop)
  const connection = await venue.connection(1)
  await connection.untilAsked(1)
  connection.say(...frames)
  await listening.until(() => listening.ticks.length >= ticksExpected)
  // The frames after the last tick are heard before this one, which is heard by its notice.
  connection.say('the end')
  await listening.until(() =>
    listening.notices.some((notice) => notice.type === 'malformed' && notice.detail === 'the end'),
  )
  const { ticks, notices } = listening
  const sequences = new Map<string, number>()
  for (const { symbol, sequence } of ticks) {
    expect(sequence).toBeGreaterThan(sequences.get(symbol) ?? 0)
    sequences.set(symbol, sequence)
  }
  return {
    trades: ticks.filter(({ type }) => type === 'trade').map(tradeRow),
    quotes: ticks.filter(({ type }) => type === 'quote').map(quoteRow),
    venueTimes: ticks.map((tick) => venueAt.encode(tick.venueAt)),
    told: notices.filter(({ type }) => type !== 'opened').slice(0, -1),
    standings: listening.standings,
  }
}

describe.skipIf(!haveRecordings)('a recorded session at Coinbase', () => {
  interface Frame {
    readonly [field: string]: string
  }
  test('every match is one tick, every ticker one quote, nothing else is any', async () => {
    const frames = recordedFrames('cryptofeed_COINBASE.ws.28.jsonl.gz')
    const parsed = frames.map((text) => JSON.parse(text) as Frame)
    const of = (type: string) => parsed.filter((frame) => frame['type'] === type)
    const symbolOf = (frame: Frame) => (frame['product_id'] ?? '').replace('-', '/')
    const symbols = [...new Set(of('last_match').map(symbolOf))]
    expect([frames.length, of('match').length, of('ticker').length, symbols.length]).toStrictEqual([
      9946, 97, 107, 10,
    ])
    const { trades, quotes, told } = await play(coinbase, symbols, frames, 97 + 107)
    expect(trades).toStrictEqual(
      of('match').map((frame) => [
        symbolOf(frame),
        String(frame['trade_id']),
        plain(frame['price'] ?? ''),
        plain(frame['size'] ?? ''),
        frame['side'] === 'sell' ? 'buy' : 'sell',
        isoMicro(frame['time'] ?? ''),
      ]),
    )
    expect(quotes).toStrictEqual(
      of('ticker').map((frame) => [
        symbolOf(frame),
        plain(frame['best_bid'] ?? ''),
        '0',
        plain(frame['best_ask'] ?? ''),
        '0',
      ]),
    )
    // The recording has no gap: the first match follows the trade that was there before.
    expect(told).toStrictEqual([])
    // Coinbase says it a second time, from the taker's side.
    const takers = new Map(of('ticker').map((frame) => [String(frame['trade_id']), frame['side']]))
    for (const [, id, , , aggressor] of trades) expect(takers.get(String(id))).toBe(aggressor)
  })
})

describe.skipIf(!haveRecordings)('a recorded session at Kraken', () => {
  type Frame = readonly [number, unknown, string, string]
  const symbols = ['WAVES/EUR', 'XMR/USD', 'KSM/BTC', 'GRT/ETH', 'SC/EUR', 'ETH/CHF'].concat([
    'OCEAN/BTC',
    'OMG/USD',
    'BTC/CHF',
    'ADA/BTC',
  ])
  const data = (frames: readonly string[], channel: string) =>
    frames
      .map((text) => JSON.parse(text) as unknown)
      .filter((frame): frame is Frame => Array.isArray(frame) && frame[2] === channel)
  const symbolOf = (pair: string) => pair.replace('XBT', 'BTC')
  const side = (word: string | undefined) => (word === 'b' ? 'buy' : 'sell')
  test('every trade is one tick, also two in one frame', async () => {
    const frames = recordedFrames('cryptofeed_KRAKEN.ws.48.jsonl.gz')
    const expected = data(frames, 'trade').flatMap(([, rows, , pair]) =>
      (rows as readonly (readonly string[])[]).map(([at = '', size = '', time = '', word]) => [
        symbolOf(pair),
        time,
        plain(at),
        plain(size),
        side(word),
      ]),
    )
    // Eight frames, two of them with two trades.
    expect(expected).toHaveLength(10)
    const { trades, venueTimes, told } = await play(krakenV1, symbols, frames, expected.length)
    expect(trades.map((row) => row.slice(0, 5))).toStrictEqual(expected)
    // Microseconds, exactly.
    expect(
      venueTimes.map((time) => Date.parse(time.replace(/(\.\d{3})\d*Z/, '$1Z'))),
    ).toStrictEqual(expected.map((row) => Math.floor(Number(row[1]) * 1000)))
    expect(told).toStrictEqual([])
  })
  test('every ticker is one quote', async () => {
    const frames = recordedFrames('cryptofeed_KRAKEN.ws.49.jsonl.gz')
    const expected = data(frames, 'ticker').map(([, ticker, , pair]) => {
      const { a, b } = ticker as { readonly a: readonly string[]; readonly b: readonly string[] }
      return [symbolOf(pair), b[0], b[2], a[0], a[2]].map((text) => plain(text ?? ''))
    })
    expect(expected).toHaveLength(18)
    const { quotes, trades } = await play(krakenV1, symbols, frames, 18)
    expect([quotes, trades]).toStrictEqual([expected, []])
  })
})

describe.skipIf(!haveRecordings)('a recorded session at Binance', () => {
  interface Data {
    readonly [field: string]: string | number | boolean
  }
  interface Frame {
    readonly stream: string
    readonly data: Data
  }
  const framesOf = (name: string) => {
    const frames = recordedFrames(name)
    const parsed = frames.map((text) => JSON.parse(text) as Frame)
    const of = (kind: string) => parsed.filter(({ stream }) => stream?.endsWith(`@${kind}`))
    return { frames, trades: of('trade'), quotes: of('bookTicker') }
  }
  /** The recordings of one stream each have no answer to a subscription. */
  const answer = '{"result":null,"id":1}'
  const tradeOf = (symbol: string) => (frame: Frame) => {
    const { t, p, q, m, T } = frame.data
    return [
      symbol,
      String(t),
      plain(String(p)),
      plain(String(q)),
      m === true ? 'sell' : 'buy',
      iso(Number(T)),
    ]
  }
  const quoteOf =
    (symbolOf: (code: string) => string) =>
    ({ data: { s, b, B, a, A } }: Frame) => [
      symbolOf(String(s)),
      ...[b, B, a, A].map((text) => plain(String(text))),
    ]
  test.each([
    ['binance-spot_BTCUSDT_20230405.jsonl.gz', 3_144, 8_015],
    ['binance-spot_BTCUSDT_20240808.jsonl.gz', 9_757, 28_040],
    ['binance-usdm_BTCUSDT_20240718.jsonl.gz', 974, 7_113],
    ['binance-usdm_BTCUSDT_20230404.jsonl.gz', 2_197, 6_765],
  ])('%s: %i trades and %i quotes, each once', async (name, tradeCount, quoteCount) => {
    const { frames, trades, quotes } = framesOf(name)
    expect([trades.length, quotes.length]).toStrictEqual([tradeCount, quoteCount])
    const total = tradeCount + quoteCount
    const played = await play(binance, ['BTC/USDT'], [answer, ...frames], total)
    expect(played.trades).toStrictEqual(trades.map(tradeOf('BTC/USDT')))
    expect(played.quotes).toStrictEqual(quotes.map(quoteOf(() => 'BTC/USDT')))
    expect(played.told).toStrictEqual([])
    expect(played.standings.at(-1)).toStrictEqual({ state: 'ready' })
  })
  test('the print of the insurance fund is counted, and neither a tick nor a gap', async () => {
    const { frames, trades, quotes } = framesOf('binance-usdm_BTCUSDT_20230405.jsonl.gz')
    const market = trades.filter(({ data }) => data['X'] === 'MARKET')
    expect([trades.length, market.length]).toStrictEqual([10_738, 10_737])
    const played = await play(
      binance,
      ['BTC/USDT'],
      [answer, ...frames],
      market.length + quotes.length,
    )
    expect(played.trades).toStrictEqual(market.map(tradeOf('BTC/USDT')))
    expect(played.told).toStrictEqual([{ type: 'administrative', words: 'INSURANCE_FUND BTCUSDT' }])
  })
  test('several markets on one socket', async () => {
    const { frames, quotes } = framesOf('cryptofeed_BINANCE.ws.1.jsonl.gz')
    const symbols = ['NKN/USDT', 'BLZ/ETH', 'LRC/BTC', 'RUNE/EUR']
    const symbolOf = (code: string) => symbols.find((s) => s.replace('/', '') === code) ?? ''
    expect(quotes).toHaveLength(84)
    const played = await play(binance, symbols, [answer, ...frames], 84)
    expect(played.quotes).toStrictEqual(quotes.map(quoteOf(symbolOf)))
    expect(played.trades).toStrictEqual([])
  })

  test('a session with three interruptions', async () => {
    const codes = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT']
    const symbols = ['BTC/USDT', 'ETH/USDT', 'SOL/USDT']
    const venue = await openVenue({ greet: (to) => to.say(answer) })
    open.push(venue.close)
    const listening = listenTo(binance, venue.url, symbols)
    open.push(listening.stop)
    const session = interruptedSession()
    let lines = 1
    let connection = await venue.connection(lines)
    const expected: Row[] = []
    for (const item of session) {
      if (item === 'reconnecting') {
        connection.cut()
        lines += 1
        connection = await venue.connection(lines)
        continue
      }
      const { id, price: p, amount, side } = item.kind.Trade
      const s = codes[item.instrument] ?? ''
      const T = Date.parse(item.time_exchange)
      // 0.00006 is 6e-05 to those who print floats.
      const data = {
        e: 'trade',
        s,
        t: Number(id),
        p: String(p),
        q: String(amount),
        T,
        m: side !== 'Buy',
      }
      connection.say({ stream: `${s.toLowerCase()}@trade`, data })
      expected.push([
        symbols[item.instrument] ?? '',
        id,
        String(p),
        amount.toFixed(5).replace(/0+$/, ''),
        side.toLowerCase(),
        iso(T),
      ])
      await listening.until(() => listening.ticks.length === expected.length)
    }
    expect([lines, expected.length]).toStrictEqual([4, 21])
    expect(listening.ticks.map(tradeRow)).toStrictEqual(expected)
    // Nothing was missed between the interruptions.
    expect(listening.notices.filter(({ type }) => type === 'gap')).toStrictEqual([])
  })
})
