import * as E from 'fp-ts/lib/Either.js'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type TestPostgres, testPostgres } from '#adapters/testing/postgres'
import {
  at,
  btc,
  eth,
  later,
  noon,
  quoteNumber,
  rowsOf,
  tradeNumber,
} from '#adapters/testing/ticks'
import type { Price, Quantity } from '#schemas/values/decimal'
import type { TradeId } from '#schemas/values/ids'
import { openTickStore, type TickGap, type TickStore } from './ticks.ts'

let server: TestPostgres
beforeAll(async () => {
  server = await testPostgres()
})
afterAll(() => server.stop())

const open: TickStore[] = []
afterEach(async () => {
  for (const store of open.splice(0)) await store.close()
})
const storeOf = (source: string): TickStore => {
  const store = openTickStore(server.url('market-data'), source)
  open.push(store)
  return store
}
const right = <A>(answer: E.Either<unknown, A>): A => {
  if (E.isLeft(answer)) throw new Error(JSON.stringify(answer.left))
  return answer.right
}
const seen = (source: string, columns = 'type, symbol, sequence, trade_id') =>
  rowsOf(
    server.url('api'),
    `select ${columns} from market.market_ticks where source = '${source}' order by type, sequence`,
  )
const candle = (source: string, seconds = 60) =>
  rowsOf(
    server.url('api'),
    `select c.start::text, c.trades::int, c.open::float, c.high::float, c.low::float, c.close::float,
        c.volume::float, c.quote_volume::text
      from market.candles c join market.feeds f on f.id = c.feed
      where f.source = '${source}' and c.seconds = ${String(seconds)} order by c.start`,
  )

