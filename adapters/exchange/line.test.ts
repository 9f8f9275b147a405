import { once } from 'node:events'
import { afterEach, describe, expect, test } from 'vitest'
import { binance } from './binance.ts'
import { coinbase } from './coinbase.ts'
import { kraken } from './kraken.ts'
import { type Connection, listenTo, openVenue } from './testing/double.ts'
import { binanceTrade, coinbaseTicker, match } from './testing/shown.ts'

const open: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close()
})
const venueWith = async (options: Parameters<typeof openVenue>[0] = {}) => {
  const venue = await openVenue(options)
  open.push(venue.close)
  return venue
}
const listening = (...of: Parameters<typeof listenTo>) => {
  const made = listenTo(...of)
  open.push(made.stop)
  return made
}

const acknowledged = { result: null, id: 1 }
const trade = (number: number, s = 'BTCUSDT') => ({
  stream: `${s.toLowerCase()}@trade`,
  data: { ...binanceTrade, s, t: number },
})
const both = ['BTC/USDT', 'ETH/USDT']
/** Answers at once, as Binance does. */
const greet = (to: Connection): void => to.say(acknowledged)

describe('a subscription', () => {
  test('is asked for all at once, and stands step by step', async () => {
    const venue = await venueWith()
    const { standings, until, ticks } = listening(binance, venue.url, both)
    const connection = await venue.connection(1)
    await connection.untilAsked(1)
    expect(connection.asked.map((text) => JSON.parse(text) as unknown)).toStrictEqual([
      {
        method: 'SUBSCRIBE',
        params: ['btcusdt@trade', 'btcusdt@bookTicker', 'ethusdt@trade', 'ethusdt@bookTicker'],
        id: 1,
      },
    ])
    connection.say(acknowledged, trade(7), trade(3, 'ETHUSDT'))
    await until(() => ticks.length === 2)
    expect(standings).toStrictEqual([
      { state: 'waiting', detail: 'connecting to binance' },
      { state: 'waiting', detail: 'binance has not acknowledged BTC/USDT, ETH/USDT yet' },
      { state: 'waiting', detail: 'no tick of BTC/USDT, ETH/USDT yet' },
      { state: 'waiting', detail: 'no tick of ETH/USDT yet' },
      { state: 'ready' },
    ])
    const [first, second] = ticks
    expect([first?.symbol, second?.symbol]).toStrictEqual(both)
    expect(first?.receivedAt).toBeLessThan(second?.receivedAt ?? 0)
  })
  test('at Coinbase is one for each product, trades before quotes', async () => {
    const venue = await venueWith()
    listening(coinbase, venue.url, ['BTC/USD'])
    const connection = await venue.connection(1)
    await connection.untilAsked(2)
    expect(connection.asked.map((text) => JSON.parse(text) as unknown)).toStrictEqual([
      { type: 'subscribe', product_ids: ['BTC-USD'], channels: ['matches'] },
      { type: 'subscribe', product_ids: ['BTC-USD'], channels: ['ticker', 'heartbeat'] },
    ])
  })
  test('at Kraken is one for each channel, without the trades of before', async () => {
    const venue = await venueWith()
    listening(kraken, venue.url, ['BTC/USD', 'ETH/USD'])
    const connection = await venue.connection(1)
    await connection.untilAsked(2)
    const symbol = ['BTC/USD', 'ETH/USD']
    expect(connection.asked.map((text) => JSON.parse(text) as unknown)).toStrictEqual([
      { method: 'subscribe', params: { channel: 'trade', symbol, snapshot: false } },
      { method: 'subscribe', params: { channel: 'ticker', symbol, event_trigger: 'bbo' } },
    ])
  })
  test('that is answered by nothing is an error, and another line is tried', async () => {
    const venue = await venueWith()
    const { notices, standings, until } = listening(binance, venue.url, both, {
      timings: { acknowledgeMsMax: 20 },
    })
    await venue.connection(2)
    await until(() => standings.some(({ detail }) => detail?.includes('was lost')))
    expect(notices.filter(({ type }) => type !== 'opened').slice(0, 2)).toStrictEqual([
      { type: 'unacknowledged', symbols: both },
      { type: 'lost', detail: 'nothing was acknowledged within 20 ms', retryMs: 500 },
    ])
    const details = standings.map(({ detail }) => detail)
    expect(details).toContain('binance has not acknowledged BTC/USDT, ETH/USDT')
    expect(details).toContain(
      'the line to binance was lost: nothing was acknowledged within 20 ms; it is opened again',
    )
  })
  test('of which only a part is answered in time names the rest, which may come late', async () => {
    const venue = await venueWith()
    const { notices, standings, ticks, until } = listening(
      coinbase,
      venue.url,
      ['BTC/USD', 'ETH/USD'],
      { timings: { acknowledgeMsMax: 200 } },
    )
    const channels = (...product_ids: readonly string[]) => ({
      type: 'subscriptions',
      channels: ['matches', 'ticker', 'heartbeat'].map((name) => ({ name, product_ids })),
    })
    const connection = await venue.connection(1)
    connection.say(channels('BTC-USD'), { ...coinbaseTicker, product_id: 'BTC-USD' })
    await until(() => notices.some(({ type }) => type === 'unacknowledged'))
    expect(notices.at(-1)).toStrictEqual({ type: 'unacknowledged', symbols: ['ETH/USD'] })
    expect(standings.at(-1)).toStrictEqual({
      state: 'ready',
      detail: 'coinbase has not acknowledged ETH/USD',
    })
    connection.say(channels('BTC-USD', 'ETH-USD'), { ...match, product_id: 'ETH-USD' })
    await until(() => ticks.length === 2)
    expect(standings.at(-1)).toStrictEqual({ state: 'ready' })
    expect(venue.connections).toHaveLength(1)
  })
  test('that is refused says so in the venue’s own words, and the others go on', async () => {
    const error = 'Currency pair not supported FOO/USD'
    const venue = await venueWith()
    const { notices, standings, ticks, until } = listening(kraken, venue.url, [
      'BTC/USD',
      'FOO/USD',
    ])
    const connection = await venue.connection(1)
    connection.say(
      { method: 'subscribe', success: false, error, symbol: 'FOO/USD' },
      ...['trade', 'ticker'].map((channel) => ({
        method: 'subscribe',
        success: true,
        result: { channel, symbol: 'BTC/USD' },
      })),
      '{"channel":"ticker","type":"update","data":[{"symbol":"BTC/USD","bid":1,"bid_qty":1,' +
        '"ask":2,"ask_qty":0}]}',
    )
    await until(() => ticks.length === 1)
    expect(notices[1]).toStrictEqual({ type: 'refused', symbols: ['FOO/USD'], words: error })
    expect(standings.at(-1)?.detail).toBe(`kraken refuses FOO/USD: ${error}`)
    // It is listed a little later, and the venue says so.
    for (const channel of ['trade', 'ticker']) {
      const result = { channel, symbol: 'FOO/USD' }
      connection.say({ method: 'subscribe', success: true, result })
    }
    await until(() => standings.at(-1)?.detail === 'no tick of FOO/USD yet')
  })
  test('that a venue acknowledges though it knows no such market is told after its time', async () => {
    const venue = await venueWith({ greet })
    const { standings, until } = listening(binance, venue.url, both, {
      timings: { acknowledgeMsMax: 200 },
    })
    const connection = await venue.connection(1)
    connection.say(trade(1))
    await until(() => standings.at(-1)?.state === 'ready')
    expect(standings.at(-1)?.detail).toBe(
      'no tick of ETH/USDT yet: perhaps binance does not list it under this name',
    )
  })
})

