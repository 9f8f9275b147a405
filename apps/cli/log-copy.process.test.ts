/** A ledger moves house: PostgreSQL, EventStoreDB (a double of it), PostgreSQL again; killed on the way, and it goes on. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type DoubleProcess, startDouble } from '#adapters/testing/eventstore-double/process'
import { type Client, openClient, type Order } from '#apps/demo/client'
import { commonFindings } from '#apps/demo/judge/all'
import { gather } from '#apps/demo/judge/evidence'
import type { Rows } from '#apps/demo/judge/log-row'
import { type Ledger, startLedger } from '#apps/demo/ledger'
import { openRows } from '#apps/demo/log-rows'
import { cancelUntilSettled } from '#apps/demo/winding-down'
import { openEventStoreRows } from '#apps/testing/eventstore-rows'
import { startLoad } from '#apps/testing/load'
import { until } from '#apps/testing/processes'
import type { StoredEvent } from '#schemas/envelope'

const root = import.meta.dirname.replace(/\/apps\/cli$/, '')
const folder = mkdtempSync(join(tmpdir(), 'daybook-moving-'))
const first = join(folder, 'first')
const second = join(folder, 'second')

let double: DoubleProcess
beforeAll(async () => {
  double = await startDouble(join(folder, 'events.jsonl'))
})
const running = new Set<Ledger>()
const start = async (data: string, ...options: readonly string[]): Promise<Ledger> => {
  const ledger = await startLedger({ data, root, options: ['--symbols', 'BTC/USDT', ...options] })
  running.add(ledger)
  return ledger
}
const stop = async (ledger: Ledger): Promise<void> => {
  running.delete(ledger)
  expect(await ledger.stop()).toBe(0)
}
afterAll(async () => {
  for (const ledger of running) await ledger.stop()
  await double.stop()
  rmSync(folder, { recursive: true, force: true })
})

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}
const begun = (...words: readonly string[]): ChildProcess =>
  spawn(process.execPath, [join(root, 'build/apps/cli.mjs'), 'log', 'copy', ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
const copy = async (...words: readonly string[]): Promise<Ended> => {
  const child = begun(...words)
  let [out, err] = ['', '']
  child.stdout?.on('data', (piece: Buffer) => (out += piece.toString()))
  child.stderr?.on('data', (piece: Buffer) => (err += piece.toString()))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, out, err }
}
const toDouble = (): readonly string[] => [
  '--from',
  'embedded',
  '--data',
  first,
  '--to',
  double.url(),
]

const home = (): readonly string[] => ['--from', double.url(), '--to', 'embedded', '--data', second]

/** All but what is each store's own: position and time. */
const texts = (stored: readonly StoredEvent[]) =>
  stored.map(({ stream, revision, id, type, data, metadata }) => ({
    stream,
    revision,
    id,
    type,
    data,
    metadata,
  }))
/** What a ledger on a copy is held to: its decisions follow from its log, and its books are what the log says. */
const brokenIn = async (rows: Rows): Promise<readonly unknown[]> => {
  const found = commonFindings(await gather(rows))
  // Nobody can ask for an amendment yet, so that there is none to examine.
  return found.filter(
    ({ verdict, examined, invariant }) =>
      verdict !== 'holds' || (examined === 0 && !invariant.endsWith(' amend')),
  )
}
const buy = {
  symbol: 'BTC/USDT',
  side: 'buy',
  type: 'market',
  quantity: '0.01',
  strategy: 'moved',
} as const
/** What clients are shown, but for where it stands in the log. */
const shown = async (client: Client): Promise<readonly unknown[]> => {
  const lists = await Promise.all(
    ['/v1/orders', '/v1/fills', '/v1/risk/decisions'].map((path) => client.all<Order>(path)),
  )
  return lists.flat().map((row) => ({ ...row, logPosition: null }))
}

let views: readonly unknown[] = []
let log: readonly StoredEvent[] = []

