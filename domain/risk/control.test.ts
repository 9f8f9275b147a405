import { describe, expect, test } from 'vitest'
import {
  effectiveAtOf,
  expiresAtOf,
  faultsInLimits,
  type LimitName,
  loosens,
  mergedWith,
} from '#domain/risk/control'
import { amount, later, limits, noon, quantity, ratio } from '#domain/risk/testing/words'
import type { AccountId, MarketSymbol, StrategyId } from '#schemas/values/ids'
import type { LimitOverride, Limits } from '#schemas/values/trading'

const less: Limits = {
  maxOrderNotional: amount('49999.99'),
  maxOrderQuantity: { 'BTC/USDT': quantity('0.9'), 'ETH/USDT': quantity('5') },
  maxPosition: { 'BTC/USDT': quantity('1.9') },
  maxPositionNotional: amount('1'),
  maxGrossExposure: amount('1'),
  maxNetExposure: amount('1'),
  maxLeverage: ratio('0.5'),
  maxConcentration: ratio('0.5'),
  maxOpenOrders: 199,
  maxUnknownOrders: 4,
  maxOrdersPerSecond: 19,
  maxOrdersPerMinute: 299,
  maxOrdersPerHour: 4999,
  maxMarkAgeMs: 4999,
  maxLogLagMs: 1999,
}
const inForce = limits({
  maxOrderQuantity: { 'BTC/USDT': quantity('1') },
  maxPosition: { 'BTC/USDT': quantity('2') },
})
const names = Object.keys(less) as readonly LimitName[]
const only = (from: Limits, name: LimitName): Limits => ({ [name]: from[name] })

describe('a maximum', () => {
  test.each(names)('%s: smaller tightens, greater loosens, the same does neither', (name) => {
    expect(loosens(inForce, only(less, name))).toStrictEqual([])
    expect(loosens({ ...inForce, ...only(less, name) }, only(inForce, name))).toStrictEqual([name])
    expect(loosens(inForce, only(inForce, name))).toStrictEqual([])
  })
  test.each(names)('%s: where there was none, any tightens', (name) => {
    expect(loosens({}, only(less, name))).toStrictEqual([])
  })
  test('0 is a maximum like any other', () => {
    expect(loosens({ maxOpenOrders: 0 }, { maxOpenOrders: 1 })).toStrictEqual(['maxOpenOrders'])
    expect(loosens({ maxOpenOrders: 1 }, { maxOpenOrders: 0 })).toStrictEqual([])
  })
})

describe('a map by symbol', () => {
  const current: Limits = { maxPosition: { 'BTC/USDT': quantity('1') } }
  const proposing = (maxPosition: NonNullable<Limits['maxPosition']>) =>
    loosens(current, { maxPosition })
  test('one more symbol tightens', () => {
    expect(proposing({ 'BTC/USDT': quantity('1'), 'ETH/USDT': quantity('9') })).toStrictEqual([])
  })
  test('a symbol that is left out loosens, whatever is added', () => {
    expect(proposing({ 'ETH/USDT': quantity('0') })).toStrictEqual(['maxPosition'])
    expect(proposing({})).toStrictEqual(['maxPosition'])
  })
  test('one that grows loosens, whatever shrinks', () => {
    const both: Limits = {
      maxPosition: { 'BTC/USDT': quantity('1'), 'ETH/USDT': quantity('1') },
    }
    const change = { 'BTC/USDT': quantity('1.1'), 'ETH/USDT': quantity('0') }
    expect(loosens(both, { maxPosition: change })).toStrictEqual(['maxPosition'])
  })
})

describe('the price collar', () => {
  test('any change of it may approve what was denied', () => {
    expect(loosens(inForce, { priceCollar: ratio('0.06') })).toStrictEqual(['priceCollar'])
    expect(loosens(inForce, { priceCollar: ratio('0.04') })).toStrictEqual(['priceCollar'])
    expect(loosens(inForce, { priceCollar: ratio('0.05') })).toStrictEqual([])
  })
  test('one where there was none tightens', () => {
    expect(loosens({}, { priceCollar: ratio('0.04') })).toStrictEqual([])
  })
})

describe('what prices are believed by', () => {
  const sights = [
    { maxMarkJump: ratio('0.1') },
    { maxMarkJump: ratio('0.000001') },
    { maxMarkAgeMs: 9000 },
    { maxMarkAgeMs: 0 },
  ]
  const losses = [{ maxDailyLoss: amount('1000') }, { maxDrawdown: ratio('0.1') }]
  const each = losses.flatMap((loss) => sights.map((sight) => [loss, sight] as const))
  test.each(each)('%o is watched: %o loosens, a first one too', (loss, sight) => {
    const names = Object.keys(sight)
    const before = { maxMarkJump: ratio('0.05'), maxMarkAgeMs: 5000 }
    expect(loosens({ ...loss, ...before }, sight)).toStrictEqual(names)
    expect(loosens(loss, sight)).toStrictEqual(names)
    expect(loosens({ ...loss, ...before }, before)).toStrictEqual([])
    expect(loosens({}, { ...loss, ...sight })).toStrictEqual([])
  })
  test('of a part of a book, which nobody watches: a maximum like any other', () => {
    const overrides = [{ account: 'main' as AccountId, maxMarkAgeMs: 5000 }]
    const tighter = overrides.map((part) => ({ ...part, maxMarkAgeMs: 100 }))
    expect(loosens({ ...losses[0], overrides }, { overrides: tighter })).toStrictEqual([])
    expect(loosens({ ...losses[0], overrides: tighter }, { overrides })).toStrictEqual([
      'overrides',
    ])
  })
})

