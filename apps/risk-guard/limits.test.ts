/** Limits that one person may set at once, as many as a request takes: a guard goes on deciding whatever they are. */
import { describe, expect, test } from 'vitest'
import { faultsIn, openStage, type Stage } from '#apps/risk-guard/testing/stage'
import { faultsInLimits } from '#domain/risk/control'
import { controlAsked, proposed } from '#domain/risk/testing/control-words'
import { amount, btc, filled, listed, ratio, symbolOf } from '#domain/risk/testing/words'
import type { PersonId, StrategyId } from '#schemas/values/ids'
import type { Limits, TradingWindow } from '#schemas/values/trading'

const rulings = async (stage: Stage): Promise<readonly string[]> =>
  (await stage.risk()).flatMap((event): readonly string[] => {
    if (event.type === 'ControlRefused') return [event.reason.message]
    return event.type === 'RiskLimitsSet' ? [event.type] : []
  })
const strategies = (many: number): readonly StrategyId[] =>
  Array.from({ length: many }, (_, n) => `strategy${String(n)}` as StrategyId)
const dates = (many: number): readonly string[] =>
  Array.from({ length: many }, (_, n) =>
    new Date(Date.UTC(2027, 0, 1) + n * 86_400_000).toISOString().slice(0, 10),
  )

describe('limits that grow name by name', () => {
  const window: TradingWindow = { zone: 'London', days: ['mon'], from: '00:00', to: '24:00' }
  const requests: readonly Limits[] = [
    { maxStrategyCapital: Object.fromEntries(strategies(3_000).map((of) => [of, amount('1')])) },
    { maxStrategyPositions: Object.fromEntries(strategies(3_000).map((of) => [of, 1])) },
    { tradingWindows: { paper: [{ ...window, except: dates(4_600) }] } },
    { overrides: strategies(1_200).map((strategy) => ({ strategy, maxOpenOrders: 9 })) },
  ]
  test('beyond what an event takes are refused in words, and orders are decided', async () => {
    const stage = await openStage()
    const guard = stage.guard()
    for (const [index, limits] of requests.entries()) {
      expect(faultsInLimits(limits)).toStrictEqual([])
      await stage.write(proposed(index + 1, limits))
      await guard.read()
    }
    expect(await rulings(stage)).toStrictEqual([
      'RiskLimitsSet',
      'RiskLimitsSet',
      'RiskLimitsSet',
      expect.stringMatching(/^overrides would take .* room for: propose fewer of them\.$/),
    ])
    await stage.ask(1)
    await guard.read()
    expect(await stage.decisions()).toHaveLength(1)
    expect(faultsIn(await stage.events())).toStrictEqual([])
  })
})

describe('limits of parts of a book', () => {
  const every = {
    symbol: btc,
    maxOrderNotional: amount('9'),
    maxPositionNotional: amount('9'),
    maxGrossExposure: amount('9'),
    maxNetExposure: amount('9'),
    maxOpenOrders: 9,
    maxUnknownOrders: 9,
    maxOrdersPerSecond: 9,
    maxOrdersPerMinute: 9,
    maxOrdersPerHour: 9,
  }
  const many = (count: number): Limits => ({
    overrides: Array.from({ length: count }, () => every),
  })
  const withLimits = async (limits: Limits): Promise<Stage> => {
    const stage = await openStage({ priceCollar: ratio('0.05'), ...limits })
    await stage.write(filled(1, { quantity: '1', at: '65000' }))
    return stage
  }
  const orderAndExit = async (stage: Stage): Promise<void> => {
    await stage.ask(2, { quantity: '1' })
    await stage.ask(3, { side: 'sell', quantity: '0.5', reduceOnly: true })
  }
  test.each([130, 250])(
    'of which %i cover one order are refused, and an exit is decided',
    async (count) => {
      const stage = await withLimits({})
      const guard = stage.guard()
      await stage.write(proposed(1, many(count)))
      await orderAndExit(stage)
      await guard.read()
      expect(await rulings(stage)).toStrictEqual([
        'overrides must name another part of the book than overrides/0 does: propose it again.',
      ])
      expect(await stage.decisions()).toStrictEqual(['2: orderNotional', '3: reducing'])
      expect(faultsIn(await stage.events())).toStrictEqual([])
    },
  )
  test.each([130, 250])(
    'of which a book has had %i for one order keep no exit behind it waiting',
    async (count) => {
      const stage = await withLimits(many(count))
      const guard = stage.guard()
      await orderAndExit(stage)
      await guard.read()
      expect(await stage.decisions()).toStrictEqual(['3: reducing'])
      await stage.ask(4, { side: 'sell', quantity: '0.5', reduceOnly: true })
      await guard.read()
      expect(await stage.decisions()).toStrictEqual(['3: reducing', '4: reducing'])
      expect(faultsIn(await stage.events())).toStrictEqual([])
    },
  )
})

describe('under the control of two persons, by what the watch over losses believes prices', () => {
  const perpetual = symbolOf('BTC/USDT:USDT')
  const mallory = 'mallory' as PersonId
  const blinding: readonly Limits[] = [{ maxMarkJump: ratio('0.000001') }, { maxMarkAgeMs: 0 }]
  test.each(blinding)('%o is not set by one, and a loss trips', async (limits) => {
    const stage = await openStage({ maxDailyLoss: amount('1000') })
    await stage.write(listed(perpetual))
    await stage.write(filled(1, { symbol: perpetual, quantity: '1', at: '65000' }))
    stage.trade('65000', perpetual)
    const guard = stage.guard()
    await guard.read()
    await stage.write(controlAsked(1, 'dual'), mallory)
    await stage.write(proposed(2, limits), mallory)
    await guard.read()
    for (const price of ['64500', '64000', '63500', '63000']) {
      stage.clock.advance(1100)
      stage.trade(price, perpetual)
      stage.clock.advance(1)
      await guard.read()
    }
    expect(await rulings(stage)).toStrictEqual([])
    const types = (await stage.risk()).map(({ type }) => type)
    expect(types.filter((type) => type === 'DailyLossBreached')).toHaveLength(1)
    expect(faultsIn(await stage.events())).toStrictEqual([])
  })
})
