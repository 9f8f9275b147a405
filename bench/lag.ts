/** T7: from an event in the log to its rows in the read models, at 1,000 orders a second, each process real. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout } from 'node:timers/promises'
import pg from 'pg'
import { type TestPostgres, testPostgres } from '#adapters/testing/postgres'
import { freePort } from '#apps/demo/ledger'
import { atMost, figure, percentile, repetitions, type Result, spreadOf } from './harness.ts'
import { root } from './root.ts'

const perSecond = 1_000
const seconds = 15
/** The first of it meets cold processes and empty tables. */
const warmingSeconds = 3

const connected = async (server: TestPostgres): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString: server.url() })
  await client.connect()
  return client
}

/** One session tells another, which asks back: what any follower cannot do without. */
const roundTrips = async (server: TestPostgres): Promise<readonly number[]> => {
  const [teller, listener] = await Promise.all([connected(server), connected(server)])
  await listener.query('listen bare')
  const took: number[] = []
  for (let n = 0; n < 1_000; n += 1) {
    const begun = performance.now()
    const heard = once(listener, 'notification')
    await teller.query("select pg_notify('bare', '')")
    await heard
    took.push(performance.now() - begun)
  }
  await Promise.all([teller.end(), listener.end()])
  return took.slice(100)
}

/** When the read models were seen to have reached which position, by the server's own clock. */
interface Sighting {
  readonly position: bigint
  readonly at: number
}
const watching = async (server: TestPostgres) => {
  const client = await connected(server)
  const sightings: Sighting[] = []
  let busy: Promise<void> | undefined
  let again = false
  const look = async (): Promise<void> => {
    do {
      again = false
      const { rows } = await client.query<{ position: string | null; at: string }>({
        name: 'look',
        text: `select min(position) as position, extract(epoch from clock_timestamp()) * 1000 as at
               from read.generations where live`,
      })
      const [row] = rows
      if (row !== undefined)
        sightings.push({ position: BigInt(row.position ?? 0), at: Number(row.at) })
    } while (again)
    busy = undefined
  }
  client.on('notification', () => {
    again = true
    busy ??= look()
  })
  await client.query('listen daybook_read')
  return {
    sightings,
    reached: async (position: bigint): Promise<void> => {
      while ((sightings.at(-1)?.position ?? 0n) < position) {
        // Asked by the clock too: the last sign may have been heard before this began to wait.
        await setTimeout(100)
        busy ??= look()
        await busy
      }
    },
    stop: () => client.end(),
  }
}

/** The n-th event's time in the log is when it was written, before its commit was on the disk. */
const lagsOf = async (
  server: TestPostgres,
  sightings: readonly Sighting[],
): Promise<readonly number[]> => {
  const client = await connected(server)
  const { rows } = await client.query<{ position: string; at: string }>(
    `select position, extract(epoch from recorded_at) * 1000 as at from log.events
     where recorded_at > (select min(recorded_at) from log.events) + make_interval(secs => $1)
     order by position`,
    [warmingSeconds],
  )
  await client.end()
  let next = 0
  return rows.flatMap(({ position, at }) => {
    while (next < sightings.length && (sightings[next]?.position ?? 0n) < BigInt(position))
      next += 1
    const seen = sightings[next]
    return seen === undefined ? [] : [seen.at - Number(at)]
  })
}

const ended = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null) return
  const gone = once(child, 'exit')
  child.disconnect()
  await gone
}

interface Run {
  readonly roundTrip: number
  readonly lags: readonly number[]
  readonly orders: number
}
const run = async (): Promise<Run> => {
  const server = await testPostgres()
  try {
    const trips = await roundTrips(server)
    const projector = fork(join(root, 'build/apps/projector.mjs'), [], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: {
        ...process.env,
        DAYBOOK_LOG: server.url('projector'),
        DAYBOOK_DATABASE: server.url('projector'),
        DAYBOOK_HEALTH_PORT: String(await freePort()),
        DAYBOOK_LOG_LEVEL: 'error',
      },
    })
    const watch = await watching(server)
    const orders = perSecond * (seconds + warmingSeconds)
    const urls = JSON.stringify(
      Object.fromEntries(
        ['api', 'risk-guard', 'gateway'].map((app) => [app, server.url(app as 'api')]),
      ),
    )
    const begun = performance.now()
    const writer = fork(
      join(root, 'bench/lag-writer.ts'),
      [urls, String(orders), String(perSecond)],
      { execArgv: ['--import', 'tsx'] },
    )
    await once(writer, 'message')
    const elapsed = (performance.now() - begun) / 1000
    await watch.reached(BigInt(orders * 6))
    const lags = await lagsOf(server, watch.sightings)
    await Promise.all([watch.stop(), ended(projector)])
    return { roundTrip: percentile(trips, 0.5), lags, orders: orders / elapsed }
  } finally {
    await server.stop()
  }
}

export const lagResults = async (): Promise<readonly Result[]> => {
  const runs: Run[] = []
  for (let n = 0; n < repetitions; n += 1) runs.push(await run())
  const at = (share: number) => spreadOf(runs.map(({ lags }) => percentile(lags, share)))
  const ours = figure('p99, log to rows', 'ms', at(0.99))
  return [
    {
      target: 'T7',
      what: `projection lag, ${String(perSecond)} orders/s of six events`,
      ours,
      limits: [
        figure('NOTIFY round trip, p50', 'ms', spreadOf(runs.map(({ roundTrip }) => roundTrip))),
        figure('our p50', 'ms', at(0.5)),
        figure('orders/s written', 'orders/s', spreadOf(runs.map(({ orders }) => orders))),
      ],
      goals: [atMost(50, ours)],
    },
  ]
}
