/** A ledger to be tortured: real guards, gateway and paper venue on a real log; the test plays everybody else. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import * as E from 'fp-ts/lib/Either.js'
import pg from 'pg'
import { type Engine, openTortureLog, type TortureLog } from '#apps/risk-guard/testing/torture-log'
import { furnish, startTortureLoad, type TortureLoad } from '#apps/risk-guard/testing/torture-load'
import { freePort, openMarket, startVenue } from '#apps/paper-venue/testing/process'
import { killAll, startApp } from '#apps/testing/app-process'
import { until } from '#apps/testing/processes'
import type { EventLog } from '#domain/kernel/event-log'
import type { RecordedEvent } from '#schemas/envelope'

export interface GuardProcess {
  readonly pid: number
  readonly kill: (signal: NodeJS.Signals) => void
  readonly ended: Promise<unknown>
  readonly isReady: () => boolean
  /** Resolves when it is, or when it has ended. */
  readonly ready: Promise<void>
}
export interface TortureWorld {
  readonly log: EventLog
  readonly load: TortureLoad
  readonly startGuard: (shard?: string) => GuardProcess
  /** How often the guards have said something that begins so. */
  readonly heard: (words: string) => number
  /** What guards complained of before they ended by themselves. */
  readonly complaints: () => readonly string[]
  /** SQL by the owner of everything. */
  readonly sql: (text: string) => Promise<void>
  readonly events: () => Promise<readonly RecordedEvent[]>
  /** Until every order is settled and every request ruled on, with guards that live. */
  readonly quiet: () => Promise<void>
  readonly close: () => Promise<void>
}

const root = join(import.meta.dirname, '../../..')
/** The guard as one file, so that it starts as fast as it does in a ledger. Two folders below package.json. */
const bundled = async (): Promise<string> => {
  mkdirSync(join(root, 'build'), { recursive: true })
  const folder = mkdtempSync(join(root, 'build/torture-'))
  await build({
    entryPoints: [join(root, 'apps/risk-guard/main.ts')],
    outfile: join(folder, 'risk-guard.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    logLevel: 'warning',
    absWorkingDir: root,
  })
  return folder
}
const pageEvents = 1_000
const everything = async (log: EventLog): Promise<readonly RecordedEvent[]> => {
  const events: RecordedEvent[] = []
  for (let after = 0n; ; ) {
    const page = await log.readAll(after, {}, pageEvents)
    if (E.isLeft(page)) throw new Error(page.left._tag)
    events.push(...page.right.events)
    if (page.right.atHead) return events
    after = page.right.upTo
  }
}

export const openTortureWorld = async (engine: Engine, seed: number): Promise<TortureWorld> => {
  const place = await openTortureLog(engine)
  const folder = await bundled()
  const market = await openMarket()
  const port = await freePort()
  startVenue(place.database.url('paper-venue'), market, port)
  startApp('gateway', {
    DAYBOOK_LOG: place.url('gateway'),
    DAYBOOK_PAPER: `ws://127.0.0.1:${String(port)}`,
  })
  const log = place.open('api')
  await furnish(log)
  await until('the venue to be reconciled', async () =>
    (await everything(log)).some(({ event }) => event.type === 'ReconciliationCompleted'),
  )
  const guards = guardsOf(join(folder, 'risk-guard.mjs'), place, market.hub.url)
  const load = startTortureLoad(log, seed)
  const owner = new pg.Client({ connectionString: place.database.url() })
  await owner.connect()
  return {
    log,
    load,
    startGuard: guards.start,
    heard: guards.heard,
    complaints: guards.complaints,
    sql: async (text) => {
      await owner.query(text)
    },
    events: () => everything(log),
    quiet: () =>
      until('everything to be decided', async () => openOf(await everything(log)) === 0, 60_000),
    close: async () => {
      await load.stop().catch(() => undefined)
      await guards.stop()
      await killAll()
      await Promise.all([log.close(), owner.end(), market.close()])
      await place.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Orders that wait for a decision, and requests that wait for a ruling. */
const openOf = (events: readonly RecordedEvent[]): number => {
  const open = new Set<string>()
  for (const { event } of events) {
    if (event.type === 'OrderIntentRecorded') open.add(event.orderId)
    if (/^Order(Approved|Denied|Lapsed)$/.test(event.type) && 'orderId' in event)
      open.delete(event.orderId)
    if ('proposalId' in event) {
      if ('rules' in event) open.delete(event.proposalId)
      else open.add(event.proposalId)
    }
  }
  return open.size
}

const guardsOf = (file: string, place: TortureLog, hub: string) => {
  const running = new Set<ChildProcess>()
  const heard = new Map<string, number>()
  const complaints: string[] = []
  const start = (shard = '1/1'): GuardProcess => {
    const child = fork(file, [], {
      env: {
        PATH: process.env['PATH'],
        DAYBOOK_LOG: place.url('risk-guard'),
        DAYBOOK_DATABASE: place.database.url('risk-guard'),
        DAYBOOK_HUB: hub,
        DAYBOOK_SHARD: shard,
        DAYBOOK_SNAPSHOT_EVENTS: '100',
      },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    running.add(child)
    let rest = ''
    child.stdout?.on('data', (piece: Buffer) => {
      const lines = (rest + piece.toString()).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        const { message = '' } = JSON.parse(line) as { readonly message?: string }
        heard.set(message, (heard.get(message) ?? 0) + 1)
      }
    })
    child.stderr?.on('data', (piece: Buffer) => complaints.push(piece.toString()))
    let isReady = false
    const ended = once(child, 'exit').then(() => running.delete(child))
    const ready = new Promise<void>((resolve) => {
      child.on('message', (row: { readonly state?: string }) => {
        isReady = row.state === 'ready'
        if (isReady) resolve()
      })
      child.once('exit', () => resolve())
    })
    return {
      pid: child.pid ?? 0,
      kill: (signal) => child.kill(signal),
      ended,
      isReady: () => isReady,
      ready,
    }
  }
  return {
    start,
    heard: (words: string) =>
      [...heard].reduce(
        (all, [message, count]) => all + (message.startsWith(words) ? count : 0),
        0,
      ),
    complaints: () => complaints,
    stop: async () => {
      await Promise.all(
        [...running].map(async (child) => {
          const gone = once(child, 'exit')
          child.kill('SIGKILL')
          await gone
        }),
      )
    },
  }
}
