import { describe, expect, test } from 'vitest'
import { divideFunding, type FundedHolding } from '#domain/books/divide-funding'
import { unassigned } from '#domain/books/funding'
import { abs } from '#domain/values/decimal'
import type { Amount, SignedQuantity } from '#schemas/values/decimal'
import type { StrategyId } from '#schemas/values/ids'
import { fc, prop } from '#testing/prop'

const held = (strategy: string, quantity: number): FundedHolding => ({
  strategy: strategy as StrategyId,
  quantity: BigInt(quantity) as SignedQuantity,
})
const shown = (amount: bigint, quantity: number, ...holdings: readonly FundedHolding[]) =>
  divideFunding(amount as Amount, BigInt(quantity) as SignedQuantity, holdings).map(
    (share) => `${share.strategy} ${String(share.amount)}`,
  )

describe('a payment', () => {
  test('is shared by what each holds', () => {
    expect(shown(-30n, 3, held('a', 1), held('b', 2))).toStrictEqual(['a -10', 'b -20'])
  })
  test('of who holds against the position goes to him', () => {
    expect(shown(-10n, 1, held('a', 3), held('b', -2))).toStrictEqual(['a -30', 'b 20'])
  })
  test('that does not come out even is whole all the same', () => {
    expect(shown(-10n, 3, held('a', 1), held('b', 1), held('c', 1))).toStrictEqual([
      'a -4',
      'b -3',
      'c -3',
    ])
  })
  test('on a position that the strategies do not explain is unassigned for the rest', () => {
    expect(shown(-30n, 3, held('a', 1))).toStrictEqual(['a -10', 'unassigned -20'])
    expect(shown(-30n, 3, held('a', 1), held('unassigned', 1))).toStrictEqual([
      'a -10',
      'unassigned -20',
    ])
    expect(shown(-30n, 3)).toStrictEqual(['unassigned -30'])
    expect(shown(-30n, 3, held('a', 4))).toStrictEqual(['a -40', 'unassigned 10'])
  })
  test('of nothing is shared by nobody', () => {
    expect(shown(0n, 3, held('a', 3))).toStrictEqual([])
  })
})

const anyHoldings = fc.uniqueArray(
  fc.record({
    strategy: fc.constantFrom('a', 'b', 'c', 'd', unassigned).map((id) => id as StrategyId),
    quantity: fc.bigInt(-(10n ** 24n), 10n ** 24n).map((quantity) => quantity as SignedQuantity),
  }),
  { selector: ({ strategy }) => strategy },
)
const anyAmount = fc.bigInt(-(10n ** 40n), 10n ** 40n).map((amount) => amount as Amount)

prop(
  'shares add up to the payment, name everybody once, and are in proportion where all is explained',
  fc.tuple(anyAmount, anyHoldings, fc.constantFrom(0n, 0n, 7n)),
  ([amount, holdings, more]) => {
    const sum = holdings.reduce((total, each) => total + each.quantity, 0n)
    const quantity = (sum + more) as SignedQuantity
    const shares = divideFunding(amount, quantity, holdings)
    expect(shares.reduce((total, share) => total + share.amount, 0n)).toBe(amount)
    expect(new Set(shares.map(({ strategy }) => strategy)).size).toBe(shares.length)
    if (more !== 0n || quantity === 0n) return
    for (const { strategy, quantity: part } of holdings) {
      const share = shares.find((each) => each.strategy === strategy)?.amount ?? 0n
      const off = abs(share * quantity - amount * part)
      expect(off).toBeLessThanOrEqual(abs(quantity) * BigInt(holdings.length))
    }
  },
)
