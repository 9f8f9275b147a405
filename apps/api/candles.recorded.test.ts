/** Real trades against the candles that the exchanges themselves published of them, field by field. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { openRecording, type RecordedTrade } from '#adapters/recording/reader'
import { formatDecimal, type Price, parseDecimal, type Quantity } from '#schemas/values/decimal'
import type { Instant } from '#schemas/values/instant'
import { candlesOf, type Print } from '#domain/market/candles'

const recordings =
  process.env['DAYBOOK_RECORDINGS'] ?? join(import.meta.dirname, '../../../shared/data')
const has = (path: string): boolean => existsSync(join(recordings, path))

type Row = Readonly<Record<string, string>>
const rowsOf = (path: string): readonly Row[] => {
  const [header = '', ...lines] = gunzipSync(readFileSync(join(recordings, path)))
    .toString('utf8')
    .trim()
    .split('\n')
  const names = header.split(',')
  return lines.map((line) => {
    const cells = line.split(',')
    return Object.fromEntries(names.map((name, n) => [name, cells[n] ?? '']))
  })
}
const cell = (row: Row, name: string): string => row[name] ?? ''
const decimal = (text: string): bigint => {
  const value = parseDecimal(text, 18)
  if (E.isLeft(value)) throw new Error(`${text} is no decimal`)
  return value.right
}
const startOf = (row: Row): number => Number(cell(row, 'ts_ms')) * 1000
const figures = (of: {
  readonly open: bigint
  readonly high: bigint
  readonly low: bigint
  readonly close: bigint
  readonly volume: bigint
}) =>
  Object.fromEntries(
    (['open', 'high', 'low', 'close', 'volume'] as const).map((name) => [
      name,
      formatDecimal(of[name], 18),
    ]),
  )
const figuresOf = (row: Row) =>
  figures({
    open: decimal(cell(row, 'open')),
    high: decimal(cell(row, 'high')),
    low: decimal(cell(row, 'low')),
    close: decimal(cell(row, 'close')),
    volume: decimal(cell(row, 'volume_base')),
  })

const tradesOf = async (path: string): Promise<readonly RecordedTrade[]> => {
  const recording = await openRecording(join(recordings, path))
  if (E.isLeft(recording)) throw new Error(recording.left.detail)
  const trades: RecordedTrade[] = []
  for await (const trade of recording.right.trades()) {
    if (E.isLeft(trade)) throw new Error(trade.left.detail)
    trades.push(trade.right)
  }
  return trades
}

const krakenTrades = 'trades/kraken_XBTUSDT_trades_20251110.csv.gz'
const krakenBars = 'ohlcv/kraken_XBTUSDT_1m_20251110.csv.gz'
describe.skipIf(!has(krakenTrades) || !has(krakenBars))('Kraken XBT/USDT, 1000 trades', () => {
  test('give its own minutes', async () => {
    const trades = await tradesOf(krakenTrades)
    const bars = new Map(rowsOf(krakenBars).map((row) => [startOf(row), row]))
    const candles = candlesOf(60, trades)
    // The answer begins and ends within a minute: the first and the last are not whole.
    const whole = candles.slice(1, -1)
    expect(whole.length).toBeGreaterThan(200)
    for (const candle of whole) {
      const bar = bars.get(candle.start) ?? {}
      const count = Number(cell(bar, 'count'))
      expect({ ...figures(candle), trades: candle.trades }).toStrictEqual({
        ...figuresOf(bar),
        trades: count,
      })
    }
    // And where there is no candle, it had no trade either.
    const [first, last] = [whole[0]?.start ?? 0, whole.at(-1)?.start ?? 0]
    const started = new Set(whole.map(({ start }) => Number(start)))
    const silent = [...bars].filter(
      ([start]) => start >= first && start <= last && !started.has(start),
    )
    expect(silent.every(([, bar]) => cell(bar, 'count') === '0')).toBe(true)
  })
})

const coinbaseSeconds = 'ohlcv/coinbase_BTC-USD_1s_trades_20161007-09.csv.gz'
const coinbaseMinutes = 'ohlcv/coinbase_BTC-USD_1m_trades_20161007-09.csv.gz'
describe.skipIf(!has(coinbaseSeconds) || !has(coinbaseMinutes))(
  'Coinbase BTC/USD, seconds of three days',
  () => {
    test('give its own minutes', () => {
      const minutes = rowsOf(coinbaseMinutes).map((row) => ({
        start: startOf(row),
        ...figuresOf(row),
      }))
      const candles = candlesOf(60, rowsOf(coinbaseSeconds).flatMap(printsOf))
      expect(candles.map((candle) => ({ start: candle.start, ...figures(candle) }))).toStrictEqual(
        minutes,
      )
    })
  },
)

/** What must have been traded for a bar to be as it is: at its four prices, in this order, all its volume. */
const printsOf = (bar: Row): readonly Print[] =>
  ['open', 'high', 'low', 'close'].map((name) => ({
    venueAt: startOf(bar) as Instant,
    price: decimal(cell(bar, name)) as Price,
    quantity: (name === 'close' ? decimal(cell(bar, 'volume_base')) : 0n) as Quantity,
  }))

const insured = 'trades/binance-usdm_BTCUSDT_trades_20230404-0405.csv.gz'
describe.skipIf(!has(insured))('Binance BTC/USDT:USDT with a print of its insurance fund', () => {
  test('has a candle that never left the market', async () => {
    const raw = rowsOf(insured)
    const print = raw.find((row) => cell(row, 'order_type_X') === 'INSURANCE_FUND') ?? {}
    expect(cell(print, 'price')).toBe('28722.50')
    const candles = candlesOf(60, await tradesOf(insured))
    const at = Number(cell(print, 'trade_time_ms')) * 1000
    const candle = candles.find(({ start }) => start <= at && at < start + 60_000_000)
    expect(candle?.high).toBeLessThan(decimal('28300'))
    const trades = candles.reduce((sum, each) => sum + each.trades, 0)
    expect(trades).toBe(raw.filter((row) => cell(row, 'order_type_X') === 'MARKET').length)
  })
})
