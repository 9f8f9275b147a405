/** The gateway and a venue that was away, forgot, or knows more than the log, by example. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { named, Stage } from '#apps/gateway/testing/stage'
import { terms } from '#domain/testing/orders'
import { venueStream } from '#schemas/streams'
import type { OrderId } from '#schemas/values/ids'

const sentAndAccepted = ['OrderIntentRecorded', 'OrderSubmissionStarted', 'OrderAccepted']

let stage: Stage
beforeEach(async () => {
  stage = new Stage()
  await stage.furnish()
})
afterEach(() => {
  stage.noDefects()
})
const journal = async () =>
  (await stage.eventsOf(venueStream(terms.venue, terms.account))).map(({ type }) => type)

describe('at the start', () => {
  test('it reconciles before it sends, and says when it is ready', async () => {
    const order = await stage.place()
    const node = await stage.starting('g1')
    expect(node.gateway.standing()).toStrictEqual({
      state: 'waiting',
      detail: 'listing the instruments',
    })
    await stage.world.settle()
    expect(node.gateway.standing()).toStrictEqual({ state: 'ready' })
    expect(await stage.lastOf(order)).toMatchObject({ type: 'OrderAccepted' })
    expect(await journal()).toStrictEqual(['VenueConnected', 'ReconciliationCompleted'])
    const log = await stage.log()
    const placeOf = (type: string) => log.findIndex(({ event }) => event.type === type)
    expect(placeOf('InstrumentListed')).toBeLessThan(placeOf('ReconciliationCompleted'))
    expect(placeOf('ReconciliationCompleted')).toBeLessThan(placeOf('OrderSubmissionStarted'))
  })
  test('it waits while the venue is away, or does not answer', async () => {
    stage.venue.connected = false
    const node = await stage.running()
    expect(node.gateway.standing()).toStrictEqual({ state: 'waiting', detail: 'the venue is away' })
    stage.venue.answers = () => false
    stage.venue.reconnect()
    await stage.world.run(2000)
    expect(node.gateway.standing()).toMatchObject({ state: 'waiting' })
    stage.venue.answers = () => true
    await stage.world.run(6000)
    expect(node.gateway.standing()).toStrictEqual({ state: 'ready' })
  })
  test('it records what happened while no gateway ran', async () => {
    const first = await stage.running('g1')
    const filledAway = await stage.place()
    const cancelledAway = await stage.place()
    await stage.world.settle()
    stage.crash(first)
    stage.venue.fill(named(filledAway), '1')
    stage.venue.fill(named(cancelledAway), '0.25')
    stage.venue.end(named(cancelledAway), 'cancelled')
    await stage.world.run(30_000)
    const second = await stage.running('g2')
    expect((await stage.typesOf(filledAway)).slice(-2)).toStrictEqual([
      'OrderAccepted',
      'OrderFilled',
    ])
    expect((await stage.typesOf(cancelledAway)).slice(-2)).toStrictEqual([
      'OrderFilled',
      'OrderCancelled',
    ])
    expect(second.gateway.ordersInMemory()).toBe(0)
    expect(await stage.all('BreakDetected')).toStrictEqual([])
  })
  test('of a venue that agrees with the log it records nothing but that', async () => {
    const first = await stage.running('g1')
    stage.venue.script = () => ({ effect: 'fillHalf', answer: 'answer' })
    await stage.place()
    await stage.place()
    await stage.world.settle()
    stage.crash(first)
    const before = (await stage.log()).length
    await stage.running('g2')
    const news = (await stage.log()).slice(before).map(({ event }) => event)
    expect(news.map(({ type }) => type)).toStrictEqual([
      'VenueConnected',
      'ReconciliationCompleted',
    ])
    expect(news[1]).toMatchObject({ openOrders: 2, closedOrders: 0, trades: 2, breaksFound: 0 })
  })
})

describe('an unknown outcome', () => {
  const silentlyLost = async (): Promise<OrderId> => {
    stage.venue.script = () => ({ effect: 'lost', answer: 'silence' })
    await stage.running()
    const order = await stage.place()
    await stage.world.settle()
    expect(await stage.lastOf(order)).toMatchObject({ type: 'OrderOutcomeUnknown' })
    return order
  }
  test('of an order that proves absent ends as refused, after sendBy and not before', async () => {
    const order = await silentlyLost()
    await stage.world.run(1990)
    expect(await stage.lastOf(order)).toMatchObject({ type: 'OrderOutcomeUnknown' })
    await stage.world.run(200)
    expect((await stage.eventsOf(`order-${order}` as never)).slice(-2)).toMatchObject([
      { type: 'OrderOutcomeResolved', found: 'absent' },
      { type: 'OrderRefused', reason: { code: 'notAtVenue' } },
    ])
  })
  test('waits for the request window and the settling time', async () => {
    stage.venue.capabilities = {
      ...stage.venue.capabilities,
      requestWindowMs: 3000,
      settlingMs: 500,
    }
    const order = await silentlyLost()
    await stage.world.run(5490)
    expect(await stage.lastOf(order)).toMatchObject({ type: 'OrderOutcomeUnknown' })
    await stage.world.run(200)
    expect(await stage.lastOf(order)).toMatchObject({ reason: { code: 'notAtVenue' } })
  })
  test.each(['notFoundIsFinal', 'honoursDeadline'] as const)(
    'stays unknown for ever without %s',
    async (capability) => {
      stage.venue.capabilities = { ...stage.venue.capabilities, [capability]: false }
      const order = await silentlyLost()
      await stage.world.run(60_000)
      expect(await stage.lastOf(order)).toMatchObject({ type: 'OrderOutcomeUnknown' })
    },
  )
  test('is not settled by a wall clock that was set forward', async () => {
    const order = await silentlyLost()
    stage.world.step(3_600_000)
    await stage.world.run(1500)
    expect(await stage.lastOf(order)).toMatchObject({ type: 'OrderOutcomeUnknown' })
    await stage.world.run(15_000)
    expect(await stage.lastOf(order)).toMatchObject({ reason: { code: 'notAtVenue' } })
  })
  test('is settled by what the venue tells, or is asked', async () => {
    stage.venue.script = () => ({ effect: 'fillHalf', answer: 'silence' })
    stage.venue.echoes = () => 0
    await stage.running()
    const order = await stage.place()
    await stage.world.settle()
    expect(await stage.lastOf(order)).toMatchObject({ type: 'OrderOutcomeUnknown' })
    await stage.world.run(3000)
    expect((await stage.typesOf(order)).slice(-3)).toStrictEqual([
      'OrderOutcomeResolved',
      'OrderAccepted',
      'OrderFilled',
    ])
  })
  test('is not settled by its own gateway sending it late, when the wall clock was set forward', async () => {
    stage.pausesBeforeSend = true
    const first = await stage.running('g1')
    const order = await stage.place()
    await stage.world.settle()
    stage.world.step(3_600_000)
    await stage.running('g2')
    await stage.world.run(1500)
    expect(await stage.lastOf(order)).toMatchObject({ type: 'OrderOutcomeUnknown' })
    first.paused?.()
    await stage.world.run(20_000)
    expect(stage.venue.attempts).toStrictEqual([])
    expect(await stage.lastOf(order)).toMatchObject({ reason: { code: 'notAtVenue' } })
  })
  test('that somebody cancels is cancelled once it is known', async () => {
    stage.venue.script = () => ({ effect: 'rest', answer: 'silence' })
    stage.venue.echoes = () => 0
    await stage.running()
    const order = await stage.place()
    await stage.world.settle()
    await stage.askCancel(order)
    await stage.world.settle()
    expect(stage.venue.cancels).toStrictEqual([])
    await stage.world.run(5000)
    expect(await stage.lastOf(order)).toMatchObject({ type: 'OrderCancelled' })
  })
  test('is what a submission becomes whose gateway died', async () => {
    stage.pausesBeforeSend = true
    const first = await stage.running('g1')
    const order = await stage.place()
    await stage.world.settle()
    stage.crash(first)
    await stage.running('g2')
    expect(await stage.lastOf(order)).toMatchObject({ type: 'OrderSubmissionStarted' })
    await stage.world.run(4000)
    expect((await stage.typesOf(order)).slice(-3)).toStrictEqual([
      'OrderOutcomeUnknown',
      'OrderOutcomeResolved',
      'OrderRefused',
    ])
    expect(stage.venue.attempts).toStrictEqual([])
  })
  test('of a frozen gateway is settled by its successor, and nothing of it is executed', async () => {
    stage.pausesBeforeSend = true
    const frozen = await stage.running('g1')
    const order = await stage.place()
    await stage.world.settle()
    frozen.owner.frozen = true
    stage.pausesBeforeSend = false
    await stage.running('g2')
    await stage.world.run(5000)
    expect(await stage.lastOf(order)).toMatchObject({ reason: { code: 'notAtVenue' } })
    frozen.owner.frozen = false
    frozen.paused?.()
    await stage.world.run(5000)
    expect(stage.venue.attempts).toStrictEqual([])
    expect(await stage.lastOf(order)).toMatchObject({ reason: { code: 'notAtVenue' } })
  })
  test('of a gateway that froze before it heard that its append was written, too', async () => {
    const frozen = await stage.running('g1')
    const order = await stage.place()
    for (;;) {
      const next = (await stage.world.ready())[0]
      if (next === undefined) throw new Error('it never began to send')
      if (next.label.startsWith('appended OrderSubmissionStarted')) break
      await stage.world.take(next)
    }
    frozen.owner.frozen = true
    await stage.running('g2')
    await stage.world.run(5000)
    frozen.owner.frozen = false
    await stage.world.run(5000)
    expect(stage.venue.attempts).toStrictEqual([])
    expect(await stage.lastOf(order)).toMatchObject({ reason: { code: 'notAtVenue' } })
  })
})

describe('while all seems well', () => {
  test('fills that the socket swallowed are found by asking', async () => {
    await stage.running()
    const order = await stage.place()
    await stage.world.settle()
    stage.venue.echoes = () => 0
    stage.venue.fill(named(order), '0.25')
    stage.venue.fill(named(order), '0.75')
    await stage.world.run(11_000)
    expect((await stage.typesOf(order)).slice(-2)).toStrictEqual(['OrderFilled', 'OrderFilled'])
  })
  test('everything is asked again every five minutes where anything happened, and then no more', async () => {
    stage.venue.script = () => ({ effect: 'fill', answer: 'answer' })
    await stage.running()
    await stage.place()
    await stage.world.run(310_000)
    expect(await journal()).toStrictEqual([
      'VenueConnected',
      'ReconciliationCompleted',
      'ReconciliationCompleted',
    ])
    await stage.world.run(900_000)
    expect(await journal()).toHaveLength(3)
  })
  test('what one order has no room for is found again by asking', async () => {
    await stage.running()
    const order = await stage.place()
    await stage.world.settle()
    stage.storeFault = () => 'lostWrite'
    for (let trade = 0; trade < 1500; trade += 1) stage.venue.fill(named(order), '0.0005')
    await stage.world.run(3000)
    expect(await stage.typesOf(order)).toStrictEqual(sentAndAccepted)
    stage.storeFault = () => undefined
    await stage.world.run(60_000)
    expect(await stage.all('OrderFilled')).toHaveLength(1500)
  })
  test('nothing is asked while nothing is open', async () => {
    await stage.running()
    const before = stage.venue.questions
    await stage.world.run(60_000)
    expect(stage.venue.questions).toBe(before)
  })
  test('a lost connection is recorded, and reconciled when it is back', async () => {
    const node = await stage.running()
    const order = await stage.place()
    await stage.world.settle()
    stage.venue.disconnect()
    await stage.world.settle()
    expect(node.gateway.standing()).toMatchObject({ state: 'waiting' })
    const meanwhile = await stage.place()
    stage.venue.fill(named(order), '1')
    await stage.world.run(1000)
    expect(await stage.typesOf(meanwhile)).toHaveLength(1)
    stage.venue.reconnect()
    await stage.world.settle()
    expect(await stage.lastOf(order)).toMatchObject({ type: 'OrderFilled' })
    expect(await stage.lastOf(meanwhile)).toMatchObject({ type: 'OrderAccepted' })
    expect(await journal()).toStrictEqual([
      'VenueConnected',
      'ReconciliationCompleted',
      'VenueDisconnected',
      'VenueConnected',
      'ReconciliationCompleted',
    ])
  })
  test("a venue's whole history told again changes nothing", async () => {
    stage.venue.script = () => ({ effect: 'fillHalf', answer: 'answer' })
    await stage.running()
    const ids = [await stage.place(), await stage.place(), await stage.place()]
    await stage.world.settle()
    for (const id of ids.slice(1)) stage.venue.end(named(id), 'cancelled')
    await stage.world.settle()
    const before = (await stage.log()).length
    for (const id of ids) stage.venue.repeat(named(id))
    await stage.world.settle()
    expect(await stage.log()).toHaveLength(before)
  })
})
