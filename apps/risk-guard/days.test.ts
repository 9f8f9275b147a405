import { describe, expect, test } from 'vitest'
import { allOf, falls, held, hour, long, lost, perpetual } from '#apps/risk-guard/testing/long-book'
import { beforeAppend, faultsIn, openStage } from '#apps/risk-guard/testing/stage'
import { plausibleMarks } from '#domain/market/plausible'
import { withdrawn } from '#domain/risk/testing/money-words'
import {
  amount,
  deposited,
  filled,
  listed,
  price,
  quantity,
  ratio,
  symbolOf,
} from '#domain/risk/testing/words'
import type { TradeId } from '#schemas/values/ids'
import { formatInstant } from '#schemas/values/instant'

describe('a trading day', () => {
  test('begins with what the book is worth, before anything is decided', async () => {
    const stage = await openStage()
    const [day] = await allOf(stage, 'TradingDayOpened')
    expect(day).toMatchObject({ day: '2026-01-05', equity: amount('1000000'), late: false })
    expect(day?.highWater).toBe(amount('1000000'))
    expect(
      [day?.opensAt ?? 0, day?.closesAt ?? 0].map((at) => formatInstant(at as never)),
    ).toStrictEqual(['2026-01-05T00:00:00Z', '2026-01-06T00:00:00Z'])
  })
  test('begins at its boundary though nobody orders', async () => {
    const stage = await long()
    const guard = stage.guard()
    await guard.read()
    falls(stage, '64000', 12 * hour - 1000)
    await guard.read()
    expect((await allOf(stage, 'TradingDayOpened')).length).toBe(1)
    falls(stage, '63000')
    await guard.read()
    const [, second] = await allOf(stage, 'TradingDayOpened')
    expect(second).toMatchObject({ day: '2026-01-06', late: false, equity: amount('998000') })
    expect(second?.marks.map(({ symbol }) => symbol)).toStrictEqual([perpetual])
    expect(second?.highWater).toBe(amount('1000000'))
  })
  test('is late where no guard was there: it begins with the last equity, moved by what came since', async () => {
    const stage = await long()
    falls(stage, '64000', 11_000)
    await stage.guard().read()
    await stage.write(deposited('700'))
    await stage.write(withdrawn('200'))
    falls(stage, '60000', 30 * hour)
    await stage.guard().read()
    const [, second] = await allOf(stage, 'TradingDayOpened')
    expect(second).toMatchObject({ day: '2026-01-06', late: true, equity: amount('999500') })
    const [marked] = await allOf(stage, 'EquityMarked')
    expect(second?.markedAt).toBe(marked?.at)
    expect(faultsIn(await stage.events())).toStrictEqual([])
  })
  test('is begun once by two guards', async () => {
    const stage = await long()
    stage.clock.advance(12 * hour)
    stage.trade('65000', perpetual)
    const second = stage.guard()
    const first = stage.guard(beforeAppend(stage, () => second.read()))
    await first.read()
    await first.read()
    expect((await allOf(stage, 'TradingDayOpened')).map(({ day }) => day)).toStrictEqual([
      '2026-01-05',
      '2026-01-06',
    ])
  })
  test('waits for a book that nobody can value, and exits do not', async () => {
    const stage = await openStage({ ...lost, maxLogLagMs: 99 * hour })
    await stage.write(listed(perpetual))
    await stage.write(filled(1, held))
    stage.clock.advance(24 * hour)
    await stage.write(filled(2, { ...held, symbol: symbolOf('ETH/USDT:USDT') }))
    await stage.ask(3, { symbol: perpetual, side: 'sell', quantity: '1' })
    await stage.ask(4, { symbol: perpetual, quantity: '0.1' })
    stage.trade('65000', perpetual)
    await stage.guard().read()
    expect(await stage.decisions()).toStrictEqual(['3: reducing', '4: grossExposure'])
    expect(faultsIn(await stage.events())).toStrictEqual([])
  })
})

