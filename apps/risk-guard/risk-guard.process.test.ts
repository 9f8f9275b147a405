/** The real guard on a real server with a real tick hub, killed while it decides: I8, I12, and the writer of its events. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTickHub, type TickHub } from '#adapters/feed/server'
import { openPostgresEventLog } from '#adapters/postgres/event-log'
import { systemClock } from '#adapters/system/clock'
import { systemIds } from '#adapters/system/ids'
import { type TestPostgres, testPostgres } from '#adapters/testing/postgres'
import { faultsIn } from '#apps/risk-guard/testing/stage'
import { enveloper } from '#domain/kernel/envelop'
import type { ExpectedRevision } from '#domain/kernel/event-log'
import { settlingMs } from '#domain/risk/control'
import { proposed, releaseAsked } from '#domain/risk/testing/control-words'
import { streamOf } from '#domain/risk/testing/log'
import { connected, reconciled } from '#domain/risk/testing/venue-words'
import {
  accountOpened,
  bookOpened,
  btc,
  deposited,
  engaged,
  intent,
  listed,
} from '#domain/risk/testing/words'
import { plusMs } from '#domain/values/instant'
import type { RecordedEvent } from '#schemas/envelope'
import type { LedgerEvent } from '#schemas/events/ledger'
import type { Price, Quantity } from '#schemas/values/decimal'
import type { Instant } from '#schemas/values/instant'
import type { AppName } from '#schemas/writers'

let server: TestPostgres
let hub: TickHub
let ticking: NodeJS.Timeout
const logs = new Map<AppName, ReturnType<typeof openPostgresEventLog>>()
const running = new Set<ChildProcess>()

beforeAll(async () => {
  server = await testPostgres()
  const opened = await openTickHub({
    url: 'ws://127.0.0.1:0',
    welcome: { source: 'test', symbols: [btc] },
  })
  if (E.isLeft(opened)) throw new Error(opened.left.detail)
  hub = opened.right
  let sequence = 0
  ticking = setInterval(() => {
    sequence += 1
    const now = systemClock.now()
    const price = (65_000n * 10n ** 18n) as Price
    hub.publish({
      type: 'quote',
      symbol: btc,
      sequence,
      venueAt: now,
      receivedAt: now,
      bid: price,
      bidQuantity: 1n as Quantity,
      ask: price,
      askQuantity: 1n as Quantity,
    })
  }, 20)
  await write('api', bookOpened({ maxOrdersPerSecond: 9999 }), 'noStream')
  await write('api', accountOpened(), 'noStream')
  await write('api', deposited('1000000'), 0n)
  await write('gateway', listed(), 'noStream')
  await write('gateway', connected(), 'noStream')
  await write('gateway', reconciled(), 0n)
})
afterAll(async () => {
  clearInterval(ticking)
  for (const child of running) await killed(child)
  await Promise.all([...[...logs.values()].map((log) => log.close()), hub.close()])
  await server.stop()
})

test('killed again and again while orders come, beside another one, decides each once', async () => {
  const lasting = started()
  let asked = 0
  let isOver = false
  const asking = (async () => {
    while (!isOver) await askAll((asked += 1), 1)
  })()
  for (let n = 0; n < 3; n += 1) {
    const doomed = started()
    await ready(doomed)
    const before = await decisions()
    await expect.poll(decisions, { timeout: 20_000 }).toBeGreaterThan(before + 5)
    await killed(doomed)
  }
  isOver = true
  await asking
  await expect.poll(decisions, { timeout: 20_000 }).toBe(asked)
  const approved = (await events()).filter(({ event }) => event.type === 'OrderApproved')
  expect(approved.length).toBeGreaterThan(0)
  expect(faultsIn(await events())).toStrictEqual([])
  expect(lasting.exitCode).toBeNull()
  await killed(lasting)
})

test('lives on when the server dies, and stops at once when it is told to', async () => {
  const child = started()
  const before = await decisions()
  await askAll(1_000_000, 1)
  await expect.poll(decisions, { timeout: 20_000 }).toBe(before + 1)
  await server.crash()
  for (const log of logs.values()) await log.close()
  logs.clear()
  await askAll(1_000_001, 1)
  await expect.poll(decisions, { timeout: 20_000 }).toBe(before + 2)
  await write('api', engaged(1, 'halt'), 'streamExists')
  await askAll(1_000_002, 1)
  await expect.poll(decisions, { timeout: 20_000 }).toBe(before + 3)
  expect(
    (await events()).findLast(({ stream }) => stream.startsWith('risk-'))?.event,
  ).toMatchObject({
    type: 'OrderDenied',
    reason: { code: 'killSwitch' },
  })
  expect(faultsIn(await events())).toStrictEqual([])
  child.kill('SIGTERM')
  expect(await once(child, 'exit')).toStrictEqual([0, null])
})

test('sets limits and releases kill switches in their time, also when it was killed while they waited', async () => {
  const doomed = started()
  await ready(doomed)
  await request(proposed(1, { maxOpenOrders: 0 }), systemClock.now())
  await expect.poll(rulings, { timeout: 20_000 }).toStrictEqual(['RiskLimitsSet'])
  await write('api', engaged(2, 'reduce'), 'streamExists')
  // Asked for long enough ago that a few seconds are left, in which the guard dies.
  const asked = plusMs(systemClock.now(), 8_000 - settlingMs)
  await request(proposed(2, { maxOpenOrders: 100_000 }), asked)
  await request(releaseAsked(3, 1, 2), asked)
  await askAll(2_000_000, 1)
  await expect.poll(lastReason, { timeout: 20_000 }).toBe('killSwitch')
  await killed(doomed)
  expect(await rulings()).toStrictEqual(['RiskLimitsSet'])
  const successor = started()
  const all = ['RiskLimitsSet', 'RiskLimitsSet', 'KillSwitchReleased']
  await expect.poll(rulings, { timeout: 20_000 }).toStrictEqual(all)
  const late = (await events()).filter(({ event }) => 'proposalId' in event && 'rules' in event)
  for (const { event } of late.slice(1))
    expect('clock' in event && event.clock >= plusMs(asked, settlingMs)).toBe(true)
  const before = await decisions()
  await askAll(2_000_001, 1)
  await expect.poll(decisions, { timeout: 20_000 }).toBe(before + 1)
  expect(await lastReason()).toBe('OrderApproved')
  expect(faultsIn(await events())).toStrictEqual([])
  await killed(successor)
})

const rulings = async (): Promise<readonly string[]> =>
  (await events()).flatMap(({ event }) =>
    'proposalId' in event && 'rules' in event ? [event.type] : [],
  )
const lastReason = async (): Promise<string | undefined> => {
  const last = (await events()).findLast(({ event }) =>
    /OrderApproved|OrderDenied/.test(event.type),
  )
  return last?.event.type === 'OrderDenied' ? last.event.reason.code : last?.event.type
}
/** As the api appends it, at a time. */
const request = async (event: LedgerEvent, at: Instant): Promise<void> => {
  const asked = enveloper('api', systemIds, { ...systemClock, now: () => at })(event, {
    correlationId: systemIds.correlationId(),
  })
  const before = await logOf('api').read(streamOf(event), -1n)
  if (E.isLeft(before)) throw new Error(before.left._tag)
  const expected = before.right.at(-1)?.revision ?? 'noStream'
  const appended = await logOf('api').append(streamOf(event), expected, [asked])
  if (E.isLeft(appended)) throw new Error(JSON.stringify(appended.left._tag))
}
const logOf = (app: AppName) => {
  const known = logs.get(app)
  if (known !== undefined) return known
  const log = openPostgresEventLog({ url: server.url(app), app })
  logs.set(app, log)
  return log
}
const write = async (
  app: AppName,
  event: LedgerEvent,
  expected: ExpectedRevision,
): Promise<void> => {
  const cause = { correlationId: systemIds.correlationId() }
  const proposed = enveloper(app, systemIds, systemClock)(event, cause)
  const appended = await logOf(app).append(streamOf(event), expected, [proposed])
  if (E.isLeft(appended)) throw new Error(JSON.stringify(appended.left._tag))
}
/** One after the other, each decided within its 5 s. */
const askAll = async (first: number, count: number): Promise<void> => {
  for (let n = first; n < first + count; n += 1) {
    const decideBy = plusMs(systemClock.now(), 60_000)
    await write('api', intent(n, { quantity: '0.001', at: '65000', decideBy }), 'noStream')
  }
}
const events = async (): Promise<readonly RecordedEvent[]> => {
  const page = await logOf('api').readAll(0n, {}, 100_000)
  return E.isLeft(page) ? [] : page.right.events
}
const decisions = async (): Promise<number> =>
  (await events()).filter(({ event }) => /OrderApproved|OrderDenied/.test(event.type)).length

const started = (): ChildProcess => {
  const child = fork(join(import.meta.dirname, 'main.ts'), [], {
    execArgv: ['--import', 'tsx'],
    env: {
      PATH: process.env['PATH'],
      DAYBOOK_LOG: server.url('risk-guard'),
      DAYBOOK_DATABASE: server.url('risk-guard'),
      DAYBOOK_HUB: hub.url,
      DAYBOOK_LOG_LEVEL: 'silent',
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  running.add(child)
  return child
}
const ready = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    child.on('message', (row: { readonly state?: string }) => {
      if (row.state === 'ready') resolve()
    })
  })
const killed = async (child: ChildProcess): Promise<void> => {
  running.delete(child)
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}
