import { describe, expect, test } from 'vitest'
import { beforeAppend, faultsIn, openStage, type Stage } from '#apps/risk-guard/testing/stage'
import type { EventLog } from '#domain/kernel/event-log'
import {
  accountOpened,
  amount,
  bookOpened,
  deposited,
  engaged,
  foreignFill,
  lapsed,
  listed,
  symbolOf,
} from '#domain/risk/testing/words'
import { settledAt } from '#domain/risk/testing/venue-words'
import type { LedgerEvent } from '#schemas/events/ledger'
import type { Line } from '#schemas/values/ids'

describe('what waits', () => {
  test('is decided in log order, in one batch, each upon the one before', async () => {
    const stage = await openStage({ maxOpenOrders: 2 })
    for (const n of [3, 1, 2]) await stage.ask(n)
    const appends: number[] = []
    await stage.guard(counting(stage, appends)).read()
    expect(await stage.decisions()).toStrictEqual(['3: approved', '1: approved', '2: openOrders'])
    expect(appends).toStrictEqual([3])
    expect(faultsIn(await stage.events())).toStrictEqual([])
  })
  test('is not decided before the head of the log was seen', async () => {
    const stage = await openStage()
    await stage.ask(1)
    await stage.write(lapsed(1))
    const guard = stage.guard()
    await guard.read(7)
    expect(await stage.decisions()).toStrictEqual([])
    await guard.read()
    expect(await stage.decisions()).toStrictEqual([])
  })
  test('is not decided for a book that nobody has opened', async () => {
    const stage = await openStage({}, false)
    await stage.write(accountOpened())
    await stage.ask(1)
    const guard = stage.guard()
    await guard.read()
    expect([await stage.risk(), guard.told.conflicts]).toStrictEqual([[], 0])
    for (const event of [bookOpened(), deposited('1000000'), listed(), ...settledAt()]) {
      if (event.type === 'FundsDeposited') continue
      await stage.write(event)
    }
    await guard.read()
    expect(await stage.decisions()).toStrictEqual(['1: buyingPower'])
  })
  test('says which intent a decision answers', async () => {
    const stage = await openStage()
    await stage.ask(1)
    await stage.guard().read()
    const events = await stage.events()
    const asked = events.find(({ event }) => event.type === 'OrderIntentRecorded')
    const approval = events.find(({ event }) => event.type === 'OrderApproved')
    expect(approval?.metadata.causationId).toBe(asked?.metadata.id)
    expect(approval?.metadata.correlationId).toBe(asked?.metadata.correlationId)
    expect(approval?.metadata.actor).toStrictEqual({ app: 'risk-guard' })
    expect(approval?.event).toMatchObject({ basis: { count: 6, eventId: asked?.metadata.id } })
  })
  test('is split into appends of 256 events and 512 KiB', async () => {
    const stage = await openStage({ maxOrdersPerSecond: 290, maxOpenOrders: 999 })
    for (let n = 1; n <= 600; n += 1) await stage.ask(n, { quantity: '0.0001' })
    const appends: number[] = []
    await stage.guard(counting(stage, appends)).read()
    expect((await stage.decisions()).length).toBe(600)
    expect(appends[0]).toBe(256)
    // Denials say everything in full words, and fill an append sooner.
    expect(Math.max(...appends.slice(2))).toBeLessThan(256)
    expect(appends.reduce((all, each) => all + each, 0)).toBeGreaterThanOrEqual(600)
    expect(faultsIn(await stage.events())).toStrictEqual([])
  })
  test('is split by bytes, whatever the alphabet in which a kill switch gives its reason', async () => {
    const stage = await openStage()
    const reason = '価格がおかしい。'.repeat(10) as Line
    await stage.write({ ...engaged(1, 'reduce'), reason } as LedgerEvent)
    for (let n = 1; n <= 150; n += 1) await stage.ask(n)
    await stage.guard().read()
    expect((await stage.decisions()).length).toBe(150)
    expect(faultsIn(await stage.events())).toStrictEqual([])
  })
  test('that waited too long is denied as stale', async () => {
    const stage = await openStage()
    await stage.ask(1)
    stage.clock.advance(5001)
    stage.trade('65000')
    await stage.guard().read()
    expect(await stage.decisions()).toStrictEqual(['1: stale'])
  })
  test('is denied while the market is not heard, and the reason says so', async () => {
    const stage = await openStage()
    stage.clock.advance(6000)
    await stage.ask(1, { at: '65000' })
    await stage.guard().read()
    expect(await stage.decisions()).toStrictEqual(['1: markFresh'])
  })
})

