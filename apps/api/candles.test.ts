import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { eth, later, noon, quoteNumber, tradeNumber } from '#adapters/testing/ticks'
import { type KeptFeed, memoryTickViews } from '#apps/api/testing/ticks'
import { ledgerWith } from '#apps/api/testing/with-ledger'
import { CandleList, TickList } from '#schemas/api/market'
import type { Price, Quantity } from '#schemas/values/decimal'
import type { MarketSymbol } from '#schemas/values/ids'
import { formatInstant, type Instant } from '#schemas/values/instant'

const one = 10n ** 18n
const now = (instant: Instant) => ({ now: () => instant, monotonicMs: () => performance.now() })
const tradesAt = (...seconds: readonly number[]): KeptFeed['ticks'] => {
  const [first = 0, ...rest] = seconds
  return [tradeNumber(first), ...rest.map((n) => tradeNumber(n))]
}
const ledgerOf = (kept: readonly KeptFeed[], instant: Instant = later(3_600)) =>
  ledgerWith({ tickViews: memoryTickViews(kept), clock: now(instant) })
const dataOf = (told: { readonly body: Readonly<Record<string, unknown>> }) =>
  told.body['data'] as readonly Readonly<Record<string, unknown>>[]
const starts = (told: { readonly body: Readonly<Record<string, unknown>> }) =>
  dataOf(told).map(({ startAt }) => String(startAt).slice(11, -1))
const problem = (told: {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}) => {
  const errors = (told.body['errors'] ?? []) as readonly { readonly pointer: string }[]
  return [told.status, told.body['code'], ...errors.map(({ pointer }) => pointer)]
}

