import { describe, expect, test } from 'vitest'
import { mergedWith } from '#domain/risk/control'
import { openDesk, type Desk } from '#domain/risk/testing/desk-of'
import {
  amount,
  type Asked,
  btc,
  filled,
  intent,
  listed,
  main,
  markAt,
  marksTaken,
  noon,
  orderId,
  symbolOf,
} from '#domain/risk/testing/words'
import { sessionsInUtc } from '#domain/risk/testing/venue-words'
import { rulesInForce } from '#domain/risk/rules'
import { whatIf, type WhatIfResult } from '#domain/risk/what-if'
import { readGolden } from '#domain/testing/golden-logs'
import type { MarketSymbol, StrategyId } from '#schemas/values/ids'
import type { Limits } from '#schemas/values/trading'

const sessionAt = sessionsInUtc
const resultOf = ({ log }: Desk, proposed: Limits, rowsMax = 10): WhatIfResult => {
  const limits = (inForce: Limits) => mergedWith(inForce, proposed)
  const asking = whatIf({ book: main, limits, isAsked: () => true, rowsMax, sessionAt })
  for (const recorded of log.events) asking.apply(recorded)
  return asking.result()
}
const small: Limits = { maxOrderNotional: amount('100') }
const robot = 'robot' as StrategyId
const one: Asked = { quantity: '0.01' }
const bought = (n: number, of: Asked, at: string, symbol: MarketSymbol = btc) =>
  filled(n, { ...of, at, symbol })
const ended = (value: string, symbol = btc) => marksTaken(noon, markAt(value, noon, symbol))

describe('an order that would have been denied', () => {
  test('is told with its worth, the reason, and what its fills have made until the end', () => {
    const desk = openDesk()
      .inFlight(1, one)
      .given(bought(1, one, '65000'), ended('66000'))
    const { total, rows, byReason, decisions } = resultOf(desk, small)
    expect(decisions).toBe(1)
    // A market order counts at the mark and the collar; 0.01 of 1000 more, and no fee in these words.
    expect(total).toMatchObject({
      newlyDenied: 1,
      newlyApproved: 0,
      deniedNotional: amount('682.5'),
      deniedPnl: amount('10'),
      unpriced: 0,
    })
    expect(rows).toMatchObject([
      {
        orderId: orderId(1),
        turn: 'newlyDenied',
        reason: { code: 'orderNotional' },
        notional: amount('682.5'),
        pnl: amount('10'),
      },
    ])
    expect([...byReason]).toStrictEqual([['orderNotional', 1]])
  })
  test('without fills has made nothing', () => {
    const { rows, total } = resultOf(openDesk().inFlight(1, one).given(ended('66000')), small)
    expect(rows).toMatchObject([{ pnl: undefined }])
    expect(total.deniedPnl).toBe(0n)
  })
  test('has its part in the sums of its strategy', () => {
    const theirs = { ...one, strategy: robot }
    const desk = openDesk()
      .inFlight(1, one)
      .given(bought(1, one, '65000'))
      .inFlight(2, theirs)
      .given(bought(2, theirs, '65500'), ended('66000'))
    const { byStrategy, total } = resultOf(desk, small)
    expect([...byStrategy].map(([name, { deniedPnl }]) => [name, deniedPnl])).toStrictEqual([
      ['manual', amount('10')],
      ['robot', amount('5')],
    ])
    expect(total).toMatchObject({ newlyDenied: 2, deniedPnl: amount('15') })
  })
  test('that sold lost what the price rose', () => {
    const perpetual = symbolOf('BTC/USDT:USDT')
    const short: Asked = { symbol: perpetual, side: 'sell', quantity: '0.01' }
    const desk = openDesk({}, listed(perpetual))
      .inFlight(1, short, markAt('65000', noon, perpetual))
      .given(bought(1, short, '65000', perpetual), ended('66000', perpetual))
    expect(resultOf(desk, small).total.deniedPnl).toBe(amount('-10'))
  })
})
test('fills of orders that stay approved are in no sum', () => {
  const desk = openDesk()
    .inFlight(1, one)
    .given(bought(1, one, '65000'), ended('66000'))
  expect(resultOf(desk, { maxOpenOrders: 9 }).total).toMatchObject({
    newlyDenied: 0,
    deniedPnl: 0n,
  })
})
test('an order that was denied, and would have passed, is told with the reason of then', () => {
  const desk = openDesk({ maxOrderNotional: amount('100') })
  const denial = desk.given(intent(1, one)).decides(one)
  const { total, rows } = resultOf(desk.given(denial), { maxOrderNotional: amount('900') })
  expect(total).toMatchObject({ newlyApproved: 1, approvedNotional: amount('682.5') })
  expect(rows).toMatchObject([{ turn: 'newlyApproved', reason: { code: 'orderNotional' } }])
})
test('what is told one by one has an end, what is counted has none', () => {
  const desk = openDesk()
  for (const n of [1, 2, 3]) desk.inFlight(n, one).given(bought(n, one, '65000'))
  const { rows, rowsLeftOut, total } = resultOf(desk.given(ended('66000')), small, 2)
  expect([rows.length, rowsLeftOut]).toStrictEqual([2, 1])
  expect(total).toMatchObject({ newlyDenied: 3, deniedPnl: amount('30') })
})
test.each([1, 2, 3, 4])(
  'decisions by rules %d are judged as they were where no trading day was open',
  (version) => {
    for (const { events } of readGolden(version)) {
      const limits = (inForce: Limits) => inForce
      const asking = whatIf({ book: main, limits, isAsked: () => true, rowsMax: 0, sessionAt })
      for (const recorded of events) asking.apply(recorded)
      const { decisions, otherByRules, byFormerRules, total } = asking.result()
      expect([otherByRules, total.newlyDenied, total.newlyApproved]).toStrictEqual([0, 0, 0])
      expect(byFormerRules).toBe(version < rulesInForce.version ? decisions : 0)
    }
  },
)
