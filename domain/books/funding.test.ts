import { describe, expect, test } from 'vitest'
import { fundingShares } from '#domain/books/funding'
import { amount } from '#domain/testing/fills'
import type { Amount } from '#schemas/values/decimal'
import type { StrategyId } from '#schemas/values/ids'
import { fc, prop } from '#testing/prop'

const share = (strategy: string, text: string) => ({
  strategy: strategy as StrategyId,
  amount: amount(text),
})

describe('the shares of a funding payment', () => {
  test('are as they were recorded where they add up', () => {
    const shares = [share('trend', '-3'), share('manual', '1.25')]
    expect(fundingShares({ amount: amount('-1.75'), shares })).toStrictEqual(shares)
  })
  test('leave to nobody what they do not explain', () => {
    const shares = [share('trend', '1')]
    expect(fundingShares({ amount: amount('1.5'), shares })).toStrictEqual([
      share('trend', '1'),
      share('unassigned', '0.5'),
    ])
    expect(fundingShares({ amount: amount('-2'), shares: [] })).toStrictEqual([
      share('unassigned', '-2'),
    ])
  })
  test('are one for each strategy, however often it was named', () => {
    const shares = [share('unassigned', '1'), share('trend', '2'), share('trend', '3')]
    expect(fundingShares({ amount: amount('10'), shares })).toStrictEqual([
      share('unassigned', '5'),
      share('trend', '5'),
    ])
  })
})

const anyAmount = fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }) as fc.Arbitrary<Amount>
prop(
  'together they are what the venue booked, and each strategy has one',
  fc.record({
    amount: anyAmount,
    shares: fc.array(
      fc.record({
        strategy: fc.constantFrom('manual', 'trend', 'unassigned') as fc.Arbitrary<StrategyId>,
        amount: anyAmount,
      }),
    ),
  }),
  (paid) => {
    const shares = fundingShares(paid)
    expect(shares.reduce((sum, each) => sum + each.amount, 0n)).toBe(paid.amount)
    expect(new Set(shares.map(({ strategy }) => strategy)).size).toBe(shares.length)
  },
)
