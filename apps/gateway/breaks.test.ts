/** What the venue has and the log has not, or the other way round, by example. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { named, quantity, Stage } from '#apps/gateway/testing/stage'
import { payloadHash } from '#domain/testing/orders'
import { orderStream } from '#schemas/streams'

let stage: Stage
beforeEach(async () => {
  stage = new Stage()
  await stage.furnish()
})
afterEach(() => {
  stage.noDefects()
})
describe('what does not agree', () => {
  test('a trade of nobody here counts once, under unassigned, and is a break', async () => {
    const first = await stage.running('g1')
    stage.venue.strangerTrades('0.3')
    stage.venue.echoes = () => 2
    stage.venue.strangerTrades('0.2', 'sell')
    await stage.world.settle()
    stage.crash(first)
    await stage.running('g2')
    const fills = await stage.all('ForeignFillObserved')
    expect(fills).toMatchObject([
      { strategy: 'unassigned', side: 'buy', quantity: quantity('0.3') },
      { strategy: 'unassigned', side: 'sell', quantity: quantity('0.2') },
    ])
    const breaks = await stage.all('BreakDetected')
    expect(new Set(breaks.map(({ breakId }) => breakId)).size).toBe(breaks.length)
    expect(breaks.map(({ kind }) => kind).toSorted()).toStrictEqual([
      'foreignOrder',
      'foreignOrder',
      'foreignTrade',
      'foreignTrade',
    ])
    expect(breaks.map(({ breakId }) => breakId)).toContain(fills[0]?.breakId)
  })
  test('an order that the venue has lost is a break, and never gone', async () => {
    const first = await stage.running('g1')
    const order = await stage.place()
    await stage.world.settle()
    stage.venue.lose(named(order))
    await stage.world.run(25_000)
    expect(await stage.all('BreakDetected')).toMatchObject([{ kind: 'missingAtVenue' }])
    expect(await stage.lastOf(order)).toMatchObject({ type: 'OrderAccepted' })
    stage.crash(first)
    await stage.running('g2')
    expect(await stage.all('BreakDetected')).toHaveLength(1)
  })
  test('an order that ended here and is open there is a break', async () => {
    const first = await stage.running('g1')
    const order = await stage.place()
    await stage.world.settle()
    await stage.askCancel(order)
    await stage.world.settle()
    const state = stage.venue.orderOf(named(order))
    stage.crash(first)
    await stage.world.run(6000)
    if (state !== undefined) stage.venue.revive(state)
    await stage.running('g2')
    expect(await stage.all('BreakDetected')).toMatchObject([{ kind: 'openAfterEnd' }])
  })
  test('is asked about twice a minute until it has ended there, and said to be open until then', async () => {
    const first = await stage.running('g1')
    const order = await stage.place()
    await stage.world.settle()
    await stage.askCancel(order)
    await stage.world.settle()
    const state = stage.venue.orderOf(named(order))
    stage.crash(first)
    await stage.world.run(6000)
    if (state !== undefined) stage.venue.revive(state)
    await stage.running('g2')
    const last = async () => (await stage.all('ReconciliationCompleted')).at(-1)
    expect(await last()).toMatchObject({ breaksFound: 1, breaksOpen: 1 })
    await stage.world.run(31_000)
    expect(await last()).toMatchObject({ breaksFound: 0, breaksOpen: 1 })
    stage.venue.lose(named(order))
    await stage.world.run(31_000)
    expect(await last()).toMatchObject({ breaksFound: 0, breaksOpen: 0 })
    const asked = (await stage.all('ReconciliationCompleted')).length
    await stage.world.run(200_000)
    expect(await stage.all('ReconciliationCompleted')).toHaveLength(asked)
  })

  describe('given an order that the venue has lost', () => {
    const lost = async () => {
      const first = await stage.running('g1')
      const order = await stage.place()
      await stage.world.settle()
      const state = stage.venue.orderOf(named(order))
      stage.venue.lose(named(order))
      await stage.world.run(65_000)
      return { first, order, state }
    }
    const said = async () => (await stage.all('ReconciliationCompleted')).at(-1)

    test('when it is asked about again, by a successor too, then it is said to be a break each time', async () => {
      const { first, order } = await lost()
      expect(await said()).toMatchObject({ breaksFound: 0, breaksOpen: 1 })
      stage.crash(first)
      await stage.running('g2')
      expect(await said()).toMatchObject({ breaksFound: 0, breaksOpen: 1 })
      expect(await stage.lastOf(order)).toMatchObject({ type: 'OrderAccepted' })
      expect(await stage.all('BreakDetected')).toMatchObject([{ kind: 'missingAtVenue' }])
    })
    test('when the venue names it again, then nothing is in doubt any more', async () => {
      const { state } = await lost()
      if (state !== undefined) stage.venue.restore(state)
      await stage.world.run(31_000)
      expect(await said()).toMatchObject({ openOrders: 1, breaksOpen: 0 })
    })
    test('when the venue names it as ended, then it ends, and nothing is in doubt any more', async () => {
      const { state, order } = await lost()
      if (state !== undefined) stage.venue.restore({ ...state, status: 'cancelled' })
      await stage.world.run(31_000)
      expect(await stage.lastOf(order)).toMatchObject({ type: 'OrderCancelled' })
      expect(await said()).toMatchObject({ openOrders: 0, breaksOpen: 0 })
    })
    test('when the log has it as ended, by whoever wrote that, then nothing is in doubt any more', async () => {
      const { order } = await lost()
      await stage.write(orderStream(order), {
        type: 'OrderCancelled',
        orderId: order,
        venueAt: stage.world.clock.now(),
        receivedAt: stage.world.clock.now(),
        payloadHash,
        filledTotal: quantity('0'),
      })
      await stage.world.run(31_000)
      expect(await said()).toMatchObject({ openOrders: 0, breaksOpen: 0 })
    })
  })
})