describe('its own decisions', () => {
  test('count at once, and once', async () => {
    const stage = await openStage({ maxOpenOrders: 1 })
    const guard = stage.guard()
    await stage.ask(1)
    await guard.read()
    await stage.ask(2)
    await guard.read()
    await guard.read()
    expect(await stage.decisions()).toStrictEqual(['1: approved', '2: openOrders'])
  })
  test('leave what is behind them in the log to be read', async () => {
    const stage = await openStage()
    const guard = stage.guard(beforeAppend(stage, () => stage.write(deposited('1'))))
    await stage.ask(1)
    await guard.read()
    await stage.ask(2)
    await guard.read()
    expect(faultsIn(await stage.events())).toStrictEqual([])
    expect(await stage.decisions()).toStrictEqual(['1: approved', '2: approved'])
  })
})

describe('marks', () => {
  const eth = symbolOf('ETH/USDT')
  const marksIn = async (stage: Stage): Promise<readonly (readonly string[])[]> =>
    (await stage.risk()).flatMap((event) =>
      event.type === 'MarksTaken' ? [event.marks.map(({ symbol }) => symbol)] : [],
    )
  test('of what is held are recorded in front of the decisions that need them', async () => {
    const stage = await openStage()
    await stage.write(foreignFill({ symbol: eth, quantity: '1' }))
    stage.trade('3200', eth)
    await stage.ask(1)
    await stage.guard().read()
    expect((await stage.risk()).map(({ type }) => type)).toStrictEqual([
      'BookOpened',
      'TradingDayOpened',
      'MarksTaken',
      'OrderApproved',
    ])
    expect(await marksIn(stage)).toStrictEqual([[eth]])
  })
  test('are recorded at most once a second, and only when an order is decided', async () => {
    const stage = await openStage()
    await stage.write(foreignFill({ symbol: eth, quantity: '1' }))
    const guard = stage.guard()
    for (let n = 1; n <= 5; n += 1) {
      stage.trade(String(3200 + n), eth)
      await stage.ask(n, { quantity: '0.001' })
      await guard.read()
      stage.clock.advance(400)
      stage.trade('65000')
      await guard.read()
    }
    // At 0 and 1200 ms of 0, 400, 800, 1200 and 1600.
    expect((await marksIn(stage)).length).toBe(2)
    stage.clock.advance(60_000)
    await guard.read()
    expect((await marksIn(stage)).length).toBe(2)
  })
  test('are not recorded again within the second because they were old when they were', async () => {
    const stage = await openStage()
    await stage.write(foreignFill({ symbol: eth, quantity: '1' }))
    stage.trade('3200', eth)
    stage.clock.advance(1500)
    const guard = stage.guard()
    await stage.ask(1, { quantity: '0.001' })
    await guard.read()
    stage.trade('3300', eth)
    stage.clock.advance(100)
    await stage.ask(2, { quantity: '0.001' })
    await guard.read()
    expect((await marksIn(stage)).length).toBe(1)
    expect(await stage.decisions()).toStrictEqual(['1: approved', '2: approved'])
  })
  test('that a conversion needs for the first time do not wait for the second to pass', async () => {
    const stage = await openStage()
    const cross = symbolOf('ETH/BTC')
    await stage.write(listed(cross, { notionalMin: amount('0') }))
    await stage.write(foreignFill({ symbol: eth, quantity: '1' }))
    stage.trade('3200', eth)
    stage.trade('1', cross)
    const guard = stage.guard()
    await stage.ask(1, { symbol: eth, side: 'sell', quantity: '1' })
    await guard.read()
    stage.clock.advance(100)
    await stage.write(deposited('10', 'BTC'))
    await stage.ask(2, { symbol: cross, quantity: '0.1', at: '1' })
    await guard.read()
    expect(await marksIn(stage)).toStrictEqual([[eth], ['BTC/USDT']])
    expect((await stage.decisions()).at(-1)).toBe('2: approved')
  })
})

/** The log's append, counting the events of each. */
const counting =
  ({ log }: Stage, appends: number[]): EventLog['append'] =>
  async (stream, expected, events) => {
    appends.push(events.length)
    return log.append(stream, expected, events)
  }
