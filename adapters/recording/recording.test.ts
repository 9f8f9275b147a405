import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import * as E from 'fp-ts/lib/Either.js'
import { afterAll, describe, expect, test } from 'vitest'
import { TradeTick } from '#schemas/market/tick'
import { openRecording, type RecordedTrade } from './reader.ts'
import { columnsOf, symbolOfFile, tradeOf } from './translate.ts'

const folder = mkdtempSync(join(tmpdir(), 'daybook-recording-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})
const file = (name: string, content: string | Buffer): string => {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}
const readAll = async (path: string) => {
  const opened = await openRecording(path)
  if (E.isLeft(opened)) return { symbol: undefined, trades: [], fault: opened.left.detail }
  const trades: RecordedTrade[] = []
  for await (const trade of opened.right.trades()) {
    if (E.isLeft(trade)) return { symbol: opened.right.symbol, trades, fault: trade.left.detail }
    trades.push(trade.right)
  }
  return { symbol: opened.right.symbol, trades, fault: undefined }
}
const { tradeId, price, quantity, aggressor, venueAt } = TradeTick.type.props
const shown = (trade: RecordedTrade) => [
  tradeId.encode(trade.tradeId),
  price.encode(trade.price),
  quantity.encode(trade.quantity),
  aggressor.encode(trade.aggressor),
  venueAt.encode(trade.venueAt),
]

describe('the symbol of a file', () => {
  test.each([
    ['binance-spot_BTCUSDT_trades_20230405.csv.gz', 'BTC/USDT'],
    ['binance-usdm_ETHUSDT_trades_20240808.csv.gz', 'ETH/USDT:USDT'],
    ['binance-coinm_BTCUSD_PERP_trades_20240808-0809.csv.gz', 'BTC/USD:BTC'],
    ['kraken_XBTUSDT_trades_20251110.csv.gz', 'BTC/USDT'],
    ['freqtrade_ETHUSDT_public-trades_20230202.csv.gz', 'ETH/USDT'],
    ['BTCUSDT_trades.csv', 'BTC/USDT'],
    ['BTC-USD.csv', 'BTC/USD'],
    ['trades.csv', undefined],
    ['binance-spot_trades.csv', undefined],
    ['USDT.csv', undefined],
  ])('%s is %s', (name, symbol) => {
    expect(symbolOfFile(name)).toBe(symbol)
  })
})

describe('a recording', () => {
  test('of Binance, with a print of its own among the trades', async () => {
    const path = file(
      'binance-usdm_BTCUSDT_trades.csv.gz',
      gzipSync(
        [
          'recv_us,event_time_ms,trade_time_ms,trade_id,price,qty,is_buyer_maker,order_type_X',
          '1680652700441533,1680652700455,1680652700452,3535186032,28145.10,0.002,true,MARKET',
          '1680652874408176,1680652874406,1680652874400,3535191080,28722.50,0.001,true,INSURANCE_FUND',
          '1680652700441685,1680652700455,1680652700453,3535186033,28145.20,0.020,false,',
          '',
        ].join('\n'),
      ),
    )
    const { symbol, trades, fault } = await readAll(path)
    expect([symbol, fault]).toStrictEqual(['BTC/USDT:USDT', undefined])
    expect(trades.map(shown)).toStrictEqual([
      ['3535186032', '28145.1', '0.002', 'sell', '2023-04-04T23:58:20.452Z'],
      ['3535186033', '28145.2', '0.02', 'buy', '2023-04-04T23:58:20.453Z'],
    ])
  })
  test('of other venues, with other headers and Windows line ends', async () => {
    const kraken = await readAll(
      file(
        'kraken_XBTUSDT.csv',
        'ts_ms,time_s,trade_id,price,qty,side_b_s\r\n1762795433971,1.9,7,105433.6,0.5,b\r\n',
      ),
    )
    const ccxt = await readAll(
      file('x_ETHUSDT.csv', 'ts_ms,id,side,price,amount\n1675329600138,8,sell,1666.8,26.062'),
    )
    expect([...kraken.trades, ...ccxt.trades].map(shown)).toStrictEqual([
      ['7', '105433.6', '0.5', 'buy', '2025-11-10T17:23:53.971Z'],
      ['8', '1666.8', '26.062', 'sell', '2023-02-02T09:20:00.138Z'],
    ])
  })
  test('without trade ids names its rows by line', async () => {
    const { trades } = await readAll(
      file('BTCUSDT.csv', 'ts_ms,price,qty,side\n1675329600138,1,2,buy\n'),
    )
    expect(trades.map((trade) => trade.tradeId)).toStrictEqual(['line2'])
  })
  test.each([
    ['0.00031099999999999997', '0.000311'],
    ['2e-06', '0.000002'],
    ['1.5E+3', '1500'],
    ['12e-1', '1.2'],
  ])('understands what float64 made of a number: %s', (written, meant) => {
    const columns = columnsOf('ts_ms,price,qty,side')
    if (E.isLeft(columns)) throw new Error(columns.left)
    const trade = tradeOf(columns.right, `1675329600138,1,${written},buy`, 2)
    expect(E.map((read?: RecordedTrade) => read && quantity.encode(read.quantity))(trade)).toEqual(
      E.right(meant),
    )
  })
})

describe('a file that is not a recording', () => {
  const good = 'ts_ms,trade_id,price,qty,side\n1675329600138,1,10,1,buy\n'
  test.each([
    [
      'BTCUSDT_1m.csv',
      'ts_ms,open,high\n1,2,3\n',
      ':1 has no column price: its columns are ts_ms, open, high',
    ],
    ['BTCUSDT_a.csv', 'ts_ms,price,side\n', ':1 has no column qty or amount'],
    ['BTCUSDT_b.csv', 'price,qty,side\n', ':1 has no column trade_time_ms or ts_ms'],
    ['BTCUSDT_c.csv', 'price,qty,ts_ms\n', ':1 has no column is_buyer_maker or side or side_b_s'],
    ['BTCUSDT_d.csv', '', ' is empty'],
    ['BTCUSDT_e.csv', `${good}1675329600138,1,-1,1,buy\n`, ':3 is not a trade: price "-1"'],
    ['BTCUSDT_f.csv', `${good}1675329600138,1,1e999,1,buy\n`, ':3 is not a trade: price "1e999"'],
    ['BTCUSDT_g.csv', `${good}1675329600138,1,1,0,buy\n`, ':3 is not a trade: quantity "0"'],
    ['BTCUSDT_h.csv', `${good}yesterday,1,1,1,buy\n`, ':3 is not a trade: time "yesterday"'],
    ['BTCUSDT_i.csv', `${good}1675329600138,1,1,1,both\n`, ':3 is not a trade: aggressor "both"'],
    ['BTCUSDT_j.csv', `${good}1675329600138,a b,1,1,buy\n`, ':3 is not a trade: trade id "a b"'],
    ['BTCUSDT_k.csv', 'x'.repeat(200_000), ':1 is longer than 65536'],
    ['trades.csv', good, 'does not say of what symbol it is'],
    ['BTCUSDT_l.csv.gz', good, 'cannot be read after line 0: incorrect header check'],
    ['BTCUSDT_m.csv.gz', gzipSync(good).subarray(0, 40), 'unexpected end of file'],
  ])('%s is refused with its place', async (name, content, says) => {
    const { fault } = await readAll(file(name, content))
    expect(fault).toContain(name)
    expect(fault).toContain(says)
  })
  test('that is not there is named', async () => {
    const { fault } = await readAll(join(folder, 'BTCUSDT_none.csv'))
    expect(fault).toContain('BTCUSDT_none.csv')
    expect(fault).toContain('ENOENT')
  })
})

const recordings =
  process.env['DAYBOOK_RECORDINGS'] ?? join(import.meta.dirname, '../../../shared/data')
describe.skipIf(!existsSync(join(recordings, 'trades')))('the recordings at hand', () => {
  const trades = join(recordings, 'trades')
  const names = existsSync(trades)
    ? readdirSync(trades).filter((name) => name.includes('trades'))
    : []
  /** Symbol, rows without the header, less the insurance fund's one print, and the first and the last id. */
  const whole: Readonly<Record<string, readonly [string, number, string, string]>> = {
    'binance-coinm_BTCUSD_PERP_trades_20240808-0809.csv.gz': [
      'BTC/USD:BTC',
      5_235,
      '849714402',
      '849719636',
    ],
    'binance-spot_BTCUSDT_trades_20210108.csv.gz': ['BTC/USDT', 2_001, '553287559', '553289559'],
    'binance-spot_BTCUSDT_trades_20230405.csv.gz': ['BTC/USDT', 3_144, '3071245454', '3071248597'],
    'binance-spot_BTCUSDT_trades_20240808-0809.csv.gz': [
      'BTC/USDT',
      19_904,
      '3735683259',
      '3735703162',
    ],
    'binance-usdm_BTCUSDT_trades_20230404-0405.csv.gz': [
      'BTC/USDT:USDT',
      12_934,
      '3535186032',
      '3535198966',
    ],
    'binance-usdm_BTCUSDT_trades_20240718-0719.csv.gz': [
      'BTC/USDT:USDT',
      10_701,
      '5182005737',
      '5182016437',
    ],
    'binance-usdm_BTCUSDT_trades_20240808.csv.gz': [
      'BTC/USDT:USDT',
      21_313,
      '5266583935',
      '5266605247',
    ],
    'binance-usdm_ETHUSDT_trades_20240808.csv.gz': [
      'ETH/USDT:USDT',
      14_076,
      '4308068523',
      '4308082598',
    ],
    'freqtrade_ETHUSDT_public-trades_20230202.csv.gz': [
      'ETH/USDT',
      1_000,
      '1206419187',
      '1206420186',
    ],
    'kraken_XBTUSDT_trades_20251110.csv.gz': ['BTC/USDT', 1_000, '10218208', '10219207'],
  }
  test('are those that are checked here', () => {
    expect(names.toSorted()).toStrictEqual(Object.keys(whole).toSorted())
  })
  test.each(Object.entries(whole))('%s is read whole and in order', async (name, expected) => {
    const { symbol, trades: read, fault } = await readAll(join(trades, name))
    expect(fault).toBeUndefined()
    const ids = read.map((trade) => Number(trade.tradeId))
    expect(ids.every((id, index) => index === 0 || id > (ids[index - 1] ?? Infinity))).toBe(true)
    const { length } = read
    expect([symbol, length, read[0]?.tradeId, read.at(-1)?.tradeId]).toStrictEqual(expected)
    // The clock of a venue may stand, but does not go back.
    const times = read.map((trade) => trade.venueAt)
    expect(times).toStrictEqual(times.toSorted((a, b) => a - b))
  })
  test('a file of quotes is refused', async () => {
    const { fault } = await readAll(join(trades, 'binance-spot_BTCUSDT_quotes_20210108.csv.gz'))
    expect(fault).toContain('has no column price: its columns are ts_ms, bid, bid_size')
  })
})
