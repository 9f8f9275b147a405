import { describe, expect, test } from 'vitest'
import { binance } from './binance.ts'
import { coinbase } from './coinbase.ts'
import { kraken } from './kraken.ts'
import { krakenV1 } from './kraken-v1.ts'
import { binanceTrade, bookTicker, coinbaseTicker, decoded, match } from './testing/shown.ts'

describe('coinbase', () => {
  const says = (frame: unknown) => decoded(coinbase, frame)
  test('a match: the side is the maker’s, so the other one crossed the spread', () => {
    expect(says(match)).toStrictEqual([
      'trade SKL-BTC 280232 280232 0.00001305 985 buy 2021-04-17T16:43:37.089723Z',
    ])
    expect(says({ ...match, side: 'buy' })[0]).toContain(' sell ')
  })
  test('a ticker is the best bid and ask, with sizes where it has them', () => {
    const { best_bid_size, best_ask_size, ...old } = coinbaseTicker
    expect([best_bid_size, best_ask_size]).toStrictEqual(['0.46688654', '1.56637040'])
    expect(says(coinbaseTicker)).toStrictEqual([
      'quote BTC-USD 177100030 1285.04 0.46688654 1285.27 1.5663704 2022-10-19T23:28:22.061769Z',
    ])
    expect(says(old)[0]).toContain('1285.04 0 1285.27 0')
  })
  test('what was traded before, and what must come, are numbers and no trades', () => {
    expect(says({ ...match, type: 'last_match' })).toStrictEqual(['before SKL-BTC 280232'])
    const heartbeat = { type: 'heartbeat', sequence: 90, last_trade_id: 20, product_id: 'BTC-USD' }
    expect(says(heartbeat)).toStrictEqual(['promised BTC-USD 20'])
  })
  test('acknowledges channel by channel and product by product', () => {
    const channels = [
      { name: 'ticker', product_ids: ['BTC-USD'] },
      { name: 'matches', product_ids: ['BTC-USD', 'ETH-USD'] },
    ]
    expect(says({ type: 'subscriptions', channels })).toStrictEqual([
      'acknowledged ticker BTC-USD',
      'acknowledged matches BTC-USD',
      'acknowledged matches ETH-USD',
    ])
  })
  test('refuses in its own words, with the product where they name it', () => {
    const reason = 'GIBBERISH-USD is not a valid product'
    expect(says({ type: 'error', message: 'Failed to subscribe', reason })).toStrictEqual([
      `refused Failed to subscribe: ${reason} GIBBERISH-USD`,
    ])
    expect(says({ type: 'error', message: 'rate limit exceeded' })).toStrictEqual([
      'refused rate limit exceeded',
    ])
  })
  test('a type that is not known is let go by', () => {
    expect(says({ type: 'l2update', product_id: 'BTC-USD', changes: [] })).toStrictEqual([])
  })
})

describe('binance', () => {
  const says = (frame: unknown) => decoded(binance, frame)
  const streamed = (stream: string, data: object) => says({ stream, data })
  test('a trade: where the buyer is the maker, a seller crossed the spread', () => {
    expect(streamed('btcusdt@trade', binanceTrade)).toStrictEqual([
      'trade BTCUSDT 3735683259 3735683259 61837.63 0.02 sell 2024-08-08T23:54:15.342Z',
    ])
    expect(streamed('btcusdt@trade', { ...binanceTrade, m: false })[0]).toContain(' buy ')
  })
  test('a spot quote has no time and no name, a futures quote both', () => {
    expect(streamed('btcusdt@bookTicker', bookTicker)).toStrictEqual([
      'quote BTCUSDT 50093239212 61837.63 3.78826 61837.64 1.54698 -',
    ])
    const futures = { ...bookTicker, e: 'bookTicker', T: 1680652700430 }
    expect(streamed('btcusdt@bookTicker', futures)[0]).toContain('2023-04-04T23:58:20.43Z')
    const finer = { ...futures, T: 1680652700430123 }
    expect(streamed('btcusdt@bookTicker', finer)[0]).toContain('2023-04-04T23:58:20.430123Z')
  })
  test.each(['INSURANCE_FUND', 'ADL', 'NA'])('a print of its own (%s) is not a trade', (X) => {
    const data = { ...binanceTrade, X }
    expect(streamed('btcusdt@trade', data)).toStrictEqual([
      `administrative BTCUSDT 3735683259 ${X}`,
    ])
    expect(streamed('btcusdt@trade', { ...data, X: 'MARKET' })[0]).toContain('trade BTCUSDT')
  })
  test('acknowledges without saying what, and refuses in its own words', () => {
    expect(says({ result: null, id: 1 })).toStrictEqual(['acknowledged'])
    const error = { code: 2, msg: 'Invalid request: too many parameters' }
    const words = 'refused 2 Invalid request: too many parameters'
    expect(says({ ...error, id: 1 })).toStrictEqual([words])
    expect(says({ error, id: 1 })).toStrictEqual([words])
  })
  test('says that it is about to close', () => {
    expect(streamed('', { e: 'serverShutdown', E: 1 })).toStrictEqual(['closing serverShutdown'])
    expect(says({ e: 'serverShutdown', E: 1 })).toStrictEqual(['closing serverShutdown'])
  })
  test('other streams are let go by', () => {
    expect(streamed('btcusdt@depth@100ms', { e: 'depthUpdate', b: [], a: [] })).toStrictEqual([])
  })
})

