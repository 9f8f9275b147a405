/** What is read of stored ticks, against the folds of the domain over what was told. */
import * as E from 'fp-ts/lib/Either.js'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestPostgres, testPostgres } from '#adapters/testing/postgres'
import { at, btc, eth, later, noon, quoteNumber, tradeNumber } from '#adapters/testing/ticks'
import { candlesOf, secondsIn } from '#domain/market/candles'
import type { Tick, TradeTick } from '#schemas/market/tick'
import type { Price, Quantity } from '#schemas/values/decimal'
import type { TradeId } from '#schemas/values/ids'
import { openTickStore } from './ticks.ts'
import { openTickReader, type TickReader } from './ticks-read.ts'

let server: TestPostgres
let reader: TickReader
beforeAll(async () => {
  server = await testPostgres()
  reader = openTickReader(server.url('api'))
})
afterAll(async () => {
  await reader.close()
  await server.stop()
})
const right = <A>(answer: E.Either<unknown, A>): A => {
  if (E.isLeft(answer)) throw new Error(JSON.stringify(answer.left))
  return answer.right
}
const storeAll = async (source: string, batches: readonly (readonly Tick[])[]): Promise<number> => {
  const store = openTickStore(server.url('market-data'), source)
  for (const ticks of batches) right(await store.store({ ticks, gaps: [] }))
  await store.close()
  const feed = right(await reader.feeds()).find((each) => each.source === source)
  return feed?.id ?? 0
}

/** Days around a month's end, with few times, so that trades meet in candles and at one time. */
const anyTrade = (n: number): fc.Arbitrary<TradeTick> =>
  fc
    .record({
      day: fc.integer({ min: 0, max: 2 }),
      second: fc.integer({ min: 0, max: 86_399 }).map((second) => second - (second % 7)),
      price: fc.bigInt({ min: 1n, max: 10n ** 25n }),
      quantity: fc.bigInt({ min: 0n, max: 10n ** 20n }),
    })
    .map(({ day, second, price, quantity }) =>
      tradeNumber(n, {
        venueAt: later(day * 86_400 + second, at('2024-02-28T00:00:00Z')),
        price: price as Price,
        quantity: quantity as Quantity,
        tradeId: `t${String(n)}` as TradeId,
      }),
    )
const anyBatches = fc
  .tuple(...Array.from({ length: 24 }, (_, n) => anyTrade(n)))
  .chain((trades) =>
    fc
      .array(fc.integer({ min: 1, max: 9 }), { minLength: 24, maxLength: 24 })
      .map((sizes) => ({ trades, batches: cut(trades, sizes) })),
  )
const cut = <A>(all: readonly A[], sizes: readonly number[]): readonly (readonly A[])[] => {
  const [size = 1, ...rest] = sizes
  return all.length === 0 ? [] : [all.slice(0, size), ...cut(all.slice(size), rest)]
}

let runs = 0
test('candles are those of the trades, whatever the batches, told twice or not, however late', async () => {
  const property = fc.asyncProperty(
    anyBatches,
    fc.boolean(),
    async ({ trades, batches }, twice) => {
      runs += 1
      const feed = await storeAll(`run ${String(runs)}`, twice ? [...batches, ...batches] : batches)
      for (const seconds of Object.values(secondsIn).filter((each) => each >= 60)) {
        const base = [86_400, 3_600, 60].find((kept) => seconds % kept === 0) ?? 60
        const read = right(await reader.candles({ feed, seconds, base, limit: 1_000 }))
        expect(read).toStrictEqual(candlesOf(seconds, trades).toReversed())
      }
      const prints = right(await reader.prints({ feed }))
      expect(candlesOf(15, prints.toReversed())).toStrictEqual(candlesOf(15, trades))
    },
  )
  await fc.assert(property, { numRuns: 25 })
})

