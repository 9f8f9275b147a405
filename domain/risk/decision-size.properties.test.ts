import { expect, test } from 'vitest'
import { eventBytesMax } from '#domain/kernel/proposal'
import type { RiskDecision } from '#domain/risk/decide'
import { faultsInLimits } from '#domain/risk/control'
import { anyOverride } from '#domain/risk/testing/any-limits'
import { openDesk } from '#domain/risk/testing/desk-of'
import { testLog } from '#domain/risk/testing/log'
import { settledAt } from '#domain/risk/testing/venue-words'
import {
  accountOpened,
  amount,
  type Asked,
  deposited,
  later,
  listed,
  markAt,
  marksTaken,
  noon,
  quantity,
  ratio,
  symbolOf,
} from '#domain/risk/testing/words'
import { encodeProposed } from '#schemas/stored'
import type { AccountId, StrategyId } from '#schemas/values/ids'
import type { LimitOverride } from '#schemas/values/trading'
import { fc, prop } from '#testing/prop'

const [account, strategy] = ['z'.repeat(32) as AccountId, 'z'.repeat(32) as StrategyId]
const symbol = symbolOf(`${'A'.repeat(20)}/${'B'.repeat(20)}:${'B'.repeat(20)}`)
const nines = (digits: number): string => `${'9'.repeat(digits)}.${'9'.repeat(18)}`
/** With names and figures as long as they can be. */
const longest: Asked = { account, strategy, symbol, quantity: nines(20), at: nines(20) }

const sizeUnder = (overrides: readonly LimitOverride[], asked: Asked): number => {
  const desk = openDesk(
    { overrides },
    accountOpened('1', account),
    deposited('1', 'USDT', account),
    listed(symbol),
    ...settledAt(account),
    marksTaken(noon, markAt(nines(20), noon, symbol)),
  )
  return sizeOf(desk.decides(asked, markAt(nines(19), noon, symbol), later(1)))
}
const sizeOf = (decision: RiskDecision): number => {
  const { data, metadata } = encodeProposed(testLog().append(decision))
  return data.length + metadata.length
}

const dust = `0.${'0'.repeat(17)}1`
const tightest = {
  maxOrderNotional: amount(`0.${'0'.repeat(35)}1`),
  maxOrderQuantity: { [symbol]: quantity(dust) },
  maxPosition: { [symbol]: quantity(dust) },
  maxPositionNotional: amount(`0.${'0'.repeat(35)}1`),
  maxGrossExposure: amount(`0.${'0'.repeat(35)}1`),
  maxNetExposure: amount(`0.${'0'.repeat(35)}1`),
  maxOpenOrders: 0,
  maxUnknownOrders: 0,
  maxOrdersPerSecond: 0,
  maxOrdersPerMinute: 0,
  maxOrdersPerHour: 0,
  priceCollar: ratio(dust),
  maxMarkAgeMs: 0,
}
test('given every part that can cover an order with every limit, its denial has room in an event', () => {
  const overrides: readonly LimitOverride[] = [
    { account },
    { strategy },
    { symbol },
    { account, strategy },
    { account, symbol },
    { strategy, symbol },
    { account, strategy, symbol },
  ].map((part) => ({ ...part, ...tightest }))
  expect(faultsInLimits({ overrides })).toStrictEqual([])
  const size = sizeUnder(overrides, longest)
  expect(size).toBeGreaterThan(40_000)
  expect(size).toBeLessThan(eventBytesMax / 2)
})

prop(
  'a decision under whatever limits of parts of a book are set has room in an event',
  fc.record({
    overrides: fc.array(anyOverride, { minLength: 300, maxLength: 400 }),
    asked: fc.record({
      side: fc.constantFrom('buy' as const, 'sell' as const),
      reduceOnly: fc.boolean(),
    }),
  }),
  ({ overrides, asked }) => {
    const faulty = new Set(faultsInLimits({ overrides }).map(({ path: [, index] }) => index))
    const set = overrides.filter((_, index) => !faulty.has(String(index)))
    expect(sizeUnder(set, { ...longest, ...asked })).toBeLessThan(eventBytesMax / 2)
  },
  { numRuns: 10, endOnFailure: true },
)
