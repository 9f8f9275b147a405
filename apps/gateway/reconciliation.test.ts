/** The gateway and a venue that was away, forgot, or knows more than the log, by example. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { named, Stage } from '#apps/gateway/testing/stage'
import { terms } from '#domain/testing/orders'
import { venueStream } from '#schemas/streams'

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
  test('however long the venue takes to answer, it is reconciled with in the end', async () => {
    stage.venue.slowMs = (what) => (what === 'trades' ? 31_000 : 0)
    const node = await stage.running()
    const askedAt = stage.world.clock.now()
    await stage.world.run(40_000)
    expect(node.gateway.standing()).toStrictEqual({ state: 'ready' })
    expect(await stage.all('ReconciliationCompleted')).toMatchObject([{ askedAt }])
  })
  test('what was traded while the venue was slow to answer is found by the next gateway', async () => {
    stage.venue.slowMs = (what) => (what === 'trades answered' ? 200_000 : 0)
    stage.venue.echoes = () => 0
    const first = await stage.running('g1')
    await stage.world.run(1000)
    stage.venue.strangerTrades('0.3')
    await stage.world.run(250_000)
    expect(await stage.all('ReconciliationCompleted')).toHaveLength(1)
    stage.crash(first)
    stage.venue.slowMs = () => 0
    await stage.running('g2')
    expect(await stage.all('ForeignFillObserved')).toHaveLength(1)
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
  test('what is open is asked for also while the rest of the answer fails to come', async () => {
    const node = await stage.running()
    await stage.place()
    await stage.world.run(1000)
    stage.venue.answers = (what) => what !== 'trades'
    await stage.world.run(301_000)
    stage.venue.script = () => ({ effect: 'rest', answer: 'silence' })
    stage.venue.echoes = () => 0
    const order = await stage.place()
    await stage.world.run(11_000)
    expect(node.gateway.standing()).toStrictEqual({ state: 'ready' })
    expect(await stage.lastOf(order)).toMatchObject({ type: 'OrderAccepted' })
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
