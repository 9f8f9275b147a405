import { describe, expect, test } from 'vitest'
import { lineOf, openDesk, outcomeOf } from '#domain/risk/testing/desk-of'
import { withdrawn } from '#domain/risk/testing/money-words'
import {
  accountOpened,
  amount,
  deposited,
  filled,
  foreignFill,
  listed,
  markAt,
  noon,
  ratio,
  symbolOf,
  unknown,
} from '#domain/risk/testing/words'
import type { LedgerEvent } from '#schemas/events/ledger'

describe('buying power', () => {
  const rich = {
    maxOrderNotional: amount('9999999'),
    maxPositionNotional: amount('9999999'),
    maxGrossExposure: amount('9999999'),
    maxNetExposure: amount('9999999'),
  }
  const poor = (usdt: string) => openDesk(rich, deposited(`-${String(1_000_000 - Number(usdt))}`))
  test('of a spot buy: cost and the worst fee', () => {
    expect(outcomeOf(poor('6513').decides({ at: '65000' }))).toBe('approved')
    expect(outcomeOf(poor('6513').decides({ at: '65000.01' }))).toBe('buyingPower')
  })
  test('of a market buy: at the collar', () => {
    expect(outcomeOf(poor('6838.65').decides({ quantity: '0.1' }))).toBe('approved')
    expect(outcomeOf(poor('6838.65').decides({ quantity: '0.10001' }))).toBe('buyingPower')
  })
  test('what is open is spoken for, each buy at its own price', () => {
    const desk = poor('6513').inFlight(1, { quantity: '0.05', at: '65000' }).given(unknown(1))
    expect(outcomeOf(desk.decides({ quantity: '0.05', at: '65000' }))).toBe('approved')
    expect(outcomeOf(desk.decides({ quantity: '0.05001', at: '65000' }))).toBe('buyingPower')
  })
  test('what strategies have lost against each other does not pay for another order', () => {
    const symbol = symbolOf('BTC/USDT:USDT')
    const desk = openDesk(
      rich,
      listed(symbol),
      filled(1, { symbol, strategy: 'alpha', quantity: '10', at: '65000' }),
      filled(2, { symbol, strategy: 'beta', quantity: '10', at: '20000', side: 'sell' }),
    )
    expect(outcomeOf(desk.decides({ quantity: '8.4', at: '65000' }))).toBe('approved')
    expect(outcomeOf(desk.decides({ quantity: '8.5', at: '65000' }))).toBe('buyingPower')
  })
  test('of a spot sell: the position of its strategy', () => {
    const desk = openDesk({}, foreignFill({ quantity: '0.3', strategy: 'manual' }))
    const sell = { side: 'sell', at: '65000' } as const
    expect(outcomeOf(desk.decides({ ...sell, quantity: '0.3' }))).toBe('reducing')
    expect(outcomeOf(desk.decides({ ...sell, quantity: '0.30001' }))).toBe('buyingPower')
    desk.inFlight(1, { ...sell, quantity: '0.1' })
    expect(outcomeOf(desk.decides({ ...sell, quantity: '0.2' }))).toBe('reducing')
    expect(outcomeOf(desk.decides({ ...sell, quantity: '0.20001' }))).toBe('buyingPower')
  })
  test('what another strategy holds is not sold, so that it can still sell it itself', () => {
    const desk = openDesk({}, foreignFill({ quantity: '0.3', strategy: 'other' }))
    const sell = { side: 'sell', at: '65000', quantity: '0.3' } as const
    expect(outcomeOf(desk.decides({ ...sell, quantity: '0.1' }))).toBe('buyingPower')
    expect(outcomeOf(desk.decides({ ...sell, strategy: 'other' }))).toBe('reducing')
  })
  test('a balance without a position is not sold', () => {
    const desk = openDesk({}, deposited('1', 'BTC'))
    expect(outcomeOf(desk.decides({ side: 'sell', at: '65000' }))).toBe('buyingPower')
  })
  const perpetual = symbolOf('BTC/USDT:USDT')
  const mark = markAt('65000', noon, perpetual)
  const contract = (...more: readonly LedgerEvent[]) =>
    poor('6513').given(listed(perpetual), ...more)
  test('of a contract: its notional and the fee to get out', () => {
    const order = { symbol: perpetual, at: '65000' }
    expect(outcomeOf(contract().decides({ ...order, quantity: '0.1' }, mark))).toBe('approved')
    expect(outcomeOf(contract().decides({ ...order, quantity: '0.101' }, mark))).toBe('buyingPower')
  })
  test('of a contract: less with leverage, never more than the book allows', () => {
    const order = { symbol: perpetual, at: '65000' }
    const geared = contract(accountOpened('5'))
    expect(outcomeOf(geared.decides({ ...order, quantity: '0.101' }, mark))).toBe('buyingPower')
    const allowed = openDesk(
      { ...rich, maxLeverage: ratio('2') },
      accountOpened('5'),
      deposited('-993474'),
      listed(perpetual),
    )
    // 13,000 ÷ 2 and 0.2 % of it.
    expect(outcomeOf(allowed.decides({ ...order, quantity: '0.2' }, mark))).toBe('approved')
    expect(outcomeOf(allowed.decides({ ...order, quantity: '0.201' }, mark))).toBe('buyingPower')
  })
  test('of a contract: losses count, gains do not', () => {
    const order = { symbol: perpetual, at: '65000', quantity: '0.05' }
    const bought = (at: string) =>
      contract(foreignFill({ symbol: perpetual, quantity: '0.05', at })).decides(order, mark)
    expect(lineOf(bought('65000'), 'buyingPower')).toBe('6513/6513')
    expect(lineOf(bought('66000'), 'buyingPower')).toBe('6563/6513')
    expect(lineOf(bought('64000'), 'buyingPower')).toBe('6513/6513')
  })
  test('of a contract: no leverage, no order', () => {
    const order = { symbol: perpetual, at: '65000' }
    const none = openDesk({ ...rich, maxLeverage: ratio('0') }, listed(perpetual))
    expect(outcomeOf(none.decides(order, mark))).toBe('buyingPower')
  })
})

describe('money that was taken out', () => {
  test('is not there to buy with, and its want stands in the way of no exit', () => {
    const held = openDesk({}, filled(1, { quantity: '1' }))
    const desk = held.given(withdrawn('999000'))
    const small = { at: '65000', quantity: '0.001' }
    expect(lineOf(desk.decides(small), 'buyingPower')).toBe('65.13/-64000')
    expect(outcomeOf(desk.decides(small))).toBe('buyingPower')
    expect(outcomeOf(desk.decides({ side: 'sell', quantity: '1' }))).toBe('reducing')
    desk.given(deposited('64065.13'))
    expect(outcomeOf(desk.decides(small))).toBe('approved')
  })
})
