/** The real gateway between a real log and the real paper venue: killed, frozen, overtaken, stopped. */
import { readFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { openRealWorld, type RealWorld } from '#apps/gateway/testing/process'
import { startVenue } from '#apps/paper-venue/testing/process'
import { type AppProcess, killAll } from '#apps/testing/app-process'
import { until } from '#apps/testing/processes'
import { quantity, terms } from '#domain/testing/orders'
import type { Price } from '#schemas/values/decimal'
import type { OrderId } from '#schemas/values/ids'
import type { Terms } from '#schemas/values/trading'

let world: RealWorld
beforeAll(async () => {
  world = await openRealWorld()
  startVenue(world.postgres.url('paper-venue'), world.market, world.port)
})
afterAll(async () => {
  await killAll()
  await world.close()
})
const gateways: AppProcess[] = []
afterEach(async () => {
  for (const gateway of gateways.splice(0)) {
    gateway.kill('SIGKILL')
    await gateway.ended
  }
})
const start = (...how: Parameters<RealWorld['startGateway']>): AppProcess => {
  const gateway = world.startGateway(...how)
  gateways.push(gateway)
  return gateway
}

test('sends what was approved, records what became of it, and stops cleanly', async () => {
  const gateway = start()
  await gateway.logs('"state":"ready"')
  const bought = await world.place(atMarket)
  await world.becomes(bought, 'OrderFilled')
  expect(await world.typesOf(bought)).toStrictEqual([
    'OrderIntentRecorded',
    'OrderSubmissionStarted',
    'OrderAccepted',
    'OrderFilled',
  ])
  const resting = await world.place(farAway)
  await world.becomes(resting, 'OrderAccepted')
  await world.askCancel(resting)
  await world.becomes(resting, 'OrderCancelled')
  gateway.kill('SIGTERM')
  expect(await gateway.ended).toStrictEqual([0, null])
})

test('killed again and again while orders come in, it ends where the venue ends', async () => {
  const ids: OrderId[] = []
  for (let kill = 0; kill < 5; kill += 1) {
    const gateway = start()
    await gateway.logs('"state":"ready"')
    for (let n = 0; n < 8; n += 1) ids.push(await world.place(n % 3 === 0 ? farAway : atMarket))
    await setTimeout(25 * kill)
    gateway.kill('SIGKILL')
    await gateway.ended
  }
  start()
  await until('every order to be settled', async () => (await world.faults())?.length === 0, 40_000)
  expect(await world.faults()).toStrictEqual([])
  const attempted = await Promise.all(ids.map(async (id) => (await world.typesOf(id))[1]))
  expect(attempted).toContain('OrderSubmissionStarted')
})

test.each(['beforeAcknowledged', 'beforeSend'] as const)(
  'frozen between append and send (%s), overtaken and resumed, nothing of it is executed',
  async (pause) => {
    const frozen = start({ DAYBOOK_TEST_PAUSE: pause }, 'testing/paused-main.ts')
    await frozen.logs('"state":"ready"')
    const order = await world.place(atMarket)
    await until('the gateway to stop itself', () => isStopped(frozen.pid), 20_000)
    expect(await world.typesOf(order)).toStrictEqual([
      'OrderIntentRecorded',
      'OrderSubmissionStarted',
    ])
    await start().logs('"state":"ready"')
    await world.becomes(order, 'OrderRefused')
    frozen.kill('SIGCONT')
    // It works on: what it hears next, it records.
    await world.becomes(await world.place(atMarket), 'OrderFilled')
    await setTimeout(500)
    expect(await world.typesOf(order)).toStrictEqual([
      'OrderIntentRecorded',
      'OrderSubmissionStarted',
      'OrderOutcomeUnknown',
      'OrderOutcomeResolved',
      'OrderRefused',
    ])
    expect(await world.faults()).toStrictEqual([])
    frozen.kill('SIGTERM')
    expect(await frozen.ended).toStrictEqual([0, null])
  },
)

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

/** T: stopped by a signal (proc(5), /proc/pid/stat, field 3). */
const isStopped = (pid: number): boolean =>
  readFileSync(`/proc/${String(pid)}/stat`, 'utf8')
    .split(') ')[1]
    ?.startsWith('T') ?? false