describe('a batch', () => {
  test('is stored to the microsecond and the last digit', async () => {
    const store = storeOf('exact')
    const trade = tradeNumber(1, {
      venueAt: at('2021-01-31T23:59:59.999999Z'),
      receivedAt: at('2026-11-20T12:00:00.000001Z'),
      price: 12_345_678_901_234_567_890_000_000_000_000_000_001n as Price,
      quantity: 1n as Quantity,
      tradeId: 'a"b\\{c},d' as TradeId,
    })
    expect(right(await store.store({ ticks: [trade, quoteNumber(2)], gaps: [] }))).toStrictEqual({
      trades: 1,
      quotes: 1,
    })
    const columns =
      'type, symbol, sequence, venue_at::text, received_at::text, trade_id, price, quantity, aggressor, bid, ask'
    expect(await seen('exact', columns)).toStrictEqual([
      {
        type: 'quote',
        symbol: 'BTC/USDT',
        sequence: '2',
        venue_at: '2026-11-20 12:00:02+00',
        received_at: '2026-11-20 12:00:02.1+00',
        trade_id: null,
        price: null,
        quantity: null,
        aggressor: null,
        bid: '101',
        ask: '103',
      },
      {
        type: 'trade',
        symbol: 'BTC/USDT',
        sequence: '1',
        venue_at: '2021-01-31 23:59:59.999999+00',
        received_at: '2026-11-20 12:00:00.000001+00',
        trade_id: 'a"b\\{c},d',
        price: '12345678901234567890.000000000000000001',
        quantity: '0.000000000000000001',
        aggressor: 'sell',
        bid: null,
        ask: null,
      },
    ])
  })
  test('that is told again is not stored again, and moves no candle', async () => {
    const store = storeOf('again')
    const ticks = [1, 2, 3].flatMap((n) => [tradeNumber(n), quoteNumber(n)])
    right(await store.store({ ticks, gaps: [] }))
    const before = await candle('again')
    expect(right(await store.store({ ticks, gaps: [] }))).toStrictEqual({ trades: 0, quotes: 0 })
    const another = storeOf('again')
    const more = [...ticks, tradeNumber(4), tradeNumber(4, { sequence: 5 })]
    expect(right(await another.store({ ticks: more, gaps: [] }))).toStrictEqual({
      trades: 1,
      quotes: 0,
    })
    expect(before).toMatchObject([{ trades: 3, volume: 3 }])
    expect(await candle('again')).toMatchObject([{ trades: 4, volume: 4 }])
  })
  test('of one source is never taken for that of another', async () => {
    for (const source of ['coinbase', 'replay:coinbase.csv']) {
      right(await storeOf(source).store({ ticks: [tradeNumber(1)], gaps: [] }))
    }
    expect(await seen('coinbase')).toHaveLength(1)
    expect(await seen('replay:coinbase.csv')).toHaveLength(1)
  })
  test('may hold trades that come late: each belongs to its own candle', async () => {
    const store = storeOf('late')
    right(await store.store({ ticks: [tradeNumber(30), tradeNumber(70)], gaps: [] }))
    right(await store.store({ ticks: [tradeNumber(10), tradeNumber(50)], gaps: [] }))
    right(
      await store.store({
        ticks: [tradeNumber(30, { tradeId: 'same time' as TradeId })],
        gaps: [],
      }),
    )
    expect(await candle('late')).toMatchObject([
      { start: '2026-11-20 12:00:00+00', trades: 4, open: 110, high: 150, low: 110, close: 150 },
      { start: '2026-11-20 12:01:00+00', trades: 1, open: 170, close: 170 },
    ])
    expect(await candle('late', 3600)).toMatchObject([{ trades: 5, open: 110, close: 170 }])
    expect(await candle('late', 86_400)).toMatchObject([
      { start: '2026-11-20 00:00:00+00', trades: 5, quote_volume: '690' },
    ])
  })
  test('says what is missing before it, once', async () => {
    const store = storeOf('gaps')
    const gap: TickGap = { symbol: eth, first: noon, last: later(9), reason: 'overflow', ticks: 7 }
    const unknown: TickGap = { symbol: btc, first: noon, last: later(1), reason: 'absent' }
    for (let told = 0; told < 2; told += 1) {
      right(await store.store({ ticks: [tradeNumber(10)], gaps: [gap, unknown] }))
    }
    const told = await rowsOf(
      server.url('api'),
      `select f.symbol, g.first_venue_at::text, g.last_venue_at::text, g.reason, g.ticks::int
        from market.gaps g join market.feeds f on f.id = g.feed where f.source = 'gaps' order by f.symbol`,
    )
    expect(told).toStrictEqual([
      {
        symbol: 'BTC/USDT',
        first_venue_at: '2026-11-20 12:00:00+00',
        last_venue_at: '2026-11-20 12:00:01+00',
        reason: 'absent',
        ticks: null,
      },
      {
        symbol: 'ETH/USDT',
        first_venue_at: '2026-11-20 12:00:00+00',
        last_venue_at: '2026-11-20 12:00:09+00',
        reason: 'overflow',
        ticks: 7,
      },
    ])
  })
  test('is the last thing that is known of a symbol, or nothing is', async () => {
    const store = storeOf('last')
    expect(right(await store.lastOf(btc))).toBeUndefined()
    right(await store.store({ ticks: [tradeNumber(3), quoteNumber(5), tradeNumber(4)], gaps: [] }))
    expect(right(await store.lastOf(btc))).toBe(later(5))
    expect(right(await store.lastOf(eth))).toBeUndefined()
  })
})

test('four writers of one source at once, around midnight, store each trade once', async () => {
  const midnight = at('2026-11-21T00:00:00Z')
  const trades = Array.from({ length: 2_000 }, (_, n) =>
    tradeNumber(n, { venueAt: later((n - 1_000) / 1_000, midnight) }),
  )
  const writers = [0, 1, 2, 3].map(async (writer) => {
    const store = storeOf('many')
    let stored = 0
    for (let from = 0; from < trades.length; from += 50) {
      const ticks = trades.slice(from, from + 50).map((trade) => ({
        ...trade,
        receivedAt: later(writer / 10, trade.venueAt),
      }))
      stored += right(await store.store({ ticks, gaps: [] })).trades
    }
    return stored
  })
  const stored = await Promise.all(writers)
  expect(stored.reduce((sum, count) => sum + count, 0)).toBe(2_000)
  expect(await seen('many')).toHaveLength(2_000)
  expect(await candle('many')).toMatchObject([{ trades: 1_000 }, { trades: 1_000 }])
})

