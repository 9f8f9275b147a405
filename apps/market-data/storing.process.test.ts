/** Storing by real processes and a real PostgreSQL, some of which are killed, and some frozen. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { hubTickFeed } from '#adapters/feed/client'
import { openTickReader, type TickReader } from '#adapters/postgres/ticks-read'
import { type TestPostgres, testPostgres } from '#adapters/testing/postgres'
import { rowsOf } from '#adapters/testing/ticks'
import { type AppProcess, killAll, startApp } from '#apps/testing/app-process'
import { candlesOf } from '#domain/market/candles'
import type { HubFrame, Tick, TradeTick } from '#schemas/market/tick'
import type { Price, Quantity } from '#schemas/values/decimal'
import type { Instant } from '#schemas/values/instant'

let server: TestPostgres
let reader: TickReader
let folder: string
beforeAll(async () => {
  server = await testPostgres()
  reader = openTickReader(server.url('api'))
})
afterAll(async () => {
  await reader.close()
  await server.stop()
})
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'daybook-ticks-'))
})
afterEach(async () => {
  await killAll()
  rmSync(folder, { recursive: true })
})

const right = <A>(answer: E.Either<unknown, A>): A => {
  if (E.isLeft(answer)) throw new Error(JSON.stringify(answer.left))
  return answer.right
}
const start = (market: string, environment: Readonly<Record<string, string>> = {}): AppProcess =>
  startApp('market-data', {
    DAYBOOK_HUB: 'ws://127.0.0.1:0',
    DAYBOOK_DATA: folder,
    DAYBOOK_DATABASE: server.url('market-data'),
    DAYBOOK_SYMBOLS: 'BTC/USDT',
    DAYBOOK_MARKET: market,
    ...environment,
  })
const hubOf = async (app: AppProcess): Promise<string> =>
  (JSON.parse(await app.logs('telling ticks')) as { readonly hub: string }).hub

const tradesInFile = 3_000
const firstAt = 1_723_075_200_000
/** A recording of five minutes, ten trades a second. */
const recording = (name: string): string => {
  const path = join(folder, name)
  const rows = Array.from({ length: tradesInFile }, (_, n) => {
    const price = 60_000 + ((n * 37) % 101)
    return `${String(firstAt + n * 100)},${String(5_000 + n)},${String(price)}.5,0.001,${n % 2 === 0 ? 'buy' : 'sell'}`
  })
  writeFileSync(path, ['ts_ms,trade_id,price,qty,side', ...rows].join('\n'))
  return path
}
const pricesInFile = Array.from({ length: tradesInFile }, (_, n) => ({
  venueAt: ((firstAt + n * 100) * 1_000) as Instant,
  price: (BigInt(60_000 + ((n * 37) % 101)) * 10n ** 18n + 5n * 10n ** 17n) as Price,
  quantity: (10n ** 15n) as Quantity,
}))

/** Listens until something has been heard. */
const listen = (url: string) => {
  const feed = hubTickFeed(url)
  const heard: HubFrame[] = []
  let wake = (): void => undefined
  feed.listen((frame) => {
    heard.push(frame)
    wake()
  })
  return {
    heard,
    until: async (enough: (heard: readonly HubFrame[]) => boolean) => {
      while (!enough(heard)) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    },
    close: feed.close,
  }
}
const hasEnded = (heard: readonly HubFrame[]): boolean => heard.at(-1)?.type === 'ended'
const ticksIn = (heard: readonly HubFrame[]): readonly Tick[] =>
  heard.filter((frame) => frame.type === 'trade' || frame.type === 'quote')

