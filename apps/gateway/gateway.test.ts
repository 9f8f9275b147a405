/** The gateway on a stage: what it sends, records and lapses, by example. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { named, quantity, Stage } from '#apps/gateway/testing/stage'
import { amendmentId } from '#domain/testing/amends'
import { price, terms } from '#domain/testing/orders'
import { plusMs } from '#domain/values/instant'
import { orderStream } from '#schemas/streams'
import type { AccountId, MarketSymbol } from '#schemas/values/ids'

let stage: Stage
beforeEach(async () => {
  stage = new Stage()
  await stage.furnish()
})
afterEach(() => {
  stage.noDefects()
})

const sentAndAccepted = ['OrderIntentRecorded', 'OrderSubmissionStarted', 'OrderAccepted']

describe('an approved order', () => {
  test('that somebody asked to amend is followed on, by a successor too', async () => {
    const first = await stage.running('g1')
    const order = await stage.place()
    await stage.world.settle()
    await stage.write(orderStream(order), {
      type: 'OrderAmendRequested',
      orderId: order,
      amendmentId,
      terms: { ...terms, quantity: quantity('0.5') },
      decideBy: plusMs(stage.world.clock.now(), 5000),
    })
    stage.venue.fill(named(order), '0.4')
    await stage.world.settle()
    stage.crash(first)
    await stage.running('g2')
    stage.venue.fill(named(order), '0.6')
    await stage.world.settle()
    expect((await stage.all('OrderFilled')).map((fill) => fill.quantity)).toStrictEqual([
      quantity('0.4'),
      quantity('0.6'),
    ])
  })
  test('is written to the log and then sent once, with the approved terms', async () => {
    await stage.running()
    const order = await stage.place()
    await stage.world.settle()
    expect(await stage.typesOf(order)).toStrictEqual(sentAndAccepted)
    const [attempt, ...more] = stage.venue.attempts
    expect(more).toStrictEqual([])
    expect(attempt?.order).toStrictEqual({
      clientOrderId: named(order),
      terms,
      sendBy: plusMs(attempt?.leftAt ?? stage.world.clock.now(), 2000),
    })
    const [started] = await stage.all('OrderSubmissionStarted')
    const approvals = (await stage.log()).filter(({ event }) => event.type === 'OrderApproved')
    expect(started?.approvalId).toBe(approvals[0]?.metadata.id)
    expect(started?.riskRevision).toBe(approvals[0]?.revision)
  })
  test('that fills is recorded acknowledgement first, each trade once', async () => {
    stage.venue.script = () => ({ effect: 'fill', answer: 'answer' })
    stage.venue.echoes = () => 3
    await stage.running()
    const order = await stage.place()
    await stage.world.settle()
    expect(await stage.typesOf(order)).toStrictEqual([...sentAndAccepted, 'OrderFilled'])
    expect(stage.nodes[0]?.gateway.ordersInMemory()).toBe(0)
  })
  test('that the venue ends with something left expires with what was filled', async () => {
    stage.venue.script = () => ({ effect: 'expireHalf', answer: 'answer' })
    await stage.running()
    const order = await stage.place()
    await stage.world.settle()
    expect(await stage.lastOf(order)).toMatchObject({
      type: 'OrderExpired',
      filledTotal: quantity('0.5'),
    })
    expect(stage.nodes[0]?.gateway.ordersInMemory()).toBe(0)
  })
  test.each([
    ['refuse', 'venueRefused'],
    ['throttle', 'venueThrottled'],
  ] as const)('that the venue does not take (%s) is refused as %s', async (effect, code) => {
    stage.venue.script = () => ({ effect, answer: 'answer' })
    await stage.running()
    const order = await stage.place()
    await stage.world.settle()
    expect(await stage.lastOf(order)).toMatchObject({ type: 'OrderRefused', reason: { code } })
  })
  test('on other terms than the intent is never sent, and lapses', async () => {
    await stage.running()
    const order = await stage.intend()
    await stage.approve(order, { terms: { ...terms, limitPrice: price('60001') } })
    await stage.world.run(6000)
    expect(stage.venue.attempts).toStrictEqual([])
    expect(await stage.lastOf(order)).toMatchObject({
      type: 'OrderLapsed',
      reason: { code: 'approvalExpired' },
    })
  })
  test('is not sent after sendBy, however the time was lost', async () => {
    stage.pausesBeforeSend = true
    const node = await stage.running()
    const order = await stage.place()
    await stage.world.settle()
    await stage.world.pass(2000)
    node.paused?.()
    await stage.world.settle()
    expect(stage.venue.attempts).toStrictEqual([])
    expect(await stage.lastOf(order)).toMatchObject({
      type: 'OrderRefused',
      reason: { code: 'notSent' },
    })
  })
  test('is not sent after sendBy by the time of day, where the machine slept', async () => {
    stage.pausesBeforeSend = true
    const node = await stage.running()
    const order = await stage.place()
    await stage.world.settle()
    stage.world.step(600_000)
    node.paused?.()
    await stage.world.settle()
    expect(stage.venue.attempts).toStrictEqual([])
    expect(await stage.lastOf(order)).toMatchObject({ reason: { code: 'notSent' } })
  })
  test('is not sent when a cancel or a kill switch came between append and send', async () => {
    stage.pausesBeforeSend = true
    const node = await stage.running()
    const cancelled = await stage.place()
    await stage.world.settle()
    const go = node.paused
    await stage.askCancel(cancelled)
    await stage.world.settle()
    go?.()
    await stage.world.settle()
    const killed = await stage.place()
    await stage.world.settle()
    await stage.kill('halt')
    await stage.world.settle()
    node.paused?.()
    await stage.world.settle()
    expect(stage.venue.attempts).toStrictEqual([])
    for (const order of [cancelled, killed]) {
      expect(await stage.lastOf(order)).toMatchObject({ type: 'OrderRefused' })
    }
  })
})

describe('what was never sent lapses', () => {
  test('cancelled, before and after its approval', async () => {
    await stage.running()
    const undecided = await stage.intend()
    await stage.askCancel(undecided)
    await stage.world.settle()
    await stage.approve(undecided)
    await stage.world.settle()
    expect(await stage.lastOf(undecided)).toMatchObject({
      type: 'OrderLapsed',
      reason: { code: 'cancelRequested' },
    })
    expect(stage.venue.attempts).toStrictEqual([])
  })
  test('undecided 5 s after its time to decide, and not before', async () => {
    await stage.running()
    const order = await stage.intend()
    await stage.world.run(9990)
    expect(await stage.typesOf(order)).toHaveLength(1)
    await stage.world.run(20)
    expect(await stage.lastOf(order)).toMatchObject({ reason: { code: 'undecided' } })
  })
  test('expired while the venue was away', async () => {
    stage.venue.connected = false
    await stage.running()
    const order = await stage.place()
    await stage.world.run(4900)
    expect(await stage.typesOf(order)).toHaveLength(1)
    await stage.world.run(200)
    expect(await stage.lastOf(order)).toMatchObject({ reason: { code: 'approvalExpired' } })
  })
  test('forbidden by a kill switch while the venue was away', async () => {
    stage.venue.connected = false
    await stage.running()
    const order = await stage.place()
    await stage.kill('reduce')
    await stage.world.settle()
    expect(await stage.lastOf(order)).toMatchObject({
      type: 'OrderLapsed',
      reason: { code: 'killSwitch' },
    })
  })
  test('by deadlines that are found on the log at the start', async () => {
    const order = await stage.intend()
    await stage.world.pass(4000)
    await stage.running()
    await stage.world.run(6010)
    expect(await stage.lastOf(order)).toMatchObject({ reason: { code: 'undecided' } })
  })
  test('but a denied one is only forgotten', async () => {
    const node = await stage.running()
    const order = await stage.intend()
    await stage.deny(order)
    await stage.world.run(20_000)
    expect(await stage.typesOf(order)).toStrictEqual(['OrderIntentRecorded'])
    expect(node.gateway.ordersInMemory()).toBe(0)
  })
})

describe('the store', () => {
  test('may lose acknowledgements and writes: everything is written once', async () => {
    stage.venue.script = () => ({ effect: 'fill', answer: 'answer' })
    let faults = 0
    stage.storeFault = () => {
      faults += 1
      return faults % 3 === 0 ? undefined : faults % 3 === 1 ? 'lostAck' : 'lostWrite'
    }
    await stage.running()
    await stage.world.run(5000)
    const order = await stage.place()
    await stage.world.run(1500)
    expect(await stage.typesOf(order)).toStrictEqual([...sentAndAccepted, 'OrderFilled'])
    expect(stage.venue.attempts).toHaveLength(1)
  })
})

test('an account that is opened later is reconciled before its orders are sent', async () => {
  const node = await stage.running()
  const account = 'second' as AccountId
  await stage.openAccount(account)
  const order = await stage.place({ account })
  await stage.world.settle()
  expect(node.gateway.standing()).toStrictEqual({ state: 'ready' })
  expect(await stage.lastOf(order)).toMatchObject({ type: 'OrderAccepted' })
  const reconciled = (await stage.log()).find(
    ({ event }) => event.type === 'ReconciliationCompleted' && event.account === account,
  )
  const started = (await stage.log()).find(({ event }) => event.type === 'OrderSubmissionStarted')
  expect(reconciled?.position).toBeLessThan(started?.position ?? 0n)
})

test('orders for another venue are none of its business', async () => {
  const node = await stage.running()
  const order = await stage.place({ venue: 'elsewhere' as typeof terms.venue })
  await stage.world.run(20_000)
  expect(await stage.typesOf(order)).toHaveLength(1)
  expect(node.gateway.ordersInMemory()).toBe(0)
})

test('instruments are listed as the venue has them, changed when it changes them, once', async () => {
  await stage.running('g1')
  await stage.running('g2')
  expect(await stage.all('InstrumentListed')).toHaveLength(1)
  const [before] = stage.venue.instruments
  if (before === undefined) throw new Error('the scripted venue trades nothing')
  const coarser = { ...before, rules: { ...before.rules, tickSize: price('0.1') } }
  stage.venue.instruments = [coarser, { ...before, symbol: 'ETH/USDT' as MarketSymbol }]
  stage.venue.disconnect()
  stage.venue.reconnect()
  await stage.world.settle()
  expect(await stage.all('InstrumentListed')).toHaveLength(2)
  expect(await stage.all('InstrumentChanged')).toMatchObject([{ rules: coarser.rules }])
})