describe('old days', () => {
  const days = () =>
    rowsOf(
      server.url(),
      `select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
        where i.inhparent in ('market.trades'::regclass, 'market.quotes'::regclass) order by 1`,
    ).then((rows) => rows.map(({ relname }) => String(relname)))

  test('are made ahead, once, and dropped one by one when they are over', async () => {
    const store = storeOf('days')
    const first = at('2020-02-28T12:00:00Z')
    expect(right(await store.makeRoom(first, 3))).toBe(6)
    expect(right(await store.makeRoom(first, 3))).toBe(0)
    expect(await days()).toEqual(
      expect.arrayContaining(['trades_20200228', 'trades_20200229', 'trades_20200301']),
    )
    right(await store.store({ ticks: [tradeNumber(1, { receivedAt: first })], gaps: [] }))
    const until = at('2020-03-01T00:00:00Z')
    const dropped: (string | undefined)[] = []
    for (let n = 0; n < 5; n += 1) dropped.push(right(await store.forget(until)))
    expect(dropped).toStrictEqual([
      'quotes_20200228',
      'trades_20200228',
      'quotes_20200229',
      'trades_20200229',
      undefined,
    ])
    expect(await days()).toEqual(expect.arrayContaining(['trades_20200301']))
    expect(await seen('days')).toStrictEqual([])
    // What is told again after it was dropped is a tick again, and in the candle already.
    right(await store.store({ ticks: [tradeNumber(1)], gaps: [] }))
    expect(await seen('days')).toHaveLength(1)
    expect(await candle('days')).toMatchObject([{ trades: 1 }])
    right(await store.store({ ticks: [tradeNumber(2)], gaps: [] }))
    expect(await candle('days')).toMatchObject([{ trades: 2 }])
  })
  test('of the last day are never dropped', async () => {
    const tomorrow = later(48 * 3600, (Date.now() * 1000) as typeof noon)
    expect(await storeOf('young').forget(tomorrow)).toMatchObject({
      left: { _tag: 'TicksRefused' },
    })
  })
  test('wait for nobody: while they are read they are left, and told as busy', async () => {
    const store = storeOf('read')
    right(await store.makeRoom(at('2019-01-01T00:00:00Z'), 1))
    const client = await reader('begin; select count(*) from market.trades')
    const begun = performance.now()
    const before = at('2019-06-01T00:00:00Z')
    expect(await store.forget(before)).toMatchObject({ right: 'quotes_20190101' })
    expect(await store.forget(before)).toMatchObject({ left: { _tag: 'TicksBusy' } })
    expect(performance.now() - begun).toBeLessThan(5_000)
    right(await store.store({ ticks: [tradeNumber(1)], gaps: [] }))
    await client.end()
    expect(right(await store.forget(before))).toBe('trades_20190101')
  })
})

test('market-data writes by its functions alone, and the api only reads', async () => {
  const url = server.url('market-data')
  for (const table of ['trades', 'quotes', 'candles', 'gaps', 'feeds']) {
    await expect(rowsOf(url, `delete from market.${table}`)).rejects.toThrow('permission denied')
    const api = server.url('api')
    expect(await rowsOf(api, `select count(*) from market.${table}`)).toHaveLength(1)
    await expect(rowsOf(api, `delete from market.${table}`)).rejects.toThrow('permission denied')
  }
  const functions = [
    `market.feed('x', 'y')`,
    `market.make_room(current_date, 1)`,
    `market.forget('2000-01-01')`,
    'market.compress()',
  ]
  for (const app of ['api', 'gateway', 'projector', 'cli'] as const) {
    for (const call of functions) {
      await expect(rowsOf(server.url(app), `select ${call}`)).rejects.toThrow('permission denied')
    }
  }
})

test('a database that is away is said to be, and is used again when it is back', async () => {
  const store = storeOf('crash')
  right(await store.store({ ticks: [tradeNumber(1)], gaps: [] }))
  const crashed = server.crash()
  const during = await store.store({ ticks: [tradeNumber(2)], gaps: [] })
  if (E.isLeft(during)) expect(during.left._tag).toBe('TicksLost')
  await crashed
  right(await store.store({ ticks: [tradeNumber(2), tradeNumber(3)], gaps: [] }))
  expect(await seen('crash', 'trade_id')).toStrictEqual([
    { trade_id: '1' },
    { trade_id: '2' },
    { trade_id: '3' },
  ])
})

const reader = async (text: string) => {
  const { default: pg } = await import('pg')
  const client = new pg.Client({ connectionString: server.url('api') })
  await client.connect()
  await client.query(text)
  return client
}
