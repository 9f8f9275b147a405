/** T19: ticks stored by market-data's own way, beside bare COPY of the same rows into the same tables. */
import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import pg from 'pg'
import { pino } from 'pino'
import { openTickStore } from '#adapters/postgres/ticks'
import { testPostgres } from '#adapters/testing/postgres'
import { storing } from '#apps/market-data/storing'
import { simulatedMarket } from '#domain/simulation/market'
import type { Tick } from '#schemas/market/tick'
import { formatDecimal, placesOfQuantity } from '#schemas/values/decimal'
import type { MarketSymbol } from '#schemas/values/ids'
import { formatInstant, type Instant } from '#schemas/values/instant'
import { copyIn } from './copy.ts'
import { atLeast, atMost, figure, repetitions, type Result, spreadOf } from './harness.ts'

const count = 100_000
const batch = 1_000
const begun = Date.UTC(2026, 10, 20) * 1_000
const markets = ['BTC/USDT', 'ETH/USDT'].map((symbol) => simulatedMarket(1, symbol as MarketSymbol))

/** Two markets that trade and quote a thousand times a second. */
const ticks: readonly Tick[] = Array.from({ length: count }, (_, n) => {
  const market = markets[n % markets.length]
  if (market === undefined) throw new Error('no market')
  const tick = market.tick(Math.floor(n / markets.length), (begun + n * 1_000) as Instant)
  return tick.type === 'trade'
    ? { ...tick, tradeId: String(4_000_000 + n) as typeof tick.tradeId }
    : tick
})

const decimal = (value: bigint): string => formatDecimal(value, placesOfQuantity)
const trades: string[] = []
const quotes: string[] = []
for (const tick of ticks) {
  const feed = tick.symbol === 'BTC/USDT' ? '1' : '2'
  const times = [
    formatInstant(tick.receivedAt),
    formatInstant(tick.venueAt),
    String(tick.sequence),
    feed,
  ]
  if (tick.type === 'trade') {
    const { aggressor, price, quantity, tradeId } = tick
    trades.push(
      [...times, aggressor === 'sell' ? 't' : 'f', decimal(price), decimal(quantity), tradeId].join(
        '\t',
      ),
    )
  } else {
    const { bid, bidQuantity, ask, askQuantity } = tick
    quotes.push([...times, ...[bid, bidQuantity, ask, askQuantity].map(decimal)].join('\t'))
  }
}

const bareTables = (index: boolean): string => `
  drop schema if exists bare cascade;
  create schema bare;
  create table bare.trades (like market.trades);
  create table bare.quotes (like market.quotes);
  ${index ? 'create index on bare.trades (feed, venue_at); create index on bare.quotes (feed, venue_at);' : ''}`

/** Rows a second; each COPY is a durable commit. */
const copied = async (client: pg.Client, rowsOfOne: number, index: boolean): Promise<number> => {
  await client.query(bareTables(index))
  const started = performance.now()
  for (const [table, rows] of [
    ['bare.trades', trades],
    ['bare.quotes', quotes],
  ] as const) {
    for (let from = 0; from < rows.length; from += rowsOfOne) {
      await copyIn(client, table, `${rows.slice(from, from + rowsOfOne).join('\n')}\n`)
    }
  }
  return count / ((performance.now() - started) / 1_000)
}

interface Stored {
  readonly rate: number
  readonly delayMs: number
}
/** Ticks a second from the sink to the commit, and how long at most 99 of 100 others had to wait for the processor. */
const storedBy = async (url: string, source: string, told: readonly Tick[]): Promise<Stored> => {
  const store = openTickStore(url, source)
  const stopping = new AbortController()
  const app = { logger: pino({ level: 'silent' }), stopping: stopping.signal }
  const keeper = storing({ store, app, ticksMax: 2 * count })
  const running = keeper.run()
  const delay = monitorEventLoopDelay({ resolution: 1 })
  const started = performance.now()
  // In pieces, as a venue would: what is told all at once keeps everybody waiting by itself.
  delay.enable()
  for (let from = 0; from < told.length; from += 100) {
    for (const tick of told.slice(from, from + 100)) keeper.sink(tick)
    if (from % batch === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  while (keeper.stats().stored + keeper.stats().known < told.length) {
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  const rate = told.length / ((performance.now() - started) / 1_000)
  delay.disable()
  stopping.abort()
  await running
  await store.close()
  return { rate, delayMs: delay.percentile(99) / 1e6 }
}

/** Of one kind of tick, with its index. */
const bytesOf = async (client: pg.Client, table: string): Promise<number> => {
  const { rows } = await client.query<{ bytes: string }>(
    `select sum(pg_total_relation_size(i.inhrelid)) / (select count(*) from market.${table}) as bytes
      from pg_inherits i where i.inhparent = 'market.${table}'::regclass`,
  )
  return Number(rows[0]?.bytes)
}

const each = async <A>(measure: (run: number) => Promise<A>): Promise<readonly A[]> => {
  const values: A[] = []
  for (let run = 0; run < repetitions; run += 1) values.push(await measure(run))
  return values
}

export const tickResults = async (): Promise<readonly Result[]> => {
  const server = await testPostgres()
  const client = new pg.Client({ connectionString: server.url() })
  await client.connect()
  try {
    const inBatches = await each(() => copied(client, batch, true))
    const atOnce = await each(() => copied(client, count, false))
    const url = server.url('market-data')
    const stored = await each((run) => storedBy(url, `bench ${String(run)}`, ticks))
    const again = await each((run) => storedBy(url, `bench ${String(run)}`, ticks))
    const [trade, quote] = [await bytesOf(client, 'trades'), await bytesOf(client, 'quotes')]
    const rates = (of: readonly Stored[]) => spreadOf(of.map(({ rate }) => rate))
    const ours = figure('each once, with candles', 'ticks/s', rates(stored))
    const peer = figure('COPY of 1,000 a commit, same index', 'rows/s', spreadOf(inBatches))
    const delay = figure('p99 wait of others', 'ms', spreadOf(stored.map((run) => run.delayMs)))
    return [
      {
        target: 'T19',
        what: 'ticks stored, from the sink to the commit',
        ours,
        limits: [
          peer,
          figure('COPY of all at once, no index', 'rows/s', spreadOf(atOnce)),
          figure('told again', 'ticks/s', rates(again)),
          delay,
          figure('a trade on disk, with its index', 'bytes', spreadOf([trade])),
          figure('a quote on disk, with its index', 'bytes', spreadOf([quote])),
        ],
        goals: [atLeast(0.4, peer, ours), atMost(10, delay)],
      },
    ]
  } finally {
    await client.end()
    await server.stop()
  }
}
