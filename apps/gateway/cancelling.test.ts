/** The gateway on a stage: how cancels and kill switches reach the venue, by example. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { named, Stage } from '#apps/gateway/testing/stage'
import { killSwitchId, terms } from '#domain/testing/orders'
import { riskStream } from '#schemas/streams'
import type { OrderId, StrategyId } from '#schemas/values/ids'

let stage: Stage
beforeEach(async () => {
  stage = new Stage()
  await stage.furnish()
})
afterEach(() => {
  stage.noDefects()
})

const sentAndAccepted = ['OrderIntentRecorded', 'OrderSubmissionStarted', 'OrderAccepted']

describe('a cancel', () => {
  test('of an open order goes to the venue once, and ends it', async () => {
    await stage.running()
    const order = await stage.place()
    await stage.world.settle()
    await stage.askCancel(order)
    await stage.world.settle()
    expect(stage.venue.cancels).toStrictEqual([named(order)])
    expect(await stage.lastOf(order)).toMatchObject({ type: 'OrderCancelled', filledTotal: 0n })
  })
  test('that the venue refuses is recorded, and leaves the order open', async () => {
    stage.venue.cancelScript = () => 'tooLate'
    await stage.running()
    const order = await stage.place()
    await stage.world.settle()
    await stage.askCancel(order)
    await stage.world.settle()
    expect(await stage.lastOf(order)).toMatchObject({ type: 'OrderCancelRefused' })
    await stage.askCancel(order)
    stage.venue.cancelScript = () => 'answer'
    await stage.world.settle()
    expect(await stage.lastOf(order)).toMatchObject({ type: 'OrderCancelled' })
  })
  test('that is not answered is asked again until it is', async () => {
    stage.venue.cancelScript = () => 'silence'
    stage.venue.echoes = (report) => (report.type === 'order' ? 0 : 1)
    await stage.running()
    const order = await stage.place()
    await stage.world.settle()
    await stage.askCancel(order)
    await stage.world.run(3100)
    expect(stage.venue.cancels.length).toBeGreaterThan(1)
    stage.venue.cancelScript = () => 'answer'
    await stage.world.run(5000)
    expect(await stage.lastOf(order)).toMatchObject({ type: 'OrderCancelled' })
  })
  test('that meets a fill on its way records both', async () => {
    await stage.running()
    const order = await stage.place()
    await stage.world.settle()
    stage.venue.fill(named(order), '0.4')
    await stage.askCancel(order)
    await stage.world.settle()
    expect((await stage.typesOf(order)).toSorted()).toStrictEqual(
      [...sentAndAccepted, 'OrderCancelRequested', 'OrderCancelled', 'OrderFilled'].toSorted(),
    )
    expect(stage.nodes[0]?.gateway.ordersInMemory()).toBe(0)
  })
  test('is taken up again by a successor', async () => {
    const first = await stage.running('g1')
    const order = await stage.place()
    await stage.world.settle()
    stage.crash(first)
    await stage.askCancel(order)
    await stage.running('g2')
    expect(await stage.lastOf(order)).toMatchObject({ type: 'OrderCancelled' })
  })
})

describe('a kill switch', () => {
  const other = { strategy: 'other' as StrategyId }
  test('cancels what is open in its scope, and says so', async () => {
    await stage.running()
    const ours = await stage.place()
    const elsewhere = await stage.place(other)
    await stage.world.settle()
    await stage.kill('halt', { strategy: terms.strategy })
    await stage.world.settle()
    const requests = await stage.all('OrderCancelRequested')
    expect(requests).toHaveLength(1)
    expect(requests[0]).toMatchObject({ orderId: ours, killSwitchId: expect.any(String) as string })
    expect(killSwitchId).not.toBe(requests[0]?.killSwitchId)
    expect(await stage.lastOf(ours)).toMatchObject({ type: 'OrderCancelled' })
    expect(await stage.lastOf(elsewhere)).toMatchObject({ type: 'OrderAccepted' })
  })
  test('that lets reductions through leaves them alone', async () => {
    await stage.running()
    stage.venue.script = () => ({ effect: 'fill', answer: 'answer' })
    await stage.place()
    await stage.world.settle()
    stage.venue.script = () => ({ effect: 'rest', answer: 'answer' })
    const order = await stage.intend({ side: 'sell' })
    await stage.approve(order, { reducing: true })
    await stage.world.settle()
    await stage.kill('reduce')
    await stage.world.settle()
    expect(await stage.lastOf(order)).toMatchObject({ type: 'OrderAccepted' })
    await stage.kill('halt')
    await stage.world.settle()
    expect(await stage.lastOf(order)).toMatchObject({ type: 'OrderCancelled' })
  })
  test('engaged while no gateway ran is obeyed at the start', async () => {
    const first = await stage.running('g1')
    const order = await stage.place()
    await stage.world.settle()
    stage.crash(first)
    await stage.kill('halt')
    await stage.running('g2')
    expect(await stage.lastOf(order)).toMatchObject({ type: 'OrderCancelled' })
  })
  test('keeps approved orders from being sent', async () => {
    await stage.running()
    await stage.kill('reduce')
    const order = await stage.place()
    await stage.world.settle()
    expect(stage.venue.attempts).toStrictEqual([])
    expect(await stage.lastOf(order)).toMatchObject({ reason: { code: 'killSwitch' } })
  })
})

describe('a kill switch in the log', () => {
  const taken = async (label: string): Promise<void> => {
    const turn = (await stage.world.ready()).find((each) => each.label.startsWith(label))
    if (turn === undefined) throw new Error(`no turn: ${label}`)
    await stage.world.take(turn)
  }
  /** An order whose cancel is at the venue while its request is still to be written to the order's stream. */
  const underWay = async (): Promise<OrderId> => {
    await stage.running()
    const order = await stage.place()
    await stage.world.settle()
    await stage.kill('halt')
    await taken('page')
    await taken('cancel')
    expect(stage.venue.cancels).toStrictEqual([named(order)])
    expect(await stage.all('OrderCancelRequested')).toStrictEqual([])
    return order
  }
  test('is the request: the venue hears of it before the order has it in its stream', async () => {
    const order = await underWay()
    await stage.world.settle()
    expect(stage.venue.cancels).toHaveLength(1)
    expect(await stage.typesOf(order)).toStrictEqual([
      ...sentAndAccepted,
      'OrderCancelRequested',
      'OrderCancelled',
    ])
  })
  test('asks again where the venue said no before that was written, and fills came between', async () => {
    stage.venue.cancelScript = () => 'tooLate'
    const order = await underWay()
    stage.venue.fill(named(order), '0.1')
    await taken('cancelling')
    await taken('cancel answered')
    stage.venue.cancelScript = () => 'answer'
    await stage.world.settle()
    expect(['OrderCancelRefused', 'OrderCancelled']).toContain((await stage.lastOf(order))?.type)
    const requested = await stage.all('OrderCancelRequested')
    expect(requested).toHaveLength(1)
  })
  test('is carried out once by a successor, whatever the first had asked of the venue', async () => {
    const order = await underWay()
    for (const node of stage.nodes.slice()) stage.crash(node)
    await stage.running('g2')
    expect(await stage.typesOf(order)).toStrictEqual([
      ...sentAndAccepted,
      'OrderCancelRequested',
      'OrderCancelled',
    ])
  })
})