describe('a price', () => {
  const jumps = { ...lost, maxMarkJump: ratio('0.1') }
  test('that is too old trips nothing, and denies', async () => {
    const stage = await long(lost)
    falls(stage, '63000')
    stage.clock.advance(5001)
    const guard = stage.guard()
    await guard.read()
    expect(await allOf(stage, 'DailyLossBreached')).toStrictEqual([])
    stage.trade('65000')
    await stage.ask(3, { quantity: '0.1' })
    await guard.read()
    expect(await stage.decisions()).toStrictEqual(['3: dailyLoss'])
  })
  test('that has jumped trips nothing until it has stood for ten seconds', async () => {
    const stage = await long(jumps)
    const guard = stage.guard()
    await guard.read()
    for (let second = 1; second <= 10; second += 1) {
      falls(stage, '50000')
      await guard.read()
    }
    expect(await allOf(stage, 'DailyLossBreached')).toStrictEqual([])
    expect(await allOf(stage, 'EquityMarked')).toStrictEqual([])
    falls(stage, '50000')
    await guard.read()
    expect((await allOf(stage, 'DailyLossBreached')).length).toBe(1)
    expect(faultsIn(await stage.events())).toStrictEqual([])
  })
  test('that falls back was nothing', async () => {
    const stage = await long(jumps)
    const guard = stage.guard()
    await guard.read()
    falls(stage, '50000')
    await stage.ask(3, { symbol: perpetual, quantity: '0.1' })
    await stage.ask(4, { symbol: perpetual, side: 'sell', quantity: '0.1' })
    await guard.read()
    falls(stage, '64990')
    await stage.ask(5, { symbol: perpetual, quantity: '0.1' })
    await guard.read()
    expect(await stage.decisions()).toStrictEqual([
      '3: markPlausible',
      '4: reducing',
      '5: approved',
    ])
    expect(await allOf(stage, 'DailyLossBreached')).toStrictEqual([])
    expect(faultsIn(await stage.events())).toStrictEqual([])
  })
})

describe('a price that is the first a guard hears', () => {
  test('trips nothing where it has jumped since the guard before it', async () => {
    const stage = await long({ ...lost, maxMarkJump: ratio('0.1') })
    await stage.ask(2, { symbol: perpetual, quantity: '0.1', at: '64000' })
    await stage.guard().read()
    stage.clock.advance(1500)
    const marks = plausibleMarks()
    Object.assign(stage.tools, { marks })
    const hear = (value: string): void =>
      marks.hear({
        type: 'trade',
        symbol: perpetual,
        sequence: 1,
        venueAt: stage.clock.now(),
        receivedAt: stage.clock.now(),
        tradeId: '1' as TradeId,
        price: price(value),
        quantity: quantity('1'),
        aggressor: 'buy',
      })
    hear('30000')
    const guard = stage.guard()
    await guard.read()
    await stage.ask(3, { symbol: perpetual, quantity: '0.1' })
    await stage.ask(4, { symbol: perpetual, side: 'sell', quantity: '0.1' })
    await guard.read()
    expect(await allOf(stage, 'KillSwitchEngaged')).toStrictEqual([])
    expect(await stage.decisions()).toStrictEqual([
      '2: approved',
      '3: markPlausible',
      '4: reducing',
    ])
    stage.clock.advance(10_000)
    hear('30000')
    await guard.read()
    expect((await allOf(stage, 'DailyLossBreached')).length).toBe(1)
    expect(faultsIn(await stage.events())).toStrictEqual([])
  })
})

describe('equity', () => {
  test('is marked when it has moved by 5 basis points, at most every ten seconds', async () => {
    const stage = await long()
    const guard = stage.guard()
    await guard.read()
    const marked = async () => (await allOf(stage, 'EquityMarked')).map(({ equity }) => equity)
    falls(stage, '64500', 9999)
    await guard.read()
    expect(await marked()).toStrictEqual([])
    falls(stage, '64501', 1000)
    await guard.read()
    // 499 of a million is less than 5 basis points.
    expect(await marked()).toStrictEqual([])
    falls(stage, '64500')
    await guard.read()
    expect(await marked()).toStrictEqual([amount('999500')])
  })
  test('is marked at once when money comes in or goes out', async () => {
    const stage = await long()
    const guard = stage.guard()
    await guard.read()
    await stage.write(deposited('5'))
    await guard.read()
    const [marked] = await allOf(stage, 'EquityMarked')
    expect(marked).toMatchObject({
      equity: amount('1000005'),
      dayOpenEquity: amount('1000005'),
      highWater: amount('1000005'),
      flows: [{ currency: 'USDT', amount: amount('5'), worth: amount('5') }],
    })
  })
  test('of a book at rest is not written down again and again', async () => {
    const stage = await long()
    const guard = stage.guard()
    await guard.read()
    const before = (await stage.events()).length
    for (let second = 0; second < 60; second += 1) {
      falls(stage, second % 2 === 0 ? '65001' : '64999')
      await guard.read()
    }
    expect((await stage.events()).length).toBe(before)
  })
})
