/** What one strategy may tie up, and in how many instruments it may be. */
import { describe, expect, test } from 'vitest'
import { type Desk, lineOf, openDesk, outcomeOf } from '#domain/risk/testing/desk-of'
import {
  accepted,
  accountOpened,
  amount,
  type Asked,
  cancelled,
  deposited,
  filled,
  listed,
  markAt,
  marksTaken,
  noon,
  ratio,
  symbolOf,
  unknown,
} from '#domain/risk/testing/words'
import { settledAt } from '#domain/risk/testing/venue-words'
import type { LedgerEvent } from '#schemas/events/ledger'
import type { AccountId } from '#schemas/values/ids'
import type { Limits } from '#schemas/values/trading'

const second = 'second' as AccountId
const contract = symbolOf('BTC/USDT:USDT')
const ether = symbolOf('ETH/USDT')
const alpha: Asked = { strategy: 'alpha', at: '65000', quantity: '0.1' }
const both: readonly LedgerEvent[] = [
  accountOpened('1', second),
  deposited('1000000', 'USDT', second),
  ...settledAt(second),
]
const wide: Limits = {
  maxPositionNotional: amount('99999999'),
  maxGrossExposure: amount('99999999'),
  maxNetExposure: amount('99999999'),
  maxOrderNotional: amount('99999999'),
}
const open = (limits: Limits, ...more: readonly LedgerEvent[]): Desk =>
  openDesk(
    { ...wide, ...limits },
    listed(contract),
    listed(ether),
    ...both,
    marksTaken(noon, markAt('65000'), markAt('65000', noon, contract), markAt('3000', noon, ether)),
    ...more,
  )
const capital = (value: string, ...more: readonly LedgerEvent[]): Desk =>
  open({ maxStrategyCapital: { alpha: amount(value) } }, ...more)
const tied = (desk: Desk, asked: Asked, mark = markAt('65000')) => {
  const decision = desk.decides({ ...alpha, ...asked }, mark)
  return [outcomeOf(decision), lineOf(decision, 'strategyCapital')]
}

describe('the capital of a strategy', () => {
  test('may reach its limit, and not exceed it by the smallest unit', () => {
    expect(tied(capital('6500'), {})).toStrictEqual(['approved', '6500/6500'])
    expect(tied(capital('6500.000001'), {})).toStrictEqual(['approved', '6500/6500.000001'])
    expect(tied(capital('6499.999999'), {})).toStrictEqual(['strategyCapital', '6500/6499.999999'])
    expect(capital('6499').decides(alpha)).toMatchObject({
      reason: {
        message:
          'The capital that alpha ties up, at worst, is 6500 USDT, more than the 6499 allowed: order less, or reduce what it holds first.',
      },
    })
  })
  test('counts what it holds, has in flight, unknown and half filled, over all accounts', () => {
    const desk = capital(
      '52000',
      filled(91, { ...alpha, quantity: '0.1' }),
      filled(92, { ...alpha, account: second }),
    )
      .inFlight(1, alpha)
      .inFlight(2, { ...alpha, account: second })
      .inFlight(3, alpha)
      .given(unknown(2), accepted(3), filled(3, { ...alpha, quantity: '0.05' }))
    // Two positions, one in flight, one unknown, one of which half is held and half open: 0.5 × 65,000.
    expect(tied(desk, {})).toStrictEqual(['approved', '39000/52000'])
    expect(tied(desk, { quantity: '0.3' })).toStrictEqual(['approved', '52000/52000'])
    expect(tied(desk, { quantity: '0.30001' })[0]).toBe('strategyCapital')
    desk.given(cancelled(2))
    expect(tied(desk, { quantity: '0.4' })).toStrictEqual(['approved', '52000/52000'])
  })
  test('is not that of another strategy, which frees nothing either', () => {
    const others = capital('6500', filled(91, { quantity: '3', strategy: 'beta' }))
    expect(tied(others, {})).toStrictEqual(['approved', '6500/6500'])
    const mark = markAt('65000', noon, contract)
    const short = { symbol: contract, side: 'sell', strategy: 'beta', quantity: '0.1' } as const
    const against = capital('6500', filled(91, short), filled(92, { ...alpha, symbol: contract }))
    expect(tied(against, { symbol: contract, quantity: '0.001' }, mark)).toStrictEqual([
      'opposingStrategies',
      '6565/6500',
    ])
  })
  test('of contracts is less by the leverage of the account', () => {
    const geared = (value: string): Desk =>
      open(
        { maxStrategyCapital: { alpha: amount(value) }, maxLeverage: ratio('3') },
        accountOpened('5', second),
      )
    const mark = markAt('65000', noon, contract)
    const asked = { symbol: contract, quantity: '0.3', account: second }
    expect(tied(geared('6500'), asked, mark)).toStrictEqual(['approved', '6500/6500'])
    expect(tied(geared('6499'), asked, mark)[0]).toBe('strategyCapital')
    // A third does not come out even: rounded up.
    expect(tied(geared('99999'), { ...asked, quantity: '0.001' }, mark)[1]).toBe(
      '21.666666666666666666666666666666666667/99999',
    )
  })
  test('of market orders is by the collar more, as all that they are counted at', () => {
    const { at: _, ...market } = alpha
    const decision = capital('6825').decides(market)
    expect(lineOf(decision, 'strategyCapital')).toBe('6825/6825')
    expect(outcomeOf(capital('6824').decides(market))).toBe('strategyCapital')
  })
  test('is not limited where nobody has said how much, also for a strategy called constructor', () => {
    for (const strategy of ['beta', 'constructor'])
      expect(tied(capital('1'), { strategy })).toStrictEqual(['approved', '/'])
  })
  test('that cannot be said stops what increases, and nothing else', () => {
    const held = openDesk(
      { ...wide, maxStrategyCapital: { alpha: amount('999999') } },
      listed(ether),
      filled(91, { ...alpha, symbol: ether, quantity: '1', at: '3000' }),
      filled(92, { ...alpha, quantity: '1' }),
    )
    const reasons = held.decides(alpha)
    expect(reasons.type === 'OrderDenied' && reasons.checks).toContainEqual(
      expect.objectContaining({ code: 'strategyCapital', outcome: 'notEvaluated' }),
    )
    expect(outcomeOf(held.decides({ ...alpha, side: 'sell' }))).toBe('reducing')
  })
})