test('a ledger that runs is copied as far as it is, and says so', { timeout: 60_000 }, async () => {
  const ledger = await start(first)
  const load = startLoad(ledger.url, ledger.key, 3)
  await until('some orders', () => load.acknowledged().length > 60)
  const { code, out, err } = await copy(...toDouble())
  expect({ code, err }).toStrictEqual({
    code: 0,
    err: expect.stringContaining('Stop it, and give the same command again') as string,
  })
  expect(out).toMatch(
    /^from +the log in .*first\nto +esdb:\/\/127.*\nsame +\d+\nadded +\d+\nposition +\d+\n$/,
  )
  await until('more orders', () => load.acknowledged().length > 120)
  await load.stop()
  const client = openClient(ledger.url, ledger.key)
  // What is open could still be filled on the way.
  expect(await cancelUntilSettled(client)).toStrictEqual([])
  views = await shown(client)
  const rows = await openRows(first)
  log = await rows.stored()
  await rows.close()
  await stop(ledger)
})

test('killed on its way, it goes on where it was, and every event is the same', {
  timeout: 60_000,
}, async () => {
  const before = (await copy(...toDouble(), '--dry-run', '-o', 'json')).out
  const { same, missing } = JSON.parse(before) as {
    readonly same: number
    readonly missing: number
  }
  expect(same).toBeGreaterThan(100)
  expect(missing).toBeGreaterThan(100)
  await double.misbehave({ appendDelayMs: 3 })
  const written = async (): Promise<number> =>
    (await double.tell({ do: 'tell' })).calls['append'] ?? 0
  for (let kill = 0; kill < 2; kill += 1) {
    const [already, child] = [await written(), begun(...toDouble())]
    await until('that it copies', async () => (await written()) > already + 20)
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  await double.misbehave({})
  const { code, out, err } = await copy(...toDouble(), '-o', 'json')
  expect({ code, err }).toMatchObject({ code: 0 })
  expect(JSON.parse(out)).toMatchObject({ same: log.length })
  expect((JSON.parse(out) as { readonly added: number }).added).toBeLessThan(missing)
  expect((await copy(...toDouble(), '--verify-only')).code).toBe(0)
})

test('a ledger goes on upon the copy: its books are filled anew, its decisions follow', {
  timeout: 60_000,
}, async () => {
  const ledger = await start(first, '--log', double.url())
  const client = openClient(ledger.url, ledger.key)
  await expect.poll(() => shown(client), { timeout: 10_000 }).toStrictEqual(views)
  expect(await client.execute(buy)).toMatchObject({ status: 'filled', filledQuantity: '0.01' })
  const rows = await openEventStoreRows(first, double.url())
  expect(texts((await rows.stored()).slice(0, log.length))).toStrictEqual(texts(log))
  expect(await brokenIn(rows)).toStrictEqual([])
  // From an address, where nothing but the log tells of who uses it.
  const early = await copy(...home())
  expect(early).toMatchObject({
    code: 0,
    err: expect.stringMatching(/[Ss]top .*give the same command again/) as string,
  })
  expect(early.err).not.toContain('A ledger that starts on the copy')
  log = await rows.stored()
  await rows.close()
  await stop(ledger)
  expect(await copy(...toDouble())).toMatchObject({
    code: 1,
    err: expect.stringMatching(
      /^The target goes on where the source ends, after [\d,]+ events/m,
    ) as string,
  })
})

test('and back into PostgreSQL, in a folder of its own, where the ledger goes on as well', {
  timeout: 60_000,
}, async () => {
  const last = texts(log)
  const { code, err } = await copy(...home())
  expect({ code, err }).toMatchObject({ code: 0 })
  expect(await copy(...home(), '--verify-only')).toMatchObject({ code: 0 })
  mkdirSync(second, { recursive: true })
  copyFileSync(join(first, 'key'), join(second, 'key'))
  const ledger = await start(second)
  const client = openClient(ledger.url, ledger.key)
  expect(await client.execute(buy)).toMatchObject({ status: 'filled' })
  const rows = await openRows(second)
  expect(texts((await rows.stored()).slice(0, last.length))).toStrictEqual(last)
  expect(await brokenIn(rows)).toStrictEqual([])
  await rows.close()
  expect(await copy(...home())).toMatchObject({
    code: 2,
    err: expect.stringMatching(/running on/) as string,
  })
  await stop(ledger)
})