describe('limits of parts of a book', () => {
  const alpha = 'alpha' as StrategyId
  const before: readonly LimitOverride[] = [
    { strategy: alpha, maxOpenOrders: 5, priceCollar: ratio('0.02') },
    { strategy: alpha, maxPosition: { 'BTC/USDT': quantity('2') } },
  ]
  const loosen = (...overrides: readonly LimitOverride[]): boolean =>
    loosens(limits({ overrides: before }), { overrides }).length > 0
  const [first = {}, second = {}] = before
  test('tighten where each is upheld in its own part, in whatever order and beside whatever else', () => {
    expect(loosen(...before)).toBe(false)
    expect(loosen(second, { symbol: 'ETH/USDT' as MarketSymbol, maxOpenOrders: 1 }, first)).toBe(
      false,
    )
    expect(loosen({ ...first, maxOpenOrders: 4, priceCollar: ratio('0.01') }, second)).toBe(false)
    expect(loosen({ ...first, ...second, maxOrderNotional: amount('1') })).toBe(false)
    expect(loosens(limits(), { overrides: before })).toStrictEqual([])
  })
  test('loosen where one is greater, left out, or set for another part', () => {
    expect(loosen()).toBe(true)
    expect(loosen(first)).toBe(true)
    expect(loosen({ ...first, maxOpenOrders: 6 }, second)).toBe(true)
    expect(loosen({ ...first, priceCollar: ratio('0.03') }, second)).toBe(true)
    expect(loosen(first, { strategy: alpha, maxPosition: { 'ETH/USDT': quantity('1') } })).toBe(
      true,
    )
    // More of the book may net to less.
    expect(loosen({ maxOpenOrders: 5, priceCollar: ratio('0.02') }, second)).toBe(true)
    expect(loosen({ ...first, account: 'main' as AccountId }, second)).toBe(true)
  })
})
describe('a proposal', () => {
  test('names all that it loosens, and nothing that it does not name', () => {
    const proposed = { maxOpenOrders: 1, maxOrdersPerHour: 9999, maxLogLagMs: 9999 }
    expect(loosens(inForce, proposed)).toStrictEqual(['maxOrdersPerHour', 'maxLogLagMs'])
    expect(loosens(inForce, {})).toStrictEqual([])
  })
  test('leaves alone what it does not name, and replaces a map as a whole', () => {
    const proposed = { maxPosition: { 'ETH/USDT': quantity('1') } }
    expect(mergedWith(inForce, proposed)).toStrictEqual({ ...inForce, ...proposed })
  })
  test('that loosens waits a minute, and lives a day', () => {
    expect(effectiveAtOf(noon)).toBe(later(60_000))
    expect(expiresAtOf(noon)).toBe(later(86_400_000))
  })
})

describe('limits that no guard will set', () => {
  test('those that say nothing', () => {
    expect(faultsInLimits({})).toStrictEqual([{ path: [], detail: 'must name at least one limit' }])
  })
  test('below 0', () => {
    const both = { maxOrderNotional: amount('-1'), priceCollar: ratio('-0.01') }
    expect(faultsInLimits(both)).toStrictEqual([
      { path: ['maxOrderNotional'], detail: 'must not be below 0' },
      { path: ['priceCollar'], detail: 'must not be below 0' },
    ])
  })
  test('of something that is no symbol', () => {
    expect(
      faultsInLimits({ maxPosition: { BTCUSDT: quantity('1'), 'BTC/USDT': quantity('1') } }),
    ).toStrictEqual([
      { path: ['maxPosition', 'BTCUSDT'], detail: 'must be a symbol such as BTC/USDT' },
    ])
  })
  test('of a part of a book that has some already', () => {
    const part = { account: 'main' as AccountId, strategy: 'alpha' as StrategyId }
    const overrides: readonly LimitOverride[] = [
      { ...part, maxOpenOrders: 1 },
      { account: part.account, maxOpenOrders: 1 },
      { strategy: part.strategy, maxOpenOrders: 1 },
      { ...part, maxOrdersPerHour: 1 },
    ]
    expect(faultsInLimits({ overrides: overrides.slice(0, 3) })).toStrictEqual([])
    expect(faultsInLimits({ overrides })).toStrictEqual([
      {
        path: ['overrides', '3'],
        detail: 'must name another part of the book than overrides/0 does',
      },
    ])
  })
  test('those that are 0, or of no symbol at all, are limits', () => {
    expect(
      faultsInLimits({ ...less, maxOrderNotional: amount('0'), maxPosition: {} }),
    ).toStrictEqual([])
  })
})
