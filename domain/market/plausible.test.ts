import { describe, expect, test } from 'vitest'
import { plausibleMarks } from '#domain/market/plausible'
import { btc, later, noon, price, ratio } from '#domain/risk/testing/words'
import type { MarketSymbol, TradeId } from '#schemas/values/ids'
import type { Mark } from '#schemas/values/trading'

type Trade = readonly [ms: number, value: string]
const recordedAt = (ms: number, value: string): ReadonlyMap<MarketSymbol, Mark> =>
  new Map([[btc, { symbol: btc, price: price(value), at: later(ms) }]])

/** Traded at these prices, each so many milliseconds after noon. */
const heard = (...trades: readonly Trade[]) => heardAfter(new Map(), ...trades)
/** The same by a process that has just started: so it was recorded before. */
const heardAfter = (recorded: ReadonlyMap<MarketSymbol, Mark>, ...trades: readonly Trade[]) => {
  const marks = plausibleMarks()
  const hear = ([ms, value]: readonly [number, string]): void =>
    marks.hear({
      type: 'trade',
      symbol: btc,
      sequence: ms,
      venueAt: noon,
      receivedAt: later(ms),
      tradeId: String(ms) as TradeId,
      price: price(value),
      quantity: 1n as never,
      aggressor: 'buy',
    })
  const tenth = marks.by(ratio('0.1'), recorded)
  trades.forEach(hear)
  return { marks, tenth, hear }
}

describe('a price', () => {
  test('that is as far away as it may be is believed', () => {
    const { tenth } = heard([0, '100'], [1000, '110'], [2000, '99'])
    expect(tenth.markOf(btc)).toStrictEqual({ symbol: btc, price: price('99'), at: later(2000) })
  })
  test.each(['110.000000000000000001', '89.999999999999999999'])(
    'that is further away (%s) is told with the one before it',
    (value) => {
      const { tenth } = heard([0, '100'], [1000, value])
      expect(tenth.markOf(btc)).toMatchObject({ price: price(value), against: price('100') })
    },
  )
  test('that falls back was nothing', () => {
    const { tenth } = heard([0, '100'], [1000, '150'], [2000, '101'])
    expect(tenth.markOf(btc)?.against).toBeUndefined()
  })
  test('is believed when all have been near it for ten seconds', () => {
    const { tenth, hear } = heard([0, '100'], [1000, '150'], [6000, '155'], [10_999, '145'])
    expect(tenth.markOf(btc)?.against).toBe(price('100'))
    hear([11_000, '149'])
    expect(tenth.markOf(btc)?.against).toBeUndefined()
  })
  test('begins anew to stand where it jumps again', () => {
    const { tenth } = heard([0, '100'], [1000, '150'], [9000, '50'], [12_000, '51'])
    expect(tenth.markOf(btc)?.against).toBe(price('100'))
  })
  test('is believed by a book that does not limit jumps', () => {
    const { marks } = heard([0, '100'], [1000, '900'])
    expect(marks.by(undefined).markOf(btc)?.against).toBeUndefined()
  })
  test('that is in doubt is so under a new limit too, unless that allows the jump', () => {
    const { marks } = heard([0, '100'], [1000, '150'])
    expect(marks.by(ratio('0.2')).markOf(btc)?.against).toBe(price('100'))
    expect(marks.by(ratio('0.5')).markOf(btc)?.against).toBeUndefined()
  })
})
describe('the first price that is heard', () => {
  const day = 24 * 3_600_000
  test('is held against the one that was recorded before', () => {
    const { tenth, hear } = heardAfter(recordedAt(-1500, '100'), [0, '50'])
    expect(tenth.markOf(btc)).toMatchObject({ price: price('50'), against: price('100') })
    hear([10_000, '51'])
    expect(tenth.markOf(btc)?.against).toBeUndefined()
  })
  test('is so too where it is heard before anybody tells what was recorded', () => {
    const { marks, hear } = heard([0, '50'])
    const tenth = marks.by(ratio('0.1'), recordedAt(-1500, '100'))
    expect(tenth.markOf(btc)?.against).toBe(price('100'))
    hear([1000, '99'])
    expect(tenth.markOf(btc)?.against).toBeUndefined()
  })
  test.each([
    [-day, '100'],
    [-day - 1, undefined],
  ])('recorded %i ms before it a price counts: %s', (ms, against) => {
    const of = against === undefined ? undefined : price(against)
    expect(heardAfter(recordedAt(ms, '100'), [0, '50']).tenth.markOf(btc)?.against).toBe(of)
    const { marks } = heard([0, '50'])
    expect(marks.by(ratio('0.1'), recordedAt(ms, '100')).markOf(btc)?.against).toBe(of)
  })
  test.each([
    [0, 9999, undefined],
    [-1, 9999, '100'],
    [-1, 10_000, undefined],
  ])('recorded at %i it counts where nothing else is heard for %i ms: %s', (ms, until, against) => {
    const { marks } = heard([0, '50'], [until, '50'])
    const of = against === undefined ? undefined : price(against)
    expect(marks.by(ratio('0.1'), recordedAt(ms, '100')).markOf(btc)?.against).toBe(of)
  })
})
test('limits of many books do not drive out each other', () => {
  const { marks, hear } = heard([0, '100'])
  const limits = Array.from({ length: 100 }, (_, n) => ratio(`0.${String(n + 1)}01`))
  const doubting = (): number =>
    limits.filter((limit) => marks.by(limit).markOf(btc)?.against !== undefined).length
  doubting()
  for (let second = 1; second <= 10; second += 1) {
    hear([1000 * second, '900'])
    expect(doubting()).toBe(100)
  }
  hear([11_000, '900'])
  expect(doubting()).toBe(0)
})
test('limits that come and go do not fill the memory, and lose nothing of what is believed', () => {
  const { marks, hear } = heard([0, '100'])
  for (let n = 1; n <= 100; n += 1) {
    marks.by(ratio(`0.${String(n)}1`))
    if (n === 50) hear([1000, '900'])
  }
  expect(marks.by(ratio('0.1')).markOf(btc)?.against).toBe(price('100'))
})
