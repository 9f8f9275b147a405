import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openVenue } from '#adapters/exchange/testing/double'
import { hubTickFeed } from '#adapters/feed/client'
import { killAll, startApp } from '#apps/testing/app-process'
import type { HubFrame } from '#schemas/market/tick'

let folder: string
const open: (() => Promise<void>)[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'daybook-listened-'))
})
afterEach(async () => {
  await killAll()
  for (const close of open.splice(0).toReversed()) await close()
  rmSync(folder, { recursive: true })
})

const start = (environment: Readonly<Record<string, string>>) =>
  startApp('market-data', {
    DAYBOOK_HUB: 'ws://127.0.0.1:0',
    DAYBOOK_DATA: folder,
    ...environment,
  })
const field = (line: string, name: string): string =>
  String((JSON.parse(line) as Readonly<Record<string, unknown>>)[name])
const asker = (line: string) => {
  const at = `http://127.0.0.1:${field(line, 'healthPort')}`
  return {
    ready: async () => {
      const reply = await fetch(`${at}/readyz`, { signal: AbortSignal.timeout(5_000) })
      const { detail } = (await reply.json()) as { readonly detail?: string }
      return [reply.status, detail]
    },
    metrics: async () =>
      (await fetch(`${at}/metrics`, { signal: AbortSignal.timeout(5_000) })).text(),
  }
}

const acknowledged = (symbol: string) =>
  ['trade', 'ticker'].map((channel) => ({
    method: 'subscribe',
    success: true,
    result: { channel, symbol },
  }))
const trade = (number: number): string =>
  '{"channel":"trade","type":"update","data":[{"symbol":"BTC/USD","side":"buy","price":' +
  `105944.20000001,"qty":0.00027625,"ord_type":"limit","trade_id":${String(number)},` +
  '"timestamp":"2023-10-06T17:35:55.440295Z"}]}'
const ticker =
  '{"channel":"ticker","type":"update","data":[{"symbol":"BTC/USD","bid":105944.1,' +
  '"bid_qty":2.5,"ask":105944.3,"ask_qty":3.2}]}'

test('the prices of a venue are told, and it is said when they are not to be had', async () => {
  const venue = await openVenue()
  open.push(venue.close)
  const app = start({
    DAYBOOK_MARKET: 'kraken',
    DAYBOOK_MARKET_URL: `${venue.url}/v2`,
    DAYBOOK_SYMBOLS: 'BTC/USD',
  })
  const { ready, metrics } = asker(await app.logs('healthPort'))
  const telling = await app.logs('telling ticks')
  const first = await venue.connection(1)
  await app.logs('kraken has not acknowledged BTC/USD yet')
  expect(await ready()).toStrictEqual([503, 'kraken has not acknowledged BTC/USD yet'])

  const feed = hubTickFeed(field(telling, 'hub'))
  open.push(feed.close)
  const heard: HubFrame[] = []
  let wake = (): void => undefined
  feed.listen((frame) => {
    heard.push(frame)
    wake()
  })
  const until = async (count: number): Promise<void> => {
    while (heard.length < count) {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }
  first.say(...acknowledged('BTC/USD'), 'nonsense', trade(7), ticker)
  await until(3)
  expect(heard).toMatchObject([
    { type: 'welcome', source: `kraken at ${venue.url}/v2`, symbols: ['BTC/USD'] },
    { type: 'trade', symbol: 'BTC/USD', tradeId: '7', price: 105_944_200_000_010_000_000_000n },
    { type: 'quote', symbol: 'BTC/USD', bid: 105_944_100_000_000_000_000_000n },
  ])
  expect(await ready()).toStrictEqual([200, undefined])

  first.cut()
  await app.logs('"state":"waiting"', 'the line to kraken was lost')
  expect((await ready())[0]).toBe(503)
  const second = await venue.connection(2)
  second.say(...acknowledged('BTC/USD'), trade(10))
  await until(4)
  await app.logs('"missed":2')
  expect(await ready()).toStrictEqual([200, undefined])
  const measured = await metrics()
  for (const line of [
    'daybook_market_ticks_total{source="kraken",type="trade"} 2',
    'daybook_market_ticks_total{source="kraken",type="quote"} 1',
    'daybook_market_reconnects_total 1',
    'daybook_market_gaps_total{symbol="BTC/USD"} 1',
    'daybook_market_missed_trades_total{symbol="BTC/USD"} 2',
    'daybook_market_malformed_total{kind="not a frame"} 1',
    'daybook_market_last_tick_age_seconds{symbol="BTC/USD"} 0.',
  ]) {
    expect(measured).toContain(line)
  }
  app.kill('SIGTERM')
  expect(await app.ended).toStrictEqual([0, null])
})

test('a venue that cannot be reached is said and tried again, and the app stays', async () => {
  const venue = await openVenue()
  await venue.close()
  const app = start({ DAYBOOK_MARKET: 'coinbase', DAYBOOK_MARKET_URL: venue.url })
  const { ready } = asker(await app.logs('healthPort'))
  const said = `coinbase cannot be reached at ${venue.url}/: connect ECONNREFUSED`
  await app.logs('"state":"waiting"', said)
  const [status, detail] = await ready()
  expect([status, detail]).toStrictEqual([503, expect.stringContaining(said)])
  app.kill('SIGTERM')
  expect(await app.ended).toStrictEqual([0, null])
})

test.each([
  [
    { DAYBOOK_MARKET: 'binance', DAYBOOK_SYMBOLS: 'BTC/USDT:USDT' },
    'binance is heard on its spot markets, and BTC/USDT:USDT is none: set DAYBOOK_SYMBOLS to symbols such as',
  ],
  [
    { DAYBOOK_MARKET_URL: 'wss://example.org' },
    'DAYBOOK_MARKET_URL is the address of a venue: leave it out, or set DAYBOOK_MARKET to coinbase',
  ],
  [
    { DAYBOOK_MARKET: 'kraken', DAYBOOK_MARKET_URL: 'https://example.org' },
    "DAYBOOK_MARKET_URL is not usable: set it to another address of the venue's public socket",
  ],
])('%j is refused, with 2, and what to set instead', async (environment, says) => {
  const app = start(environment)
  expect(await app.ended).toStrictEqual([2, null])
  expect(app.complained()).toContain(says)
})