describe('GET /v1/candles', () => {
  test('shows what was traded, newest first, in decimal strings', async () => {
    const ledger = await ledgerOf([{ source: 'coinbase', ticks: tradesAt(1, 2, 3, 61) }])
    const told = await ledger.send('/v1/candles?symbol=BTC/USDT&interval=1m')
    expect(told.status).toBe(200)
    expect(CandleList.is(told.body)).toBe(true)
    expect(told.body['hasMore']).toBe(false)
    expect(dataOf(told)).toStrictEqual([
      {
        id: '2026-11-20T12:01:00Z',
        symbol: 'BTC/USDT',
        source: 'coinbase',
        interval: '1m',
        startAt: '2026-11-20T12:01:00Z',
        endAt: '2026-11-20T12:02:00Z',
        open: '161',
        high: '161',
        low: '161',
        close: '161',
        volume: '1',
        quoteVolume: '161',
        trades: 1,
        closed: true,
        complete: true,
      },
      {
        id: '2026-11-20T12:00:00Z',
        symbol: 'BTC/USDT',
        source: 'coinbase',
        interval: '1m',
        startAt: '2026-11-20T12:00:00Z',
        endAt: '2026-11-20T12:01:00Z',
        open: '101',
        high: '103',
        low: '101',
        close: '103',
        volume: '3',
        quoteVolume: '306',
        trades: 3,
        closed: true,
        complete: true,
      },
    ])
  })
  test.each(['1s', '5s', '15s', '1m', '5m', '15m', '1h', '4h', '1d'])('by %s', async (interval) => {
    const ledger = await ledgerOf([{ source: 'coinbase', ticks: tradesAt(1, 100_000) }])
    const told = await ledger.send(`/v1/candles?symbol=BTC/USDT&interval=${interval}`)
    expect(dataOf(told).map((candle) => candle['trades'])).toStrictEqual([1, 1])
  })
  test('marks the candle under way, by the clock of the market', async () => {
    const closed = async (heard: number, instant: Instant) => {
      const ticks: KeptFeed['ticks'] = [
        tradeNumber(1),
        // A recording of years ago, heard now.
        tradeNumber(heard, { receivedAt: later(1_000_000) }),
      ]
      const ledger = await ledgerOf([{ source: 'replay:a.csv', ticks }], instant)
      const told = await ledger.send('/v1/candles?symbol=BTC/USDT&interval=1m')
      return dataOf(told).map((candle) => candle['closed'])
    }
    expect(await closed(61, later(1_000_000))).toStrictEqual([false, true])
    expect(await closed(61, later(1_000_058.9))).toStrictEqual([false, true])
    expect(await closed(61, later(1_000_059))).toStrictEqual([true, true])
  })
  test('says where ticks are missing', async () => {
    const gaps = [{ first: later(58), last: later(59), reason: 'overflow', ticks: 3 }] as const
    const ledger = await ledgerOf([{ source: 'coinbase', ticks: tradesAt(1, 61, 130), gaps }])
    const told = await ledger.send('/v1/candles?symbol=BTC/USDT&interval=1m')
    expect(dataOf(told).map((candle) => candle['complete'])).toStrictEqual([true, true, false])
  })
  test('takes whole candles that begin in a stretch, page after page', async () => {
    const ledger = await ledgerOf([{ source: 'coinbase', ticks: tradesAt(1, 61, 121, 181, 241) }])
    const ask = (rest: string) => ledger.send(`/v1/candles?symbol=BTC/USDT&interval=1m&${rest}`)
    const [from, to] = [formatInstant(later(1)), formatInstant(later(181))]
    expect(starts(await ask(`from=${from}&to=${to}`))).toStrictEqual([
      '12:03:00',
      '12:02:00',
      '12:01:00',
    ])
    const first = await ask('limit=2')
    expect(starts(first)).toStrictEqual(['12:04:00', '12:03:00'])
    expect(first.body['hasMore']).toBe(true)
    const second = await ask('limit=2&startingAfter=2026-11-20T12:03:00Z')
    expect(starts(second)).toStrictEqual(['12:02:00', '12:01:00'])
    const last = await ask('limit=2&startingAfter=2026-11-20T12:01:00Z')
    expect(starts(last)).toStrictEqual(['12:00:00'])
    expect(last.body['hasMore']).toBe(false)
  })
  test('of seconds full of trades are cut where a page would be too long, and never cut through', async () => {
    const burst = (from: number, count: number) =>
      Array.from({ length: count }, (_, n) =>
        tradeNumber(n, {
          venueAt: later(from + n / 100_000),
          tradeId: `${String(from)}-${String(n)}` as never,
        }),
      )
    const ticks = [...burst(0, 12_000), ...burst(1, 12_000), ...burst(2, 30_000)]
    const ledger = await ledgerOf([
      { source: 'coinbase', ticks: ticks as unknown as KeptFeed['ticks'] },
    ])
    const ask = (rest = '') => ledger.send(`/v1/candles?symbol=BTC/USDT&interval=1s${rest}`)
    const first = await ask()
    expect(dataOf(first).map((candle) => candle['trades'])).toStrictEqual([30_000])
    expect(first.body['hasMore']).toBe(true)
    const second = await ask('&startingAfter=2026-11-20T12:00:02Z')
    expect(dataOf(second).map((candle) => candle['trades'])).toStrictEqual([12_000])
    expect(second.body['hasMore']).toBe(true)
    const third = await ask('&startingAfter=2026-11-20T12:00:01Z')
    expect(dataOf(third).map((candle) => candle['trades'])).toStrictEqual([12_000])
    expect(third.body['hasMore']).toBe(false)
  })
  test('are of the source that was heard last, or of the one that is named', async () => {
    const ledger = await ledgerOf([
      { source: 'coinbase', ticks: tradesAt(1) },
      { source: 'replay:a.csv', ticks: [tradeNumber(2, { receivedAt: later(500) })] },
      { source: 'kraken', ticks: tradesAt(3) },
    ])
    const of = async (rest: string) => {
      const told = await ledger.send(`/v1/candles?symbol=BTC/USDT&interval=1m${rest}`)
      return dataOf(told).map(({ source, open }) => [source, open])
    }
    expect(await of('')).toStrictEqual([['replay:a.csv', '102']])
    expect(await of('&source=kraken')).toStrictEqual([['kraken', '103']])
  })
  test('have no quote volume where contracts are counted', async () => {
    const symbol = 'BTC/USD:BTC' as MarketSymbol
    const ledger = await ledgerOf([{ source: 'simulated:1', ticks: [tradeNumber(1, { symbol })] }])
    const told = await ledger.send(`/v1/candles?symbol=${symbol}&interval=1m`)
    expect(dataOf(told)).toMatchObject([{ volume: '1', quoteVolume: null }])
  })
  test('of a symbol that is listed and was never heard are none', async () => {
    const ledger = await ledgerOf([])
    const candles = await ledger.send('/v1/candles?symbol=BTC/USDT&interval=1d')
    expect(candles.body).toStrictEqual({ data: [], hasMore: false })
    const ticks = await ledger.send('/v1/ticks?symbol=BTC/USDT')
    expect(ticks.body).toStrictEqual({ data: [], hasMore: false, gaps: [] })
  })
})

