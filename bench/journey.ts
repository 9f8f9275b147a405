/** T8: one order from intent to its first fill, every process real, at 100 orders a second. */
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout } from 'node:timers/promises'
import pg from 'pg'
import { testPostgres } from '#adapters/testing/postgres'
import { startLedger } from '#apps/demo/ledger'
import { atMost, figure, percentile, repetitions, type Result, spreadOf } from './harness.ts'
import { inPostgres, type LogPlace } from './log-places.ts'
import { root } from './root.ts'

export const perSecond = 100
const seconds = 15

/** What an order cannot do without: three commits, one after the other, and two wake-ups of another process. */
const bareJourneys = async (): Promise<readonly number[]> => {
  const server = await testPostgres()
  const [writer, listener] = [0, 1].map(() => new pg.Client({ connectionString: server.url() }))
  if (writer === undefined || listener === undefined) throw new Error('no clients')
  await Promise.all([writer.connect(), listener.connect()])
  try {
    await writer.query(
      'create table public.bare (id bigint generated always as identity, data text)',
    )
    await listener.query('listen bare')
    const insert = {
      name: 'insert',
      text: 'insert into public.bare (data) values ($1)',
      values: ['x'.repeat(600)],
    }
    const wake = async (): Promise<void> => {
      const heard = new Promise<void>((done) => listener.once('notification', () => done()))
      await writer.query("select pg_notify('bare', '')")
      await heard
    }
    const took: number[] = []
    for (let n = 0; n < 1000; n += 1) {
      const begun = performance.now()
      await writer.query(insert)
      await wake()
      await writer.query(insert)
      await wake()
      await writer.query(insert)
      took.push(performance.now() - begun)
    }
    return took.slice(100)
  } finally {
    await Promise.all([writer.end(), listener.end()])
    await server.stop()
  }
}

export interface Journeys {
  /** By the store's clock, from the intent to the fill. */
  readonly inLog: readonly number[]
  /** By the client's clock, from its request to an answer that the venue has it. */
  readonly atClient: readonly number[]
}
/** The answer comes as soon as the venue has accepted; the fill is often on its way. */
const acceptedBy = new Set(['accepted', 'partiallyFilled', 'filled'])
/** Wide: what is measured is the journey, and nothing may be denied on it. */
const limits = {
  maxOrdersPerSecond: 100_000,
  maxOrdersPerMinute: 1_000_000,
  maxOrdersPerHour: 10_000_000,
  maxOpenOrders: 100_000,
}

export const ourJourneys = async (openPlace: () => Promise<LogPlace>): Promise<Journeys> => {
  const folder = mkdtempSync(join(tmpdir(), 'daybook-bench-'))
  writeFileSync(join(folder, 'limits.json'), JSON.stringify(limits))
  const place = await openPlace()
  const options = ['--symbols', 'BTC/USDT', '--limits', join(folder, 'limits.json')]
  const ledger = await startLedger({
    data: join(folder, 'data'),
    root,
    options: [...options, ...place.options],
  })
  const atClient: number[] = []
  const failed: string[] = []
  const order = async (n: number): Promise<void> => {
    const begun = performance.now()
    const reply = await fetch(`${ledger.url}/v1/orders`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${ledger.key}`,
        'content-type': 'application/json',
        'idempotency-key': randomUUID(),
        prefer: 'wait=10',
      },
      body: JSON.stringify({
        symbol: 'BTC/USDT',
        side: n % 3 === 2 ? 'sell' : 'buy',
        type: 'market',
        quantity: '0.001',
      }),
    })
    const { status } = (await reply.json()) as { readonly status: string }
    if (acceptedBy.has(status)) atClient.push(performance.now() - begun)
    else failed.push(status)
  }
  try {
    for (let n = 0; n < 50; n += 1) await order(0)
    atClient.length = 0
    const placed: Promise<void>[] = []
    const begun = performance.now()
    for (let n = 0; n < perSecond * seconds; n += 1) {
      await setTimeout(Math.max(0, begun + (n * 1000) / perSecond - performance.now()))
      placed.push(order(n))
    }
    await Promise.all(placed)
    if (failed.length > 0) throw new Error(`${String(failed.length)} orders: ${failed[0] ?? ''}`)
    const rows = await place.rows(ledger.data)
    const found = await rows.query(
      `select extract(epoch from min(f.recorded_at) - i.recorded_at) * 1000 as ms
       from log.events i join log.events f on f.stream = i.stream and f.type = 'OrderFilled'
       where i.type = 'OrderIntentRecorded' group by i.position, i.recorded_at
       order by i.position offset 50`,
    )
    await rows.close()
    return { inLog: found.map(({ ms }) => Number(ms)), atClient }
  } finally {
    await ledger.stop()
    await place.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

export const journeyResults = async (): Promise<readonly Result[]> => {
  const bare: number[] = []
  const runs: Journeys[] = []
  for (let run = 0; run < repetitions; run += 1) {
    bare.push(percentile(await bareJourneys(), 0.5))
    runs.push(await ourJourneys(inPostgres))
  }
  const at = (share: number, pick: (journeys: Journeys) => readonly number[]) =>
    spreadOf(runs.map((run) => percentile(pick(run), share)))
  const limit = figure('three bare commits and two NOTIFY round trips, p50', 'ms', spreadOf(bare))
  const ours = figure(
    'p50, intent to fill',
    'ms',
    at(0.5, ({ inLog }) => inLog),
  )
  const worst = figure(
    'p99',
    'ms',
    at(0.99, ({ inLog }) => inLog),
  )
  const client = figure(
    'p50 at the client, HTTP and all',
    'ms',
    at(0.5, (run) => run.atClient),
  )
  const clientWorst = figure(
    'p99 at the client',
    'ms',
    at(0.99, (run) => run.atClient),
  )
  const ratio = ours.value.median / limit.value.median
  return [
    {
      target: 'T8',
      what: `one order, intent to first fill, ${String(perSecond)} orders/s`,
      ours,
      limits: [limit, worst, client, clientWorst],
      goals: [
        { says: 'p50 ≤ 4 × the bare steps', reached: `${ratio.toFixed(2)} ×`, met: ratio <= 4 },
        atMost(50, worst),
      ],
    },
  ]
}
