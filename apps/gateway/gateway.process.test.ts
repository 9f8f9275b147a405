/** The real gateway between a real log and the real paper venue: killed, frozen, overtaken, stopped. */
import { readFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import * as E from 'fp-ts/lib/Either.js'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { openPostgresEventLog } from '#adapters/postgres/event-log'
import { systemClock } from '#adapters/system/clock'
import { systemIds } from '#adapters/system/ids'
import { type TestPostgres, testPostgres } from '#adapters/testing/postgres'
import {
  absenceFaults,
  fillFaults,
  fundingFaults,
  sendingFaults,
  standstillFaults,
  transitionFaults,
} from '#apps/gateway/testing/checks'
import {
  type Client,
  freePort,
  type Market,
  openClient,
  openMarket,
  startVenue,
} from '#apps/paper-venue/testing/process'
import { type AppProcess, killAll, startApp } from '#apps/testing/app-process'
import { until } from '#apps/testing/processes'
import { enveloper } from '#domain/kernel/envelop'
import type { ExpectedRevision } from '#domain/kernel/event-log'
import { book, quantity, terms } from '#domain/testing/orders'
import { plusMs } from '#domain/values/instant'
import type { RecordedEvent } from '#schemas/envelope'
import type { LedgerEvent } from '#schemas/events/ledger'
import { accountStream, orderStream, riskStream, type StreamName } from '#schemas/streams'
import type { Price, Ratio } from '#schemas/values/decimal'
import type { Currency, OrderId } from '#schemas/values/ids'
import type { Terms } from '#schemas/values/trading'
import type { Instant } from '#schemas/values/instant'
import type { AppName } from '#schemas/writers'

type Log = ReturnType<typeof openPostgresEventLog>

let postgres: TestPostgres
let market: Market
let port: number
let client: Client
let logs: Readonly<Record<'api' | 'risk-guard', Log>>
let approvals = 0n

beforeAll(async () => {
  postgres = await testPostgres()
  market = await openMarket()
  port = await freePort()
  startVenue(postgres.url('paper-venue'), market, port)
  client = openClient(port)
  const opened = (app: AppName): Log => openPostgresEventLog({ url: postgres.url(app), app })
  logs = { api: opened('api'), 'risk-guard': opened('risk-guard') }
  await write('api', riskStream(book), 'noStream', {
    type: 'BookOpened',
    book,
    currency: 'USDT' as Currency,
    control: 'single',
    tradingDay: { time: '00:00', zone: 'UTC' },
    limits: {},
  })
  await write('api', accountStream(terms.account), 'noStream', {
    type: 'AccountOpened',
    account: terms.account,
    book,
    currency: 'USDT' as Currency,
    leverage: (10n ** 18n) as Ratio,
    costBasis: 'average',
  })
})
afterAll(async () => {
  await killAll()
  await client.venue.close()
  await Promise.all(Object.values(logs).map((log) => log.close()))
  await market.close()
  await postgres.stop()
})
const gateways: AppProcess[] = []
afterEach(async () => {
  for (const gateway of gateways.splice(0)) {
    gateway.kill('SIGKILL')
    await gateway.ended
  }
})

test('sends what was approved, records what became of it, and stops cleanly', async () => {
  const gateway = start()
  await gateway.logs('"state":"ready"')
  const bought = await place(atMarket)
  await becomes(bought, 'OrderFilled')
  expect(await typesOf(bought)).toStrictEqual([
    'OrderIntentRecorded',
    'OrderSubmissionStarted',
    'OrderAccepted',
    'OrderFilled',
  ])
  const resting = await place(farAway)
  await becomes(resting, 'OrderAccepted')
  await write('api', orderStream(resting), 2n, { type: 'OrderCancelRequested', orderId: resting })
  await becomes(resting, 'OrderCancelled')
  gateway.kill('SIGTERM')
  expect(await gateway.ended).toStrictEqual([0, null])
})

test('killed again and again while orders come in, it ends where the venue ends', async () => {
  const ids: OrderId[] = []
  for (let kill = 0; kill < 5; kill += 1) {
    const gateway = start()
    await gateway.logs('"state":"ready"')
    for (let n = 0; n < 8; n += 1) ids.push(await place(n % 3 === 0 ? farAway : atMarket))
    await setTimeout(25 * kill)
    gateway.kill('SIGKILL')
    await gateway.ended
  }
  start()
  await until('every order to be settled', async () => (await faults()).length === 0, 40_000)
  expect(await faults()).toStrictEqual([])
  const attempted = await Promise.all(ids.map(async (id) => (await typesOf(id))[1]))
  expect(attempted).toContain('OrderSubmissionStarted')
})

test.each(['beforeAcknowledged', 'beforeSend'] as const)(
  'frozen between append and send (%s), overtaken and resumed, nothing of it is executed',
  async (pause) => {
    const pausing = { ...environment(), DAYBOOK_TEST_PAUSE: pause }
    const frozen = startApp('gateway', pausing, 'testing/paused-main.ts')
    gateways.push(frozen)
    await frozen.logs('"state":"ready"')
    const order = await place(atMarket)
    await until('the gateway to stop itself', () => isStopped(frozen.pid), 20_000)
    expect(await typesOf(order)).toStrictEqual(['OrderIntentRecorded', 'OrderSubmissionStarted'])
    await start().logs('"state":"ready"')
    await becomes(order, 'OrderRefused')
    frozen.kill('SIGCONT')
    // It works on: what it hears next, it records.
    await becomes(await place(atMarket), 'OrderFilled')
    await setTimeout(500)
    expect(await typesOf(order)).toStrictEqual([
      'OrderIntentRecorded',
      'OrderSubmissionStarted',
      'OrderOutcomeUnknown',
      'OrderOutcomeResolved',
      'OrderRefused',
    ])
    expect(await faults()).toStrictEqual([])
    frozen.kill('SIGTERM')
    expect(await frozen.ended).toStrictEqual([0, null])
  },
)

const environment = (): Readonly<Record<string, string>> => ({
  PATH: process.env['PATH'] ?? '',
  DAYBOOK_LOG: postgres.url('gateway'),
  DAYBOOK_PAPER: `ws://127.0.0.1:${String(port)}`,
})
const start = (): AppProcess => {
  const gateway = startApp('gateway', environment())
  gateways.push(gateway)
  return gateway
}

const { limitPrice: _, ...withoutPrice } = terms
const atMarket: Terms = {
  ...withoutPrice,
  orderType: 'market',
  timeInForce: 'ioc',
  quantity: quantity('0.1'),
}
const farAway: Terms = {
  ...terms,
  quantity: quantity('0.2'),
  limitPrice: (50n * 10n ** 18n) as Price,
}

const envelop = enveloper('test', systemIds, systemClock)
const write = async (
  app: 'api' | 'risk-guard',
  stream: StreamName,
  expected: ExpectedRevision,
  event: LedgerEvent,
): Promise<void> => {
  const proposed = envelop(event, { correlationId: systemIds.correlationId() }, { app })
  const appended = await logs[app].append(stream, expected, [proposed])
  if (E.isLeft(appended)) throw new Error(JSON.stringify(appended.left, String))
}
/** An intent and its approval, as the api and the guard would write them. */
const place = async (asked: Terms): Promise<OrderId> => {
  const orderId = systemIds.eventId() as string as OrderId
  const at = systemClock.now()
  const decideBy = plusMs(at, 5000)
  const intent = { type: 'OrderIntentRecorded', orderId, book, terms: asked, decideBy } as const
  await write('api', orderStream(orderId), 'noStream', intent)
  await write('risk-guard', riskStream(book), approvals, {
    type: 'OrderApproved',
    orderId,
    book,
    rules: 1,
    basis: { count: 0 },
    at,
    clock: at,
    terms: asked,
    reducing: false,
    // Longer than a guard's, so that a busy machine does not decide the test.
    expiresAt: plusMs(at, 30_000),
    checks: [],
  })
  approvals += 1n
  return orderId
}

const right = <A>(result: E.Either<unknown, A>): A => {
  if (E.isLeft(result)) throw new Error(JSON.stringify(result.left, String))
  return result.right
}
const typesOf = async (orderId: OrderId): Promise<readonly string[]> =>
  right(await logs.api.read(orderStream(orderId), -1n)).map(({ event }) => event.type)
const becomes = (orderId: OrderId, type: string): Promise<void> =>
  until(`${orderId} to be ${type}`, async () => (await typesOf(orderId)).includes(type), 20_000)

const whole = async (): Promise<readonly RecordedEvent[]> => {
  const events: RecordedEvent[] = []
  for (let after = 0n; ; ) {
    const page = right(await logs.api.readAll(after, {}, 1000))
    events.push(...page.events)
    if (page.atHead) return events
    after = page.upTo
  }
}
/** What the log says, held against what the venue says. */
const faults = async (): Promise<readonly string[]> => {
  const { openOrders, closedOrders, trades } = client.venue
  const ever = 0 as Instant
  const evidence = {
    log: await whole(),
    attempts: [],
    orders: [
      ...right(await openOrders(terms.account)),
      ...right(await closedOrders(terms.account, ever)),
    ].filter(({ status }) => status !== 'refused'),
    trades: right(await trades(terms.account, ever)),
    fundings: right(await client.venue.fundings(terms.account, ever)),
  }
  return [
    ...sendingFaults(evidence),
    ...fillFaults(evidence),
    ...fundingFaults(evidence),
    ...transitionFaults(evidence),
    ...absenceFaults(evidence),
    ...standstillFaults(evidence),
  ]
}

/** T: stopped by a signal (proc(5), /proc/pid/stat, field 3). */
const isStopped = (pid: number): boolean =>
  readFileSync(`/proc/${String(pid)}/stat`, 'utf8')
    .split(') ')[1]
    ?.startsWith('T') ?? false