describe('a line', () => {
  test('on which pings are answered and nothing else is heard is stale', async () => {
    const venue = await venueWith({ greet })
    const { notices, standings, until } = listening(binance, venue.url, both, {
      timings: { staleMsMax: 60 },
    })
    await until(() => notices.some(({ type }) => type === 'lost'))
    const detail = 'no trade and no quote for 60 ms, though it answers'
    expect(notices.at(-1)).toMatchObject({ type: 'lost', detail })
    expect(standings.at(-1)).toStrictEqual({
      state: 'waiting',
      detail: `the line to binance was lost: ${detail}; it is opened again`,
    })
    await venue.connection(2)
  })
  test('on which ticks are heard is not stale, however long it is', async () => {
    const venue = await venueWith({ greet })
    const { ticks, until } = listening(binance, venue.url, both, { timings: { staleMsMax: 800 } })
    const connection = await venue.connection(1)
    // A hundred pings take longer than it may be silent.
    for (let ping = 1; ping <= 100; ping += 1) {
      await once(connection.socket, 'ping')
      connection.say(trade(ping))
    }
    await until(() => ticks.length === 100)
    expect(venue.connections).toHaveLength(1)
  })
  test('on which only pings are answered is not given up for silence', async () => {
    const venue = await venueWith()
    const { waits } = listening(binance, venue.url, both, { timings: { silentMsMax: 300 } })
    const { socket } = await venue.connection(1)
    for (let ping = 1; ping <= 60; ping += 1) await once(socket, 'ping')
    expect([venue.connections.length, waits]).toStrictEqual([1, []])
  })
  test('on which not even pings are answered is given up', async () => {
    const venue = await venueWith({ autoPong: false })
    const { notices, until } = listening(binance, venue.url, both, {
      timings: { silentMsMax: 50 },
    })
    await until(() => notices.some(({ type }) => type === 'lost'))
    expect(notices.at(-1)).toMatchObject({ detail: 'nothing was heard for 50 ms' })
  })
  test('answers the venue’s pings with their own words', async () => {
    const venue = await venueWith()
    listening(binance, venue.url, both)
    const { socket } = await venue.connection(1)
    socket.ping('1700000000')
    const [payload] = (await once(socket, 'pong')) as [Buffer]
    expect(payload.toString()).toBe('1700000000')
  })
  test('cut in the middle of a frame tells nothing of it, and what comes next', async () => {
    const venue = await venueWith({ greet })
    const { ticks, notices, until } = listening(binance, venue.url, both)
    const first = await venue.connection(1)
    first.say(trade(1))
    await until(() => ticks.length === 1)
    first.cutWithin(trade(2))
    const second = await venue.connection(2)
    second.say(trade(3))
    await until(() => ticks.length === 2)
    expect(ticks.map((tick) => 'tradeId' in tick && tick.tradeId)).toStrictEqual(['1', '3'])
    expect(notices).toContainEqual({ type: 'gap', symbol: 'BTC/USDT', missed: 1 })
  })
  test('that the venue closes, or says it will, is opened again and subscribed anew', async () => {
    const venue = await venueWith({ greet })
    const { notices, standings, ticks, until } = listening(binance, venue.url, both)
    const first = await venue.connection(1)
    first.say(trade(1), trade(1, 'ETHUSDT'))
    await until(() => ticks.length === 2)
    first.socket.close(1008, 'disconnected after 24 h')
    ;(await venue.connection(2)).say({ e: 'serverShutdown', E: 1 })
    const third = await venue.connection(3)
    await third.untilAsked(1)
    await until(() => standings.at(-1)?.detail === 'no tick of BTC/USDT, ETH/USDT yet')
    await until(() => notices.filter(({ type }) => type === 'opened').length === 3)
    expect(notices.flatMap((notice) => (notice.type === 'lost' ? [notice.detail] : []))).toEqual([
      'closed with 1008 disconnected after 24 h',
      'serverShutdown',
    ])
  })
  test('takes its answers with it: what was acknowledged on it is asked for anew', async () => {
    let greeted = 0
    const venue = await venueWith({
      greet: (to) => {
        greeted += 1
        if (greeted === 1) greet(to)
      },
    })
    const { standings, until } = listening(binance, venue.url, both)
    const first = await venue.connection(1)
    await until(() => standings.at(-1)?.detail === 'no tick of BTC/USDT, ETH/USDT yet')
    first.cut()
    await venue.connection(2)
    const unanswered = 'binance has not acknowledged BTC/USDT, ETH/USDT yet'
    await until(() => standings.at(-1)?.detail === unanswered)
  })
  test('goes on after frames that are not sound, which it names', async () => {
    const venue = await venueWith({ greet })
    const { ticks, notices, until } = listening(binance, venue.url, both)
    const connection = await venue.connection(1)
    connection.say('{"stream":"btcusdt@trade","da', trade(1, 'XRPUSDT'))
    connection.socket.send(Buffer.from([1, 2, 3]))
    const wrong = trade(1)
    connection.say({ ...wrong, data: { ...wrong.data, p: '1e400' } }, trade(1))
    await until(() => ticks.length === 1)
    expect(notices.map((notice) => (notice.type === 'malformed' ? notice.kind : ''))).toStrictEqual(
      ['', 'not a frame', 'unknown market', 'binary', 'price: not a decimal'],
    )
    expect(venue.connections).toHaveLength(1)
  })
  test('to nowhere says where, why, and that it is tried again', async () => {
    const venue = await openVenue()
    await venue.close()
    const { standings, until } = listening(binance, venue.url, both)
    await until(() => standings.length === 2)
    const { host } = new URL(venue.url)
    expect(standings[1]).toStrictEqual({
      state: 'waiting',
      detail: `binance cannot be reached at ${venue.url}: connect ECONNREFUSED ${host}; it is tried again`,
    })
  })
  test('to a name with several addresses says why of each', async () => {
    const venue = await openVenue()
    await venue.close()
    const url = venue.url.replace('127.0.0.1', 'localhost')
    const { notices, until } = listening(binance, url, both)
    await until(() => notices.length === 1)
    expect(notices[0]).toMatchObject({ detail: expect.stringContaining('ECONNREFUSED') as unknown })
  })
  test('stops at once, whatever it is doing', async () => {
    const venue = await venueWith({ greet })
    const heard = listening(binance, venue.url, both)
    const { socket } = await venue.connection(1)
    const gone = once(socket, 'close')
    await heard.stop()
    await gone
    // While it connects.
    await listening(binance, venue.url, both).stop()
    // To one that never says goodbye.
    const deaf = listening(binance, venue.url, both)
    const connection = await venue.connection(2)
    connection.socket.pause()
    await deaf.stop()
  })
})
