/** The whole ledger under load, its processes killed one by one and all at once: nothing that it promised is lost. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openClient, type Order } from '#apps/demo/client'
import { type Ledger, startLedger } from '#apps/demo/ledger'
import { openRows } from '#apps/demo/log-rows'
import { commonFindings } from '#apps/demo/judge/all'
import { gather } from '#apps/demo/judge/evidence'
import type { Finding } from '#apps/demo/judge/finding'
import type { LogRow } from '#apps/demo/judge/log-row'
import { venueFindings } from '#apps/demo/judge/venue'
import { cancelUntilSettled } from '#apps/demo/winding-down'
import { type Acknowledged, startLoad } from '#apps/testing/load'
import { isAlive, killAndAwait, postmasterPid, statusOf, until } from '#apps/testing/processes'

const root = import.meta.dirname.replace(/\/apps$/, '')
const maxPosition = '0.8'
const folder = mkdtempSync(join(tmpdir(), 'daybook-ledger-'))
const limits = join(folder, 'limits.json')
const data = join(folder, 'data')
const start = (): Promise<Ledger> =>
  startLedger({ data, root, options: ['--symbols', 'BTC/USDT', '--limits', limits] })

let ledger: Ledger
beforeAll(async () => {
  writeFileSync(limits, JSON.stringify({ maxPosition: { 'BTC/USDT': maxPosition } }))
  ledger = await start()
})
afterAll(async () => {
  await ledger.stop()
  rmSync(folder, { recursive: true, force: true })
})

const apps = ['risk-guard', 'gateway', 'paper-venue', 'projector', 'market-data', 'api']

/** SIGKILL to the supervisor, every app and PostgreSQL in the same moment. */
const killEverything = async (): Promise<void> => {
  const pids = (await statusOf(ledger.url, ledger.key)).flatMap(({ pid }) =>
    pid === null ? [] : [pid],
  )
  const all = [ledger.supervisor.pid ?? 0, ...pids, postmasterPid(data)]
  expect(all.length).toBeGreaterThanOrEqual(apps.length + 2)
  for (const pid of all) process.kill(pid, 'SIGKILL')
  await until('all of them to be gone', () => all.every((pid) => !isAlive(pid)))
}

const brokenOf = (found: readonly Finding[]): readonly Finding[] =>
  found.filter(({ verdict, examined }) => verdict !== 'holds' || examined === 0)

/** P1: what was answered stands in the log, where the answer said. */
const lostOf = (promised: readonly Acknowledged[], log: readonly LogRow[]): readonly string[] => {
  const byPosition = new Map(log.map((row) => [String(row.position), row]))
  return promised.flatMap(({ id, logPosition }) => {
    const row = byPosition.get(logPosition)
    return row?.type === 'OrderIntentRecorded' && row.data['orderId'] === id ? [] : [id]
  })
}

test('killed one by one and all at once, it keeps what it promised', {
  timeout: 300_000,
}, async () => {
  const first = startLoad(ledger.url, ledger.key, 4)
  await until('the first orders', () => first.acknowledged().length > 20)
  for (const app of apps) {
    await killAndAwait(ledger.url, ledger.key, app)
    await setTimeout(500)
  }
  const before = first.acknowledged().length
  process.kill(postmasterPid(data), 'SIGKILL')
  await until('orders after PostgreSQL was killed', () => first.acknowledged().length > before + 20)
  await killEverything()
  await first.stop()

  ledger = await start()
  const second = startLoad(ledger.url, ledger.key, 4)
  await until('orders after everything was killed', () => second.acknowledged().length > 50)
  await second.stop()
  const client = openClient(ledger.url, ledger.key)
  const unsettled = await cancelUntilSettled(client)

  const promised = [...first.acknowledged(), ...second.acknowledged()]
  const rows = await openRows(data)
  const evidence = await gather(rows)
  const log = evidence.rows
  const found = [...commonFindings(evidence), ...(await venueFindings(rows, log))]
  await rows.close()
  expect([...first.surprises(), ...second.surprises()]).toStrictEqual([])
  expect(promised.length).toBeGreaterThan(150)
  expect(lostOf(promised, log)).toStrictEqual([])
  expect(unsettled).toStrictEqual([])
  expect(brokenOf(found)).toStrictEqual([])
})

test('a key that was answered before the kills is answered the same afterwards', async () => {
  const client = openClient(ledger.url, ledger.key)
  const [any] = await client.all<Order>('/v1/orders')
  expect(any).toBeDefined()
  const load = startLoad(ledger.url, ledger.key, 1)
  await until('an order', () => load.acknowledged().length > 0)
  await load.stop()
  const [{ id, logPosition, key, body }] = load.acknowledged() as readonly [Acknowledged]
  await killAndAwait(ledger.url, ledger.key, 'api')
  const again = await fetch(`${ledger.url}/v1/orders`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${ledger.key}`,
      'content-type': 'application/json',
      'idempotency-key': key,
    },
    body,
  })
  expect(again.status).toBe(201)
  expect(again.headers.get('idempotent-replayed')).toBe('true')
  expect(await again.json()).toMatchObject({ id, logPosition })
})
