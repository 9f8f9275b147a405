/** The whole ledger under load, its processes killed one by one and all at once: nothing that it promised is lost. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openClient, type Order } from '#apps/demo/client'
import { type Ledger, startLedger } from '#apps/demo/ledger'
import { openRows } from '#apps/demo/log-rows'
import { cancelUntilSettled } from '#apps/demo/winding-down'
import { type Acknowledged, startLoad } from '#apps/testing/load'
import {
  askedAgain,
  judged,
  killEverything,
  killOneByOne,
  killPostgres,
  lostOf,
  untilMore,
} from '#apps/testing/ordeal'
import { killAndAwait, until } from '#apps/testing/processes'

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

test('killed one by one and all at once, it keeps what it promised', {
  timeout: 300_000,
}, async () => {
  const first = startLoad(ledger.url, ledger.key, 4)
  await untilMore(first, 20, 'the start')
  await killOneByOne(ledger)
  killPostgres(ledger)
  await untilMore(first, 20, 'PostgreSQL was killed')
  await killEverything(ledger)
  await first.stop()

  ledger = await start()
  const second = startLoad(ledger.url, ledger.key, 4)
  await untilMore(second, 50, 'everything was killed')
  await second.stop()
  const unsettled = await cancelUntilSettled(openClient(ledger.url, ledger.key))

  const promised = [...first.acknowledged(), ...second.acknowledged()]
  const rows = await openRows(data)
  const { log, broken } = await judged(rows)
  await rows.close()
  expect([...first.surprises(), ...second.surprises()]).toStrictEqual([])
  expect(promised.length).toBeGreaterThan(150)
  expect(lostOf(promised, log)).toStrictEqual([])
  expect(unsettled).toStrictEqual([])
  expect(broken).toStrictEqual([])
})

test('a key that was answered before the kills is answered the same afterwards', async () => {
  const client = openClient(ledger.url, ledger.key)
  const [any] = await client.all<Order>('/v1/orders')
  expect(any).toBeDefined()
  const load = startLoad(ledger.url, ledger.key, 1)
  await until('an order', () => load.acknowledged().length > 0)
  await load.stop()
  const [promised] = load.acknowledged() as readonly [Acknowledged]
  await killAndAwait(ledger.url, ledger.key, 'api')
  const { id, logPosition } = promised
  expect(await askedAgain(ledger, promised)).toMatchObject({
    status: 201,
    isReplayed: true,
    order: { id, logPosition },
  })
})