describe('kraken', () => {
  const says = (frame: unknown) => decoded(kraken, frame)
  const trades =
    '{"channel":"trade","type":"update","data":[{"symbol":"BTC/USD","side":"buy",' +
    '"price":105944.2,"qty":0.00027625,"ord_type":"limit","trade_id":10218208,' +
    '"timestamp":"2023-10-06T17:35:55.440295Z"},{"symbol":"BTC/USD","side":"sell",' +
    '"price":105910.500000000000000001,"qty":1e-05,"ord_type":"market","trade_id":10218209,' +
    '"timestamp":"2023-10-06T17:35:56.123456789Z"}]}'
  test('trades keep every digit of their numbers', () => {
    expect(says(trades)).toStrictEqual([
      'trade BTC/USD 10218208 10218208 105944.2 0.00027625 buy 2023-10-06T17:35:55.440295Z',
      'trade BTC/USD 10218209 10218209 105910.500000000000000001 0.00001 sell ' +
        '2023-10-06T17:35:56.123456Z',
    ])
  })
  test('one trade that cannot be read does not take the other with it', () => {
    expect(says(trades.replace('105944.2', '-1'))).toStrictEqual([
      'malformed price: not above 0',
      expect.stringContaining('trade BTC/USD 10218209'),
    ])
  })
  test('trades of before are not told', () => {
    expect(says(trades.replace('update', 'snapshot'))).toStrictEqual([])
  })
  test('a ticker, snapshot or update, is a quote', () => {
    const ticker =
      '{"channel":"ticker","type":"snapshot","data":[{"symbol":"BTC/USD","bid":105944.2,' +
      '"bid_qty":2.5,"ask":105944.3,"ask_qty":3.2,"last":105899.4}]}'
    expect(says(ticker)).toStrictEqual(['quote BTC/USD - 105944.2 2.5 105944.3 3.2 -'])
  })
  test('acknowledges, refuses, and says when it is not open for trading', () => {
    const result = { channel: 'ticker', symbol: 'BTC/USD', snapshot: true }
    expect(says({ method: 'subscribe', result, success: true })).toStrictEqual([
      'acknowledged ticker BTC/USD',
    ])
    const error = 'Currency pair not supported FOO/USD'
    const refused = ['refused Currency pair not supported FOO/USD FOO/USD']
    expect(says({ method: 'subscribe', error, success: false })).toStrictEqual(refused)
    expect(
      says({ method: 'subscribe', error, success: false, symbol: 'FOO/USD' }).map((line) =>
        line.split(' ').toSorted().join(),
      ),
    ).toStrictEqual(refused.map((line) => line.split(' ').toSorted().join()))
    expect(says({ error: 'Malformed request', success: false })).toStrictEqual([
      'refused Malformed request',
    ])
    const status = (system: string) => ({ channel: 'status', data: [{ system }] })
    expect(says(status('maintenance'))).toStrictEqual(['notice maintenance'])
    expect(says(status('online'))).toStrictEqual([])
    expect(says({ channel: 'heartbeat' })).toStrictEqual([])
  })
})

describe('kraken, the protocol before', () => {
  const says = (frame: unknown) => decoded(krakenV1, frame)
  const row = ['354.04000000', '0.28245396', '1618678150.826417', 's', 'm', '']
  test('trades have no numbers, and are told apart by their times', () => {
    const frame = [993, [row, [...row.slice(0, 3), 'b', 'l', '']], 'trade', 'XMR/USD']
    expect(says(frame)).toStrictEqual([
      'trade XMR/USD 1618678150.826417 1618678150826417 354.04 0.28245396 sell ' +
        '2021-04-17T16:49:10.826417Z',
      'trade XMR/USD 1618678150.826417.2 1618678150826417 354.04 0.28245396 buy ' +
        '2021-04-17T16:49:10.826417Z',
    ])
  })
  test('the last fifty trades at once are those of before', () => {
    const fifty = [993, Array.from({ length: 50 }, () => row), 'trade', 'XMR/USD']
    expect(says(fifty)).toStrictEqual(['notice 50 trades of XMR/USD at once are not told'])
  })
  test('a ticker is a quote', () => {
    const sides = { a: ['13.2539', 35, '35.72892241'], b: ['13.2329', 185, '185.18432037'] }
    expect(says([1668, sides, 'ticker', 'WAVES/EUR'])).toStrictEqual([
      'quote WAVES/EUR - 13.2329 185.18432037 13.2539 35.72892241 -',
    ])
  })
  test('acknowledges and refuses', () => {
    const answer = { event: 'subscriptionStatus', channelName: 'trade', pair: 'XBT/USD' }
    expect(says({ ...answer, status: 'subscribed' })).toStrictEqual(['acknowledged trade XBT/USD'])
    const errorMessage = 'Currency pair not supported XBT/FOO'
    expect(says({ ...answer, status: 'error', pair: 'XBT/FOO', errorMessage })).toStrictEqual([
      'refused Currency pair not supported XBT/FOO XBT/FOO',
    ])
    expect(says({ event: 'heartbeat' })).toStrictEqual([])
    expect(says({ event: 'systemStatus', status: 'cancel_only' })).toStrictEqual([
      'notice cancel_only',
    ])
  })
  test('the old names of assets are ours again', () => {
    const symbols = krakenV1.symbols.map((symbol) => krakenV1.codeOf(symbol))
    expect(symbols).toStrictEqual(['XBT/USD', 'ETH/USD', 'XBT/USDT', 'ETH/USDT', 'USDT/USD'])
  })
})
