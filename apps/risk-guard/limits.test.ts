/** Limits that one person may set at once, as many as a request takes: a guard goes on deciding whatever they are. */
import { describe, expect, test } from 'vitest'
import { faultsIn, openStage, type Stage } from '#apps/risk-guard/testing/stage'
import { faultsInLimits } from '#domain/risk/control'
import { proposed } from '#domain/risk/testing/control-words'
import { amount } from '#domain/risk/testing/words'
import type { StrategyId } from '#schemas/values/ids'
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