describe('GET /v1/ticks', () => {
  const feed: KeptFeed = {
    source: 'coinbase',
    ticks: [tradeNumber(1), quoteNumber(2), tradeNumber(3), quoteNumber(4)],
    gaps: [
      { first: later(-9), last: later(-5), reason: 'absent' },
      { first: later(2.2), last: later(2.8), reason: 'overflow', ticks: 7 },
    ],
  }
  test('shows trades and quotes as they were heard, and what is missing', async () => {
    const ledger = await ledgerOf([feed])
    const told = await ledger.send('/v1/ticks?symbol=BTC/USDT&limit=2')
    expect(told.status).toBe(200)
    expect(TickList.is(told.body)).toBe(true)
    expect(told.body).toStrictEqual({
      data: [
        {
          type: 'quote',
          id: `${String(later(4))}-${String(later(4.1))}-4`,
          symbol: 'BTC/USDT',
          source: 'coinbase',
          sequence: 4,
          venueAt: '2026-11-20T12:00:04Z',
          receivedAt: '2026-11-20T12:00:04.1Z',
          bid: '103',
          bidQuantity: '1',
          ask: '105',
          askQuantity: '2',
        },
        {
          type: 'trade',
          id: `${String(later(3))}-${String(later(3.1))}-3`,
          symbol: 'BTC/USDT',
          source: 'coinbase',
          sequence: 3,
          venueAt: '2026-11-20T12:00:03Z',
          receivedAt: '2026-11-20T12:00:03.1Z',
          tradeId: '3',
          price: '103',
          quantity: '1',
          aggressor: 'sell',
        },
      ],
      hasMore: true,
      gaps: [],
    })
  })
  test('goes on after a tick, of one type, in a stretch', async () => {
    const ledger = await ledgerOf([feed])
    const sequences = async (rest: string) =>
      dataOf(await ledger.send(`/v1/ticks?symbol=BTC/USDT&${rest}`)).map((tick) => tick['sequence'])
    const third = `${String(later(3))}-${String(later(3.1))}-3`
    expect(await sequences(`startingAfter=${third}`)).toStrictEqual([2, 1])
    expect(await sequences('type=trade')).toStrictEqual([3, 1])
    expect(await sequences('type=quote&limit=1')).toStrictEqual([4])
    const stretch = `from=${formatInstant(later(2))}&to=${formatInstant(later(3))}`
    expect(await sequences(stretch)).toStrictEqual([2])
  })
  test('tells of the holes in what it shows', async () => {
    const ledger = await ledgerOf([feed])
    const gaps = async (rest: string) =>
      (await ledger.send(`/v1/ticks?symbol=BTC/USDT&${rest}`)).body['gaps']
    const overflow = { reason: 'overflow', ticks: 7, from: '2026-11-20T12:00:02.2Z' }
    const absent = { reason: 'absent', ticks: null, to: '2026-11-20T11:59:55Z' }
    expect(await gaps('limit=3')).toMatchObject([overflow])
    expect(await gaps('')).toMatchObject([absent, overflow])
    expect(await gaps(`to=${formatInstant(later(1))}`)).toMatchObject([absent])
  })
})

describe('a question about the market that cannot be answered', () => {
  const later1 = formatInstant(later(1))
  test.each([
    ['symbol=SOL/USDT', 422, 'unknownSymbol', '/symbol'],
    ['symbol=btc', 422, 'invalid', '/symbol'],
    ['', 422, 'invalid', '/symbol'],
    ['symbol=BTC/USDT&source=nasdaq', 422, 'unknownSource', '/source'],
    [`symbol=BTC/USDT&from=${later1}&to=${later1}`, 422, 'invalid', '/to'],
    ['symbol=BTC/USDT&from=yesterday', 400, 'malformed', '/from'],
    ['symbol=BTC/USDT&limit=1001', 422, 'invalid', '/limit'],
    ['symbol=BTC/USDT&limit=0', 422, 'invalid', '/limit'],
    ['symbol=BTC/USDT&endingBefore=1', 422, 'unknownField', '/endingBefore'],
  ])('%s', async (query, ...refusal) => {
    const ledger = await ledgerOf([{ source: 'coinbase', ticks: tradesAt(1) }])
    const candles = await ledger.send(`/v1/candles?interval=1m&${query}`)
    expect(problem(candles)).toStrictEqual(refusal)
    expect(problem(await ledger.send(`/v1/ticks?${query}`))).toStrictEqual(refusal)
  })
  test('names the intervals and types that there are', async () => {
    const ledger = await ledgerOf([])
    const candles = await ledger.send('/v1/candles?symbol=BTC/USDT&interval=2m')
    expect(problem(candles)).toStrictEqual([422, 'invalid', '/interval'])
    expect(candles.text).toContain('15m')
    const ticks = await ledger.send('/v1/ticks?symbol=BTC/USDT&type=order&startingAfter=x')
    expect(problem(ticks)).toStrictEqual([422, 'invalid', '/type', '/startingAfter'])
  })
  test('is told so when the database is away, and needs a key', async () => {
    const away = async () => E.left({ _tag: 'StoreUnreachable', detail: 'no answer' } as const)
    const tickViews = { ...memoryTickViews(), feeds: away }
    const ledger = await ledgerWith({ tickViews })
    for (const path of ['/v1/candles?symbol=BTC/USDT&interval=1m', '/v1/ticks?symbol=BTC/USDT']) {
      expect(problem(await ledger.send(path))).toStrictEqual([503, 'readModelsUnreachable'])
      expect((await ledger.send(path, { key: undefined })).status).toBe(401)
    }
  })
})

test('figures keep every digit', async () => {
  const ticks: KeptFeed['ticks'] = [
    tradeNumber(1, { price: (one + 1n) as Price, quantity: 3n as Quantity, symbol: eth }),
    tradeNumber(2, { price: 1n as Price, quantity: 1n as Quantity, symbol: eth }),
  ]
  const ledger = await ledgerOf([{ source: 'coinbase', ticks }], noon)
  const told = await ledger.send('/v1/candles?symbol=ETH/USDT&interval=5s')
  expect(dataOf(told)).toMatchObject([
    {
      high: '1.000000000000000001',
      low: '0.000000000000000001',
      volume: '0.000000000000000004',
      quoteVolume: '0.000000000000000003000000000000000004',
    },
  ])
})
