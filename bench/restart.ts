/** T5: how long after its start a guard is ready that finds a million events on the log, from nothing and from a snapshot. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import * as E from 'fp-ts/lib/Either.js'
import pg from 'pg'
import { openPostgresEventLog } from '#adapters/postgres/event-log'
import { type TestPostgres, testPostgres } from '#adapters/testing/postgres'
import { openMarket } from '#apps/paper-venue/testing/process'
import { readingAhead } from '#apps/process/reading-ahead'
import { guardFilter } from '#apps/risk-guard/guard'
import { furnish } from '#apps/risk-guard/testing/torture-load'
import { atMost, figure, repetitions, type Result, spreadOf } from './harness.ts'
import { appendHistory } from './history.ts'
import { appendOthers } from './other-events.ts'
import { root } from './root.ts'

const events = Number(process.env['DAYBOOK_BENCH_EVENTS'] ?? '1000000')
const eventsOfOrder = 6
const ordersAtOnce = 200
/** The rest of the log is of other kinds. */
const orders = Math.floor((events * 5) / 6 / eventsOfOrder / ordersAtOnce) * ordersAtOnce

const filled = async (server: TestPostgres): Promise<void> => {
  const log = openPostgresEventLog({ url: server.url('api'), app: 'api' })
  await furnish(log)
  await log.close()
  // The book was opened at revision 0 of its stream; the account opened and funded at 0 and 1 of its own.
  await appendHistory(server.url, orders, 0n)
  await appendOthers(server.url, events - orders * eventsOfOrder, BigInt(orders), 1n)
}

const ready = (child: ChildProcess): Promise<void> =>
  new Promise((resolve, reject) => {
    child.on('message', ({ state }: { readonly state?: string }) => {
      if (state === 'ready') resolve()
    })
    child.once('exit', () => reject(new Error('the guard has ended')))
  })
/** From the start of the process to ready; an orderly stop afterwards leaves a snapshot. */
const secondsToReady = async (server: TestPostgres, hub: string): Promise<number> => {
  const begun = performance.now()
  const child = fork(join(root, 'build/apps/risk-guard.mjs'), [], {
    env: {
      PATH: process.env['PATH'],
      DAYBOOK_LOG: server.url('risk-guard'),
      DAYBOOK_DATABASE: server.url('risk-guard'),
      DAYBOOK_HUB: hub,
      DAYBOOK_LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  await ready(child)
  const seconds = (performance.now() - begun) / 1000
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
  return seconds
}
/** What nobody can be faster than who reads with this client: every page decoded, and nothing done with it. */
const secondsToRead = async (server: TestPostgres): Promise<number> => {
  const log = openPostgresEventLog({ url: server.url('risk-guard'), app: 'risk-guard' })
  const begun = performance.now()
  const pages = readingAhead(log.subscribeAll(0n, guardFilter))
  for (let atHead = false; !atHead; ) {
    const page = await pages.next()
    if (E.isLeft(page)) throw new Error(page.left._tag)
    atHead = page.right.atHead
  }
  const seconds = (performance.now() - begun) / 1000
  await pages.close()
  await log.close()
  return seconds
}

export const restartResults = async (): Promise<readonly Result[]> => {
  const server = await testPostgres()
  const market = await openMarket()
  const owner = new pg.Client({ connectionString: server.url() })
  await owner.connect()
  try {
    await filled(server)
    const [fromNothing, fromSnapshot, reading]: [number[], number[], number[]] = [[], [], []]
    for (let run = 0; run < repetitions; run += 1) {
      await owner.query('delete from ops.snapshots')
      fromNothing.push(await secondsToReady(server, market.hub.url))
      fromSnapshot.push(await secondsToReady(server, market.hub.url))
      reading.push(await secondsToRead(server))
    }
    const limit = figure('reading and decoding the log alone', 's', spreadOf(reading))
    const [slow, fast] = [
      figure('from nothing', 's', spreadOf(fromNothing)),
      figure('from a snapshot', 's', spreadOf(fromSnapshot)),
    ]
    const what = `guard ready after its start, ${String(events / 1_000)} k events`
    return [
      { target: 'T5', what, ours: slow, limits: [limit], goals: [atMost(10, slow)] },
      { target: 'T5', what, ours: fast, limits: [], goals: [atMost(1, fast)] },
    ]
  } finally {
    await Promise.all([owner.end(), market.close()])
    await server.stop()
  }
}
