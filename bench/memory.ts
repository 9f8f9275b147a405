/** T18: resident memory of every app, idle on a fresh ledger and after a million events. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import * as E from 'fp-ts/lib/Either.js'
import { startEmbeddedPostgres } from '#adapters/postgres/embedded'
import { openPostgresEventLog } from '#adapters/postgres/event-log'
import { type Ledger, startLedger } from '#apps/demo/ledger'
import { openRows } from '#apps/demo/log-rows'
import { statusOf, until } from '#apps/testing/processes'
import { riskStream } from '#schemas/streams'
import type { BookId } from '#schemas/values/ids'
import { appendHistory } from './history.ts'
import { figure, type Result, spreadOf } from './harness.ts'
import { root } from './root.ts'

const events = 1_000_000
const eventsOfOrder = 6
const most = 150

const residentMb = (pid: number): number =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8'))?.[1]) / 1024

/** Every app when nothing has happened for ten seconds: the lowest, middle and highest of ten looks. */
const idleMemory = async (
  ledger: Ledger,
): Promise<ReadonlyMap<string, ReturnType<typeof spreadOf>>> => {
  await setTimeout(10_000)
  const seen = new Map<string, number[]>()
  for (let look = 0; look < 10; look += 1) {
    for (const { name, pid } of await statusOf(ledger.url, ledger.key))
      if (pid !== null) seen.set(name, [...(seen.get(name) ?? []), residentMb(pid)])
    await setTimeout(300)
  }
  return new Map([...seen].map(([name, values]) => [name, spreadOf(values)]))
}

/** The history goes in while no app runs, through the same function that the apps append by. */
const seed = async (data: string): Promise<void> => {
  const server = await startEmbeddedPostgres({ folder: join(data, 'postgres') })
  if (E.isLeft(server)) throw new Error(server.left.message)
  const { url, stop } = server.right
  const orders = Math.ceil(events / eventsOfOrder / 200) * 200
  await appendHistory(url, orders, await lastOfRisk(url('risk-guard')))
  await stop()
}

/** The guard has written on the book's stream by itself: with what its first trading day began. */
const lastOfRisk = async (url: string): Promise<bigint> => {
  const log = openPostgresEventLog({ url, app: 'risk-guard' })
  const read = await log.read(riskStream('main' as BookId), -1n)
  await log.close()
  if (E.isLeft(read)) throw new Error(`the guard's stream cannot be read: ${read.left._tag}`)
  return read.right.at(-1)?.revision ?? -1n
}

const caughtUp = async (ledger: Ledger): Promise<void> => {
  const rows = await openRows(ledger.data)
  await until(
    'the read models to reach the head',
    async () => {
      const [row] = await rows.query(
        `select (select position from log.head) - (select min(position) from read.generations where live) as lag`,
      )
      return Number(row?.['lag']) < 100
    },
    600_000,
  )
  await rows.close()
}

export const memoryResults = async (): Promise<readonly Result[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'daybook-bench-'))
  const data = join(folder, 'data')
  try {
    const fresh = await startLedger({ data, root })
    const before = await idleMemory(fresh)
    await fresh.stop()
    await seed(data)
    const long = await startLedger({ data, root, readyWithinMs: 600_000 })
    await caughtUp(long)
    const after = await idleMemory(long)
    await long.stop()
    const [again] = [await startLedger({ data, root, readyWithinMs: 600_000 })]
    const restarted = await idleMemory(again)
    await again.stop()
    return [...before].map(([name, idle]) => {
      const [then, later] = [after.get(name) ?? idle, restarted.get(name) ?? idle]
      return {
        target: 'T18',
        what: `memory of ${name}`,
        ours: figure('idle', 'MB', idle),
        limits: [
          figure('after following 1 M events', 'MB', then),
          figure('restarted on 1 M events', 'MB', later),
        ],
        goals: [
          {
            says: `idle ≤ ${String(most)} MB`,
            reached: `${idle.median.toFixed(0)} MB`,
            met: idle.median <= most,
          },
          {
            says: `restarted on 1 M events ≤ ${String(most)} MB`,
            reached: `${later.median.toFixed(0)} MB`,
            met: later.median <= most,
          },
        ],
      }
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
