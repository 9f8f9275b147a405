/** What the venue has and the log has not, or the other way round, by example. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { named, quantity, Stage } from '#apps/gateway/testing/stage'

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
})
