import { describe, expect, test } from 'vitest'
import { lineOf, openDesk, outcomeOf } from '#domain/risk/testing/desk-of'
import {
  type account,
  accountOpened,
  amount,
  type Asked,
  btc,
  deposited,
  later,
  listed,
  markAt,
  marksTaken,
  noon,
  quantity,
  symbolOf,
} from '#domain/risk/testing/words'
import type { BookId } from '#schemas/values/ids'
import type { Limits } from '#schemas/values/trading'

describe('who may trade what', () => {
  test('an account that nobody opened may not', () => {
    expect(outcomeOf(openDesk().decides({ account: 'other' as typeof account }))).toBe(
      'accountOpen',
    )
  })
  test('an account of another book may not', () => {
    const other = 'other' as typeof account
    const desk = openDesk({}, accountOpened('1', other, 'other' as BookId))
    expect(outcomeOf(desk.decides({ account: other }))).toBe('accountOpen')
  })
  test('a symbol that is not listed may not be', () => {
    expect(outcomeOf(openDesk().decides({ symbol: symbolOf('DOGE/USDT') }))).toBe(
      'instrumentListed',
    )
  })
  test('a type that the venue does not know may not be', () => {
    const desk = openDesk({}, listed(btc, { orderTypes: ['limit'] }))
    expect(outcomeOf(desk.decides())).toBe('orderTypeNative')
    expect(outcomeOf(desk.decides({ at: '65000' }))).toBe('approved')
  })
})

describe('increments and sizes', () => {
  test('price', () => {
    bound('priceIncrement', {}, { at: '65000.01' }, { at: '65000.011' })
  })
  test('quantity', () => {
    bound('quantityIncrement', {}, { quantity: '0.10001' }, { quantity: '0.100011' })
  })
  test('a lot of 0 takes any quantity, and no minimum takes no nothing', () => {
    const some = { lotSize: quantity('0'), quantityMin: quantity('0'), notionalMin: amount('0') }
    const desk = openDesk({}, listed(btc, some))
    expect(outcomeOf(desk.decides({ quantity: '0.123456789' }))).toBe('approved')
    expect(outcomeOf(desk.decides({ quantity: '0' }))).toBe('quantityMin')
  })
  test('least and greatest quantity', () => {
    const some = { quantityMin: quantity('0.1'), quantityMax: quantity('0.2') }
    const desk = openDesk({}, listed(btc, some))
    expect(outcomeOf(desk.decides({ quantity: '0.1' }))).toBe('approved')
    expect(outcomeOf(desk.decides({ quantity: '0.09999' }))).toBe('quantityMin')
    expect(outcomeOf(desk.decides({ quantity: '0.2' }))).toBe('approved')
    expect(outcomeOf(desk.decides({ quantity: '0.20001' }))).toBe('quantityMax')
  })
  test('least notional, by the limit price or else by the mark', () => {
    const desk = openDesk({}, listed(btc, { notionalMin: amount('6500') }))
    expect(outcomeOf(desk.decides({ quantity: '0.1' }))).toBe('approved')
    expect(outcomeOf(desk.decides({ quantity: '0.09999' }))).toBe('notionalMin')
    expect(outcomeOf(desk.decides({ quantity: '0.1', at: '65000' }))).toBe('approved')
    expect(outcomeOf(desk.decides({ quantity: '0.1', at: '64999.99' }))).toBe('notionalMin')
  })
  test('least notional of an inverse contract is its face value', () => {
    const inverse = symbolOf('BTC/USD:BTC')
    const lot = { lotSize: quantity('1'), quantityMin: quantity('1'), notionalMin: amount('200') }
    const desk = openDesk(
      {},
      listed(inverse, lot, '100'),
      deposited('1', 'BTC'),
      marksTaken(noon, markAt('65000')),
    )
    const mark = markAt('65000', noon, inverse)
    expect(outcomeOf(desk.decides({ symbol: inverse, quantity: '2' }, mark))).toBe('approved')
    expect(outcomeOf(desk.decides({ symbol: inverse, quantity: '1' }, mark))).toBe('notionalMin')
  })
})

describe('the mark', () => {
  test('may be as old as the limit says', () => {
    const desk = openDesk({ maxMarkAgeMs: 1000 })
    expect(outcomeOf(desk.decides({}, markAt('65000', later(-1000))))).toBe('approved')
    expect(outcomeOf(desk.decides({}, markAt('65000', (later(-1000) - 1) as typeof noon)))).toBe(
      'markFresh',
    )
  })
  test('has to be there', () => {
    expect(outcomeOf(openDesk().decides({}, 'none'))).toBe('markFresh')
    expect(outcomeOf(openDesk().decides({ at: '65000' }, 'none'))).toBe('markFresh')
  })
  test('from the future is new', () => {
    expect(outcomeOf(openDesk().decides({}, markAt('65000', later(50))))).toBe('approved')
  })
  test('binds a buy from above and a sell from below', () => {
    const perpetual = symbolOf('BTC/USDT:USDT')
    const mark = markAt('65000', noon, perpetual)
    const desk = openDesk({}, listed(perpetual))
    const outcome = (side: 'buy' | 'sell', at: string): string =>
      outcomeOf(desk.decides({ symbol: perpetual, side, at }, mark))
    expect(outcome('buy', '68250')).toBe('approved')
    expect(outcome('buy', '68250.01')).toBe('priceCollar')
    expect(outcome('buy', '1000')).toBe('approved')
    expect(outcome('sell', '61750')).toBe('approved')
    expect(outcome('sell', '61749.99')).toBe('priceCollar')
    expect(outcome('sell', '90000')).toBe('approved')
  })
  test('is said to be missed by so many per cent, never by no more than the limit', () => {
    const said = (limitPrice: string, mark: string): readonly string[] => {
      const decision = openDesk().decides({ at: limitPrice }, markAt(mark))
      return decision.type === 'OrderDenied'
        ? [decision.reason.message, lineOf(decision, 'priceCollar')]
        : []
    }
    expect(said('68013.02', '61829.805')).toStrictEqual([
      'The price is 10.0004 % above the mark 61829.805, more than 5 %: move it closer.',
      '0.100003792669247461/0.05',
    ])
    expect(said('68250.01', '65000')[0]).toBe(
      'The price is 5.0001 % above the mark 65000, more than 5 %: move it closer.',
    )
  })
  test('is said to be kept to where the order is denied for something else', () => {
    const decision = openDesk({ maxOpenOrders: 0 }).decides({ at: '64000' })
    expect(
      decision.type === 'OrderDenied' &&
        decision.checks.find(({ code }) => code === 'priceCollar')?.message,
    ).toBe('The price is -1.5384 % above the mark 65000, at most 5 %.')
  })
})

/** At the limit it passes, one step above it does not. */
const bound = (
  code: string,
  limits: Limits,
  at: Asked,
  above: Asked,
  mark = markAt('65000'),
): void => {
  expect(outcomeOf(openDesk(limits).decides(at, mark))).toBe('approved')
  expect(outcomeOf(openDesk(limits).decides(above, mark))).toBe(code)
}
