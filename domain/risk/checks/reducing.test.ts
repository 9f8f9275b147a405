import { describe, expect, test } from 'vitest'
import { amends } from '#domain/risk/testing/amend-desk'
import { type Desk, lineOf, openDesk, outcomeOf } from '#domain/risk/testing/desk-of'
import {
  account,
  accepted,
  type Asked,
  amount,
  btc,
  cancelled,
  engaged,
  filled,
  later,
  listed,
  markAt,
  noon,
  orderId,
  quantity,
  ratio,
  symbolOf,
  unknown,
} from '#domain/risk/testing/words'
import type { LedgerEvent } from '#schemas/events/ledger'
import { uuidOf } from '#domain/testing/fixed'
import { type KillSwitchId, Line, type StrategyId } from '#schemas/values/ids'
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

describe('what a kill switch forbids is told with what it would let through', () => {
  const reasonFor = (desk: Desk, asked: Asked): readonly [string, string] => {
    const decision = desk.decides(asked)
    return decision.type === 'OrderDenied'
      ? [decision.reason.code, decision.reason.message]
      : [outcomeOf(decision), '']
  }
  const long = () => openDesk({}, filled(1, { quantity: '0.1' }))
  const resting = { side: 'sell', at: '66000', quantity: '0.06' } as const
  const name = `Kill switch ${uuidOf<KillSwitchId>(1)} (reduce, "enough")`
  const release = `ask for its release with risk release --id ${uuidOf<KillSwitchId>(1)}`
  const claimed = `manual in main can still close 0.04 of BTC/USDT by a sell; order ${orderId(2)} claims 0.06`
  const exit = { side: 'sell', quantity: '0.1' } as const
  const under = (desk: Desk) => desk.given(engaged(1, 'reduce'))
  test('an exit that open orders have claimed some of', () => {
    const desk = under(long().inFlight(2, resting))
    expect(reasonFor(desk, exit)).toStrictEqual([
      'killSwitch',
      `${name} lets through only what reduces, and ${claimed}: order 0.04 at most, or cancel that order, or ${release}.`,
    ])
    expect(reasonFor(desk, { ...exit, reduceOnly: true })).toStrictEqual([
      'reduceOnly',
      `The order is for 0.1, and ${claimed}: order 0.04 at most, or cancel that order.`,
    ])
    expect(outcomeOf(desk.decides({ ...exit, quantity: '0.04', reduceOnly: true }))).toBe(
      'reducing',
    )
  })
  test('a flip', () => {
    expect(reasonFor(under(long()), { ...exit, quantity: '0.2' })[1]).toBe(
      `${name} lets through only what reduces, and manual in main can still close 0.1 of BTC/USDT by a sell: order 0.1 at most, or ${release}.`,
    )
  })
  test('an exit that several orders have claimed all of', () => {
    const small = { ...resting, quantity: '0.03' }
    const desk = long()
      .inFlight(4, small)
      .inFlight(2, small)
      .approved(3, { ...resting, quantity: '0.04' })
    const [code, says] = reasonFor(under(desk), { ...exit, reduceOnly: true })
    expect(code).toBe('reduceOnly')
    expect(says).toBe(
      `The order is for 0.1, and orders ${orderId(2)} and ${orderId(3)} and 1 more claim all 0.1 of BTC/USDT that manual in main holds: cancel some of those orders.`,
    )
  })
  test('where nothing is held', () => {
    const nothing = `manual in main holds nothing of BTC/USDT that a buy would close: ${release}.`
    for (const reduceOnly of [false, true])
      expect(reasonFor(under(long()), { reduceOnly })).toStrictEqual([
        'killSwitch',
        `${name} lets through only what reduces, and ${nothing}`,
      ])
  })
  test('a halt, also of what only reduces', () => {
    const desk = long().inFlight(2, resting).given(engaged(1, 'halt'))
    for (const reduceOnly of [false, true])
      expect(reasonFor(desk, { ...exit, reduceOnly })).toStrictEqual([
        'killSwitch',
        `Kill switch ${uuidOf<KillSwitchId>(1)} (halt, "enough") lets nothing through: ${release}.`,
      ])
  })
  test('an amendment is not told that its own order is in its way', () => {
    const desk = long().inFlight(2, resting).given(accepted(2), engaged(1, 'reduce'))
    const denied = amends(desk, 2, { ...resting, quantity: '0.11' })
    if (denied.type !== 'AmendDenied') throw new Error('approved')
    const says = 'manual in main can still close 0.1 of BTC/USDT by a sell: order 0.1 at most'
    expect(denied.reason.message).toContain(says)
    expect(denied.checks.map(({ message }) => message)).toContain(denied.reason.message)
  })
  test('however long the names, the reason and the figures are', () => {
    const desk = openDesk(
      {},
      filled(1, { quantity: '0.100000000000000001', strategy: 's'.repeat(32) }),
    )
    const long = engaged(1, 'reduce', {})
    if (long.type !== 'KillSwitchEngaged') throw new Error('no kill switch')
    const [, says] = reasonFor(desk.given({ ...long, reason: '𝒳'.repeat(500) as Line }), {
      ...exit,
      strategy: 's'.repeat(32),
      quantity: '0.2',
    })
    expect(Line.is(says)).toBe(true)
    expect(says).toContain(`"${'𝒳'.repeat(79)}…"`)
  })
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