describe('the positions of a strategy', () => {
  const limited = (most: number, ...more: readonly LedgerEvent[]): Desk =>
    open({ maxStrategyPositions: { alpha: most } }, ...more)
  const counted = (desk: Desk, asked: Asked, mark = markAt('65000')) => {
    const decision = desk.decides({ ...alpha, ...asked }, mark)
    return [outcomeOf(decision), lineOf(decision, 'strategyPositions')]
  }
  test('may be as many as it says, and not one more', () => {
    const held = (most: number) => limited(most, filled(91, { ...alpha, account: second }))
    expect(counted(held(3), {})).toStrictEqual(['approved', '2/3'])
    expect(counted(held(2), {})).toStrictEqual(['approved', '2/2'])
    expect(counted(held(1), {})).toStrictEqual(['strategyPositions', '2/1'])
    expect(counted(held(1), { account: second })).toStrictEqual(['approved', '1/1'])
    expect(held(1).decides(alpha)).toMatchObject({
      reason: {
        message:
          'The number of positions that alpha has or may come to have is 2 positions, more than the 1 allowed: close one, or cancel what may open one, first.',
      },
    })
  })
  test('count where an order may open one, until it has ended', () => {
    const mark = markAt('3000', noon, ether)
    const ordered = limited(1).inFlight(1, alpha)
    const asked = { symbol: ether, at: '3000', quantity: '1' }
    expect(counted(ordered, asked, mark)[0]).toBe('strategyPositions')
    ordered.given(unknown(1))
    expect(counted(ordered, asked, mark)[0]).toBe('strategyPositions')
    expect(counted(ordered, {})[0]).toBe('approved')
    ordered.given(cancelled(1))
    expect(counted(ordered, asked, mark)).toStrictEqual(['approved', '1/1'])
  })
  test('are not those of others, and never stop an exit', () => {
    const others = limited(1, filled(91, { symbol: ether, quantity: '1', at: '3000' }))
    expect(counted(others, {})).toStrictEqual(['approved', '1/1'])
    expect(counted(others, { strategy: 'beta' })).toStrictEqual(['approved', '/'])
    const full = limited(0, filled(91, { ...alpha, quantity: '1' }))
    expect(counted(full, { side: 'sell' })).toStrictEqual(['reducing', '1/0'])
  })
})
