import { describe, expect, test } from 'vitest'
import { beforeAppend, faultsIn, openStage, type Stage } from '#apps/risk-guard/testing/stage'
import { proposed, releaseAsked } from '#domain/risk/testing/control-words'
import { withdrawn } from '#domain/risk/testing/money-words'
import { amount, deposited, filled, listed, ratio, symbolOf } from '#domain/risk/testing/words'
import type { LedgerEvent } from '#schemas/events/ledger'
import type { KillSwitchId } from '#schemas/values/ids'
import { formatInstant } from '#schemas/values/instant'
import type { Limits } from '#schemas/values/trading'

const perpetual = symbolOf('BTC/USDT:USDT')
const hour = 3_600_000
const held = { symbol: perpetual, quantity: '1', at: '65000', feeIn: 'USDT' } as const

/** Long one contract at 65,000, which a guard has seen. */
const long = async (limits: Limits = {}): Promise<Stage> => {
  const stage = await openStage({ maxLogLagMs: 99 * hour, ...limits })
  await stage.write(listed(perpetual))
  await stage.write(filled(1, held))
  stage.trade('65000', perpetual)
  await stage.guard().read()
  return stage
}
type Of<Type extends LedgerEvent['type']> = Extract<LedgerEvent, { readonly type: Type }>
const allOf = async <Type extends LedgerEvent['type']>(
  stage: Stage,
  type: Type,
): Promise<readonly Of<Type>[]> =>
  (await stage.risk()).filter((event): event is Of<Type> => event.type === type)
const typesOf = async (stage: Stage, after: number): Promise<readonly string[]> =>
  (await stage.risk()).slice(after).map(({ type }) => type)
const lost = { maxDailyLoss: amount('1000') }
/** A second passes in which it is traded at this price. */
const falls = (stage: Stage, to: string, ms = 1000): void => {
  stage.clock.advance(ms)
  stage.trade(to, perpetual)
}

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

describe('a loss', () => {
  test('at the limit stops nothing; a cent above it does at once, though nobody orders', async () => {
    const stage = await long(lost)
    const guard = stage.guard()
    await guard.read()
    const before = (await stage.risk()).length
    falls(stage, '64000')
    await guard.read()
    expect(await allOf(stage, 'DailyLossBreached')).toStrictEqual([])
    await stage.write(filled(2, { ...held, side: 'sell', quantity: '0.001', at: '63990' }))
    await guard.read()
    expect((await typesOf(stage, before)).slice(-4)).toStrictEqual([
      'MarksTaken',
      'EquityMarked',
      'DailyLossBreached',
      'KillSwitchEngaged',
    ])
    const [breach] = await allOf(stage, 'DailyLossBreached')
    const [killed] = await allOf(stage, 'KillSwitchEngaged')
    expect(breach).toMatchObject({ loss: amount('1000.01'), limit: amount('1000') })
    expect(killed).toMatchObject({ mode: 'reduce', scope: {}, killSwitchId: breach?.killSwitchId })
  })
  test('stops what increases and lets out what reduces', async () => {
    const stage = await long(lost)
    falls(stage, '63000')
    await stage.ask(3, { symbol: perpetual, quantity: '0.1' })
    await stage.ask(4, { symbol: perpetual, side: 'sell', quantity: '1' })
    await stage.guard().read()
    expect(await stage.decisions()).toStrictEqual(['3: killSwitch', '4: reducing'])
    expect(faultsIn(await stage.events())).toStrictEqual([])
  })
  test('trips once, whoever watches and however often they start anew', async () => {
    const stage = await long(lost)
    falls(stage, '63000')
    const second = stage.guard()
    const first = stage.guard(beforeAppend(stage, () => second.read()))
    await first.read()
    await first.read()
    for (const price of ['62000', '61000']) {
      falls(stage, price, 11_000)
      await stage.guard().read()
    }
    expect((await allOf(stage, 'DailyLossBreached')).length).toBe(1)
    expect((await allOf(stage, 'KillSwitchEngaged')).length).toBe(1)
    expect(faultsIn(await stage.events())).toStrictEqual([])
  })
  test('and a drawdown may come together', async () => {
    const stage = await long({ ...lost, maxDrawdown: ratio('0.001') })
    falls(stage, '63000')
    await stage.guard().read()
    expect((await typesOf(stage, 0)).slice(-4)).toStrictEqual([
      'DailyLossBreached',
      'KillSwitchEngaged',
      'DrawdownBreached',
      'KillSwitchEngaged',
    ])
    const [one, two] = await allOf(stage, 'KillSwitchEngaged')
    expect(one?.killSwitchId).not.toBe(two?.killSwitchId)
  })
  test('that was released deliberately does not trip again, but still denies', async () => {
    const stage = await long(lost)
    const guard = stage.guard()
    falls(stage, '63000')
    await guard.read()
    await release(stage)
    falls(stage, '63000', 60_000)
    await guard.read()
    await stage.ask(3, { symbol: perpetual, quantity: '0.1' })
    await guard.read()
    expect(await stage.decisions()).toStrictEqual(['3: dailyLoss'])
    expect((await allOf(stage, 'DailyLossBreached')).length).toBe(1)
  })
  test.each([
    ['the next day', async (stage: Stage) => falls(stage, '63000', 12 * hour), '61999'],
    ['what came back', async (stage: Stage) => falls(stage, '65000', 11_000), '63000'],
    [
      'another limit',
      async (stage: Stage) => stage.write(proposed(7, { maxDailyLoss: amount('999') })),
      '63000',
    ],
  ])('trips again after %s', async (_, happens, price) => {
    const stage = await long(lost)
    const guard = stage.guard()
    falls(stage, '63000')
    await guard.read()
    await happens(stage)
    await guard.read()
    falls(stage, price, 11_000)
    await guard.read()
    expect((await allOf(stage, 'DailyLossBreached')).length).toBe(2)
    expect(faultsIn(await stage.events())).toStrictEqual([])
  })
  test('survives the day', async () => {
    const stage = await long(lost)
    falls(stage, '63000')
    await stage.guard().read()
    falls(stage, '63000', 24 * hour)
    await stage.ask(3, { symbol: perpetual, quantity: '0.1' })
    await stage.guard().read()
    expect(await stage.decisions()).toStrictEqual(['3: killSwitch'])
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

const release = async (stage: Stage): Promise<void> => {
  const [killed] = await allOf(stage, 'KillSwitchEngaged')
  const asked = releaseAsked(1, 1)
  if (killed === undefined || asked.type !== 'KillSwitchReleaseRequested')
    throw new Error('there is nothing to release')
  const killSwitchIds: readonly KillSwitchId[] = [killed.killSwitchId]
  await stage.write({ ...asked, killSwitchIds })
}