describe('a page', () => {
  const count = 500
  const ticks: readonly Tick[] = Array.from({ length: count }, (_, n) =>
    // Five at each time, and received out of order.
    (n % 3 === 0 ? quoteNumber : tradeNumber)(n, {
      venueAt: later(Math.floor(n / 5)),
      receivedAt: later(Math.floor(n / 5) + (n % 2)),
    }),
  )
  const newestFirst = ticks.toSorted(
    (a, b) => b.venueAt - a.venueAt || b.receivedAt - a.receivedAt || b.sequence - a.sequence,
  )
  let feed = 0
  beforeAll(async () => {
    feed = await storeAll('pages', [ticks, [tradeNumber(1, { symbol: eth, venueAt: later(9) })]])
  })

  test.each([undefined, 'trade', 'quote'] as const)(
    'of ticks (%s) follows the one before',
    async (type) => {
      const read: Tick[] = []
      for (;;) {
        const last = read.at(-1)
        const page = right(await reader.ticks({ feed, type, after: last, limit: 37 }))
        read.push(...page)
        if (page.length === 0) break
      }
      const expected = newestFirst.filter((tick) => type === undefined || tick.type === type)
      expect(read).toStrictEqual(expected)
    },
  )
  test('of a stretch begins with it and ends before its end', async () => {
    const [from, before] = [later(10), later(20)]
    const expected = newestFirst.filter(({ venueAt }) => venueAt >= from && venueAt < before)
    expect(right(await reader.ticks({ feed, from, before, limit: 1_000 }))).toStrictEqual(expected)
    const prints = right(await reader.prints({ feed, from, before, limit: 3 }))
    expect(prints).toStrictEqual(
      expected
        .flatMap((tick) =>
          tick.type === 'trade'
            ? [{ venueAt: tick.venueAt, price: tick.price, quantity: tick.quantity }]
            : [],
        )
        .slice(0, 3),
    )
  })
  test('of candles has so many as are asked for, and whole ones', async () => {
    const page = right(await reader.candles({ feed, seconds: 300, base: 60, limit: 1 }))
    expect(page).toStrictEqual(
      candlesOf(
        300,
        ticks.flatMap((tick) => (tick.type === 'trade' ? [tick] : [])),
      ),
    )
    const before = right(
      await reader.candles({
        feed,
        seconds: 60,
        base: 60,
        from: noon,
        before: later(60),
        limit: 9,
      }),
    )
    expect(before.map(({ start }) => start)).toStrictEqual([noon])
  })
  test('of gaps has those that touch the stretch', async () => {
    const store = openTickStore(server.url('market-data'), 'pages')
    const gap = {
      symbol: btc,
      first: later(10),
      last: later(20),
      reason: 'overflow',
      ticks: 5,
    } as const
    const open = { symbol: btc, first: later(30), last: later(31), reason: 'absent' } as const
    right(await store.store({ ticks: [], gaps: [gap, open] }))
    await store.close()
    const gaps = async (from: number, before: number) => {
      const stretch = { feed, from: later(from), before: later(before) }
      return right(await reader.gaps({ ...stretch, limit: 10 })).map(({ reason }) => reason)
    }
    expect(await gaps(20, 30)).toStrictEqual(['overflow'])
    expect(await gaps(20, 31)).toStrictEqual(['absent', 'overflow'])
    expect(await gaps(20.000001, 30)).toStrictEqual([])
    const all = right(await reader.gaps({ feed, limit: 1 }))
    expect(all).toStrictEqual([{ first: later(30), last: later(31), reason: 'absent' }])
  })
})

test('a feed says how far its market has come, and when it was heard', async () => {
  await storeAll('clock', [[tradeNumber(5), quoteNumber(9), tradeNumber(7)]])
  const feed = right(await reader.feeds()).find(({ source }) => source === 'clock')
  expect(feed).toMatchObject({ symbol: 'BTC/USDT', venueAt: later(9), heardAt: later(9.1) })
})

test('a reader reads, over many days, while ticks are stored', async () => {
  const store = openTickStore(server.url('market-data'), 'busy')
  const days = 40
  for (let day = 0; day < days; day += 1) {
    const ticks = Array.from({ length: 100 }, (_, n) => {
      const venueAt = later((day - days) * 86_400 + n)
      return tradeNumber(day * 1_000 + n, { venueAt, receivedAt: venueAt })
    })
    right(await store.store({ ticks, gaps: [] }))
  }
  const { id = 0 } = right(await reader.feeds()).find(({ source }) => source === 'busy') ?? {}
  let told = 0
  const reading = new AbortController()
  const writing = (async () => {
    for (; !reading.signal.aborted; told += 100) {
      const ticks = Array.from({ length: 100 }, (_, n) => tradeNumber(100_000 + told + n))
      right(await store.store({ ticks, gaps: [] }))
    }
  })()
  for (let question = 0; question < 20; question += 1) {
    const before = told
    const newest = right(await reader.ticks({ feed: id, limit: 1_000 }))
    expect(newest).toHaveLength(1_000)
    // What was stored before it was asked is there, and batches are never seen by halves.
    const sequence = newest[0]?.sequence ?? 0
    if (before > 0) expect(sequence).toBeGreaterThanOrEqual(100_000 + before - 1)
    if (sequence >= 100_000) expect(sequence % 100).toBe(99)
    const candles = right(
      await reader.candles({ feed: id, seconds: 86_400, base: 86_400, limit: 60 }),
    )
    expect(candles.length).toBeGreaterThanOrEqual(days)
  }
  reading.abort()
  await writing
  await store.close()
  const early = right(await reader.prints({ feed: id, before: noon }))
  expect(early).toHaveLength(days * 100)
})