/** What the api would find of a source, once there is so much. */
const storedOf = async (source: string, atLeast: number): Promise<readonly TradeTick[]> => {
  for (;;) {
    const feed = right(await reader.feeds()).find((each) => each.source === source)
    const trades: TradeTick[] = []
    for (let more = feed !== undefined; more; ) {
      const after = trades.at(-1)
      const page = right(
        await reader.ticks({ feed: feed?.id ?? 0, type: 'trade', after, limit: 1_000 }),
      )
      trades.push(...page.flatMap((tick) => (tick.type === 'trade' ? [tick] : [])))
      more = page.length === 1_000
    }
    if (trades.length >= atLeast) return trades
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
const candlesOfFile = async (source: string) => {
  const { id = 0 } = right(await reader.feeds()).find((feed) => feed.source === source) ?? {}
  return right(await reader.candles({ feed: id, seconds: 60, base: 60, limit: 100 })).toReversed()
}

test('a recording is stored once, under its own name, however often and by however many it is told', async () => {
  const market = `replay:${recording('BTCUSDT_often.csv')}@max`
  const source = 'replay:BTCUSDT_often.csv'
  for (let round = 0; round < 2; round += 1) {
    const apps = [start(market), start(market)]
    const ears = await Promise.all(apps.map(async (app) => listen(await hubOf(app))))
    await Promise.all(ears.map((ear) => ear.until(hasEnded)))
    for (const ear of ears) await ear.close()
    for (const app of apps) app.kill('SIGTERM')
    expect(await Promise.all(apps.map((app) => app.ended))).toStrictEqual([
      [0, null],
      [0, null],
    ])
    const trades = await storedOf(source, tradesInFile)
    expect(trades).toHaveLength(tradesInFile)
    expect(await candlesOfFile(source)).toStrictEqual(candlesOf(60, pricesInFile))
  }
  const quotes = `select count(distinct (q.venue_at, q.sequence))::int as different, count(*)::int as all
    from market.quotes q join market.feeds f on f.id = q.feed where f.source = '${source}'`
  const [counted] = await rowsOf(server.url('api'), quotes)
  expect(counted?.['all']).toBe(counted?.['different'])
})

test('a recording whose teller is killed is whole after it was told again', async () => {
  const market = `replay:${recording('BTCUSDT_killed.csv')}@30`
  const source = 'replay:BTCUSDT_killed.csv'
  const first = start(market)
  await hubOf(first)
  await storedOf(source, 300)
  first.kill('SIGKILL')
  await first.ended
  const before = await storedOf(source, 300)
  // Killed in the midst of it: what is stored has no hole, and no trade twice.
  const numbers = before.map(({ tradeId }) => Number(tradeId)).toSorted((a, b) => a - b)
  expect(numbers).toStrictEqual(Array.from({ length: before.length }, (_, n) => 5_000 + n))
  expect(before.length).toBeLessThan(tradesInFile)
  const second = start(`replay:${join(folder, 'BTCUSDT_killed.csv')}@max`)
  const ear = listen(await hubOf(second))
  await ear.until(hasEnded)
  await ear.close()
  expect(await storedOf(source, tradesInFile)).toHaveLength(tradesInFile)
  expect(await candlesOfFile(source)).toStrictEqual(candlesOf(60, pricesInFile))
})

test('while PostgreSQL is frozen every tick is told to its end, and stored when it thaws', async () => {
  const source = 'replay:BTCUSDT_frozen.csv'
  const app = start(`replay:${recording('BTCUSDT_frozen.csv')}@max`)
  const url = await hubOf(app)
  const everybody = [server.pid(), ...server.children()]
  for (const pid of everybody) process.kill(pid, 'SIGSTOP')
  try {
    const ear = listen(url)
    await ear.until(hasEnded)
    const trades = ticksIn(ear.heard).filter(({ type }) => type === 'trade')
    expect(trades).toHaveLength(tradesInFile)
    await ear.close()
  } finally {
    for (const pid of everybody) process.kill(pid, 'SIGCONT')
  }
  expect(await storedOf(source, tradesInFile)).toHaveLength(tradesInFile)
  expect(await candlesOfFile(source)).toStrictEqual(candlesOf(60, pricesInFile))
})

test('when PostgreSQL is killed under load nothing is lost and nothing is stored twice', async () => {
  const source = 'replay:BTCUSDT_crash.csv'
  const app = start(`replay:${recording('BTCUSDT_crash.csv')}@60`)
  const ear = listen(await hubOf(app))
  await storedOf(source, 200)
  await server.crash()
  await storedOf(source, 1_000)
  await server.crash()
  await ear.until(hasEnded)
  await ear.close()
  expect(await storedOf(source, tradesInFile)).toHaveLength(tradesInFile)
  expect(await candlesOfFile(source)).toStrictEqual(candlesOf(60, pricesInFile))
  const gaps = `select reason from market.gaps g join market.feeds f on f.id = g.feed
    where f.source = '${source}'`
  // The recording begins with its day, so that nothing was missed before it either.
  expect(await rowsOf(server.url('api'), gaps)).toStrictEqual([])
})

test('what was told and is not stored lies in a hole that is named', async () => {
  const source = 'simulated:7'
  const told: Tick[] = []
  for (let life = 0; life < 3; life += 1) {
    const app = start('simulated:7')
    const ear = listen(await hubOf(app))
    await ear.until((heard) => ticksIn(heard).length >= 12)
    await ear.close()
    told.push(...ticksIn(ear.heard))
    await storedOf(source, told.length / 4)
    app.kill('SIGKILL')
    await app.ended
  }
  // The last life stores to its end.
  const last = start('simulated:7')
  const ear = listen(await hubOf(last))
  await ear.until((heard) => ticksIn(heard).length >= 4)
  await ear.close()
  last.kill('SIGTERM')
  await last.ended
  const { id = 0 } = right(await reader.feeds()).find((feed) => feed.source === source) ?? {}
  const stored = new Set(
    right(await reader.ticks({ feed: id, limit: 1_000 })).map(({ sequence }) => sequence),
  )
  const gaps = right(await reader.gaps({ feed: id, limit: 100 }))
  // Before the first life, and between two lives each.
  expect(gaps.map(({ reason }) => reason)).toStrictEqual(Array.from({ length: 4 }, () => 'absent'))
  const unnamed = told.filter(
    ({ sequence, venueAt }) =>
      !stored.has(sequence) &&
      !gaps.some(({ first, last: to }) => first <= venueAt && venueAt <= to),
  )
  expect(unnamed).toStrictEqual([])
})

test('days are dropped by the setting, at the start', async () => {
  await rowsOf(server.url(), `select market.make_room('2021-03-01', 2)`)
  const days = `select count(*)::int as old from pg_class where relname like 'trades_2021030_'`
  const keeping = start('simulated:8', { DAYBOOK_TICKS_RETENTION: 'off' })
  await storedOf('simulated:8', 1)
  expect(await rowsOf(server.url(), days)).toStrictEqual([{ old: 2 }])
  keeping.kill('SIGTERM')
  await keeping.ended
  const app = start('simulated:8', { DAYBOOK_TICKS_RETENTION: '7' })
  expect(await app.logs('old ticks are dropped')).toContain('trades_20210302')
  expect(await rowsOf(server.url(), days)).toStrictEqual([{ old: 0 }])
})
