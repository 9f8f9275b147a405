import { describe, expect, test } from 'vitest'
import { lineOf, outcomeOf } from '#domain/risk/testing/desk-of'
import { at, longContract, watchedOn } from '#domain/risk/testing/fourth-days-stories'
import { withdrawn } from '#domain/risk/testing/money-words'
import {
  amount,
  deposited,
  filled,
  later,
  markAt,
  price,
  ratio,
  symbolOf,
} from '#domain/risk/testing/words'
import { plusMs } from '#domain/values/instant'
import type { Limits } from '#schemas/values/trading'

const perpetual = symbolOf('BTC/USDT:USDT')
const now = later(1000)
const order = { at: '64000', quantity: '0.01', decideBy: plusMs(now, 5000) } as const
const exit = { ...order, symbol: perpetual, side: 'sell', at: '64000' } as const
/** The contract's price has come to this when the order is decided. */
const decided = (limits: Limits, value: string, asked: object = order) =>
  at(longContract(limits), value, now).decides({ ...order, ...asked }, markAt('65000', now), now)

describe('dailyLoss', () => {
  const limit = { maxDailyLoss: amount('100') }
  test.each([
    ['64900', 'approved', '100/100'],
    ['64900.01', 'approved', '99.99/100'],
    ['64899.99', 'dailyLoss', '100.01/100'],
    ['65500', 'approved', '-500/100'],
  ])('at a price of %s: %s', (value, outcome, line) => {
    const decision = decided(limit, value)
    expect(outcomeOf(decision)).toBe(outcome)
    expect(lineOf(decision, 'dailyLoss')).toBe(line)
  })
  test('does not stop what reduces', () => {
    expect(outcomeOf(decided(limit, '60000', exit))).toBe('reducing')
  })
  test('counts what was realised, fees, and money that was not marked yet as no loss', () => {
    const desk = longContract(limit).given(
      filled(2, { symbol: perpetual, side: 'sell', quantity: '0.5', at: '64940', fee: '20' }),
      deposited('7000'),
      withdrawn('9000'),
    )
    const decision = at(desk, '64980', now).decides(order, markAt('65000', now), now)
    // 30 realised, 10 unrealised, 20 paid.
    expect(lineOf(decision, 'dailyLoss')).toBe('60/100')
  })
  test('without a limit is recorded, and stops nothing', () => {
    const decision = decided({}, '30000')
    expect(outcomeOf(decision)).toBe('approved')
    expect(lineOf(decision, 'dailyLoss')).toBe('35000/')
  })
})

describe('drawdown', () => {
  const limit = { maxDrawdown: ratio('0.001') }
  test.each([
    ['64000', 'approved', '0.001/0.001'],
    ['64000.01', 'approved', '0.00099999/0.001'],
    ['63999.99', 'drawdown', '0.00100001/0.001'],
    ['66000', 'approved', '0/0.001'],
  ])('at a price of %s: %s', (value, outcome, line) => {
    const decision = decided(limit, value)
    expect(outcomeOf(decision)).toBe(outcome)
    expect(lineOf(decision, 'drawdown')).toBe(line)
  })
  test('is measured from the highest that was marked, and does not stop what reduces', () => {
    const top = later(10_000)
    const high = watchedOn(at(longContract(limit), '66000', top), top)
    const after = plusMs(top, 1000)
    const fallen = at(high, '64998', after)
    const clock = { decideBy: plusMs(after, 5000) }
    const decision = fallen.decides({ ...order, ...clock }, markAt('65000', after), after)
    expect(outcomeOf(decision)).toBe('drawdown')
    const out = fallen.decides({ ...exit, ...clock }, markAt('64998', after, perpetual), after)
    expect(outcomeOf(out)).toBe('reducing')
  })
})

describe('markPlausible', () => {
  const limit = { maxMarkJump: ratio('0.1') }
  const jumped = (value: string) => ({ ...markAt(value, now), against: price('65000') })
  test.each([
    ['71500', 'approved', '0.1/0.1'],
    ['71500.01', 'markPlausible', '0.100000153846153847/0.1'],
    ['58499.99', 'markPlausible', '0.100000153846153847/0.1'],
  ])('of a price that has jumped to %s: %s', (value, outcome, line) => {
    const asked = { ...order, at: '65000' }
    const decision = longContract(limit).decides(asked, jumped(value), now)
    expect(outcomeOf(decision)).toBe(outcome)
    expect(lineOf(decision, 'markPlausible')).toBe(line)
  })
  test('an exit is judged by the price before the jump: a market order is not too small', () => {
    const asked = { ...exit, at: undefined, orderType: 'market', quantity: '0.001' } as const
    const { at: _, ...market } = asked
    const mark = { ...markAt('0.01', now, perpetual), against: price('65000') }
    expect(outcomeOf(longContract(limit).decides(market, mark, now))).toBe('reducing')
  })
  test('what is held keeps the price before the jump', () => {
    const desk = longContract({ ...limit, maxDailyLoss: amount('100') })
    const mark = { ...markAt('30000', now, perpetual), against: price('65000') }
    desk.given({ type: 'MarksTaken', book: 'main' as never, at: now, marks: [mark] })
    expect(desk.standing().equity.worth()).toBe(amount('1000000'))
    const decision = desk.decides(order, markAt('65000', now), now)
    expect(outcomeOf(decision)).toBe('dailyLoss')
    expect(lineOf(decision, 'dailyLoss')).toBe('/100')
  })
})
