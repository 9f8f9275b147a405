import { describe, expect, test } from 'vitest'
import { lineOf, openDesk, outcomeOf } from '#domain/risk/testing/desk-of'
import {
  account,
  accepted,
  amount,
  btc,
  cancelled,
  engaged,
  filled,
  later,
  listed,
  markAt,
  noon,
  quantity,
  ratio,
  symbolOf,
  unknown,
} from '#domain/risk/testing/words'
import type { LedgerEvent } from '#schemas/events/ledger'
import type { StrategyId } from '#schemas/values/ids'
import type { Limits } from '#schemas/values/trading'

describe('a kill switch', () => {
  const held = () => openDesk({}, filled(1, { quantity: '1' }))
  const sell = { side: 'sell', quantity: '1' } as const
  test('reduce: only what reduces', () => {
    const desk = held().given(engaged(1, 'reduce'))
    expect(outcomeOf(desk.decides())).toBe('killSwitch')
    expect(outcomeOf(desk.decides(sell))).toBe('reducing')
  })
  test('halt: nothing', () => {
    const desk = held().given(engaged(1, 'halt'))
    expect(outcomeOf(desk.decides())).toBe('killSwitch')
    expect(outcomeOf(desk.decides(sell))).toBe('killSwitch')
  })
  test('the more severe of two counts', () => {
    const desk = held().given(engaged(1, 'reduce'), engaged(2, 'halt'), engaged(3, 'reduce'))
    expect(outcomeOf(desk.decides(sell))).toBe('killSwitch')
  })
  test('one that is known changes nothing when it is said again', () => {
    const desk = held().given(engaged(1, 'reduce'), engaged(1, 'halt'))
    expect(outcomeOf(desk.decides(sell))).toBe('reducing')
    expect(desk.standing().desk.killSwitches().length).toBe(1)
  })
  const scopes = [
    [{ account }, true],
    [{ account: 'second' as typeof account }, false],
    [{ strategy: 'manual' as StrategyId }, true],
    [{ strategy: 'other' as StrategyId }, false],
    [{ symbol: btc }, true],
    [{ symbol: symbolOf('ETH/USDT') }, false],
    [{ account, strategy: 'manual' as StrategyId, symbol: btc }, true],
    [{ account, strategy: 'manual' as StrategyId, symbol: symbolOf('ETH/USDT') }, false],
  ] as const
  for (const [scope, forbids] of scopes) {
    test(`in the scope ${JSON.stringify(scope)}: ${forbids ? 'forbids' : 'does not concern it'}`, () => {
      const desk = held().given(engaged(1, 'halt', scope))
      expect(outcomeOf(desk.decides(sell))).toBe(forbids ? 'killSwitch' : 'reducing')
    })
  }
})

describe('an order that only reduces', () => {
  const long = (...more: readonly LedgerEvent[]) =>
    openDesk({}, filled(1, { quantity: '1' }), ...more)
  const sell = { side: 'sell', at: '65000' } as const
  test('brings its position nearer to zero, and not past it', () => {
    expect(outcomeOf(long().decides({ ...sell, quantity: '1' }))).toBe('reducing')
    expect(outcomeOf(long().decides({ ...sell, quantity: '1.00001' }))).toBe('orderNotional')
    expect(long().decides({ ...sell, quantity: '1.00001' }).reducing).toBe(false)
    expect(outcomeOf(long().decides({ ...sell, side: 'buy' }))).toBe('approved')
  })
  test('counts the other orders that reduce, whatever their state', () => {
    const other = { ...sell, quantity: '0.6' }
    expect(
      outcomeOf(
        long()
          .approved(2, other)
          .decides({ ...sell, quantity: '0.4' }),
      ),
    ).toBe('reducing')
    for (const desk of [
      long().approved(2, other),
      long().inFlight(2, other),
      long().inFlight(2, other).given(unknown(2)),
      long().inFlight(2, other).given(accepted(2)),
    ])
      expect(desk.decides({ ...sell, quantity: '0.40001' }).reducing).toBe(false)
    const ended = long().inFlight(2, other).given(accepted(2), cancelled(2, '0.5'))
    expect(ended.decides({ ...sell, quantity: '0.5' }).reducing).toBe(true)
    expect(ended.decides({ ...sell, quantity: '0.50001' }).reducing).toBe(false)
  })
  test('does not count on an open order that would enlarge the position', () => {
    const more = long().inFlight(2, { at: '65000', quantity: '0.5' })
    expect(more.decides({ ...sell, quantity: '1.00001' }).reducing).toBe(false)
  })
  test('is measured by the position of its own strategy', () => {
    expect(long().decides({ ...sell, strategy: 'other' }).reducing).toBe(false)
  })
  test('covers a short contract by buying', () => {
    const perpetual = symbolOf('BTC/USDT:USDT')
    const mark = markAt('65000', noon, perpetual)
    const sold = openDesk(
      {},
      listed(perpetual),
      filled(1, { symbol: perpetual, side: 'sell', quantity: '0.5' }),
    )
    const cover = { symbol: perpetual, at: '65000' }
    expect(sold.decides({ ...cover, quantity: '0.5' }, mark).reducing).toBe(true)
    expect(sold.decides({ ...cover, quantity: '0.501' }, mark).reducing).toBe(false)
    expect(sold.decides({ ...cover, side: 'sell', quantity: '0.1' }, mark).reducing).toBe(false)
  })
  test('passes every check outside its column, which is recorded all the same', () => {
    const nothingGoes: Limits = {
      maxOrderNotional: amount('0'),
      maxOrderQuantity: { 'BTC/USDT': quantity('0') },
      maxPosition: { 'BTC/USDT': quantity('0') },
      maxPositionNotional: amount('0'),
      maxGrossExposure: amount('0'),
      maxNetExposure: amount('0'),
      maxConcentration: ratio('0'),
      maxLeverage: ratio('0'),
      maxOpenOrders: 0,
      maxUnknownOrders: 0,
      maxOrdersPerSecond: 0,
      maxOrdersPerMinute: 0,
      maxOrdersPerHour: 0,
      priceCollar: ratio('0'),
      maxMarkAgeMs: 0,
      maxLogLagMs: 0,
    }
    const desk = openDesk(nothingGoes, filled(1, { quantity: '1' }))
    const old = markAt('65000', later(-60_000))
    const decision = desk.decides({ ...sell, at: '60000', quantity: '0.5' }, old, later(4000))
    expect(outcomeOf(decision)).toBe('reducing')
    expect(lineOf(decision, 'markFresh')).toBe('64000/0')
    expect(lineOf(decision, 'openOrders')).toBe('1/0')
    expect(lineOf(decision, 'concentration')).toBe('/0')
  })
  test('passes without a mark: what needs one is recorded as not evaluated', () => {
    const decision = long().decides({ side: 'sell', quantity: '1' }, 'none')
    expect(outcomeOf(decision)).toBe('reducing')
    expect(lineOf(decision, 'notionalMin')).toBe('/5')
    expect(decision).not.toHaveProperty('mark')
  })
  test('is held to what the venue takes', () => {
    expect(outcomeOf(long().decides({ ...sell, quantity: '0.000001' }))).toBe('quantityIncrement')
    expect(outcomeOf(long().decides({ ...sell, at: '65000.001' }))).toBe('priceIncrement')
    expect(outcomeOf(long().decides({ ...sell, at: '1' }))).toBe('notionalMin')
  })
})