describe('cancels that the venue does not answer soon', () => {
  test('do not hold up the others for long', async () => {
    await stage.running()
    const orders: OrderId[] = []
    for (let n = 0; n < 100; n += 1) orders.push(await stage.place())
    await stage.world.settle()
    const slow = new Set(orders.slice(0, 64).map((order) => `cancel ${named(order)}`))
    stage.venue.slowMs = (what) => (slow.has(what) ? 5000 : 0)
    await stage.kill('halt')
    await stage.world.run(1000)
    const cancelled = await stage.all('OrderCancelled')
    expect(cancelled.map(({ orderId }) => orderId)).toStrictEqual(orders.slice(64))
    await stage.world.run(5000)
    expect(await stage.all('OrderCancelled')).toHaveLength(100)
  })
})

describe('a kill switch that was released', () => {
  test('forbids nothing that is approved afterwards', async () => {
    await stage.running()
    await stage.kill('halt')
    await stage.release()
    const order = await stage.place()
    await stage.world.settle()
    expect(await stage.lastOf(order)).toMatchObject({ type: 'OrderAccepted' })
  })
  test('has ended what was approved before it, whoever was there to see it', async () => {
    const first = await stage.running('g1')
    const open = await stage.place()
    await stage.world.settle()
    stage.crash(first)
    const unsent = await stage.place()
    const undecided = await stage.intend()
    await stage.kill('halt')
    await stage.release()
    await stage.approve(undecided)
    await stage.running('g2')
    expect(await stage.lastOf(open)).toMatchObject({ type: 'OrderCancelled' })
    expect(await stage.lastOf(unsent)).toMatchObject({ reason: { code: 'killSwitch' } })
    expect(await stage.lastOf(undecided)).toMatchObject({ type: 'OrderAccepted' })
    expect(stage.venue.attempts.map(({ order }) => order.clientOrderId)).toStrictEqual([
      named(open),
      named(undecided),
    ])
  })
  test('is not engaged again by a retry of the request that engaged it', async () => {
    await stage.running()
    await stage.kill('halt')
    await stage.release()
    const [engaged] = await stage.all('KillSwitchEngaged')
    if (engaged === undefined) throw new Error('it was engaged')
    await stage.write(riskStream(engaged.book), engaged)
    const order = await stage.place()
    await stage.world.settle()
    expect(await stage.lastOf(order)).toMatchObject({ type: 'OrderAccepted' })
  })
})
