import { describe, expect, test } from 'vitest'
import { type Desk, openDesk, outcomeOf } from '#domain/risk/testing/desk-of'
import {
  accepted,
  amount,
  type Asked,
  cancelled,
  expired,
  filled,
  foreignFill,
  lapsed,
  listed,
  markAt,
  noon,
  quantity,
  refused,
  resolved,
  symbolOf,
  unknown,
} from '#domain/risk/testing/words'
import type { Limits } from '#schemas/values/trading'

describe('the size of one order', () => {
  test('in quantity', () => {
    const limits = { maxOrderQuantity: { 'BTC/USDT': quantity('0.2') } }
    bound('orderQuantity', limits, { quantity: '0.2' }, { quantity: '0.20001' })
  })
  test('in money: a limit buy at its price', () => {
    const limits = { maxOrderNotional: amount('6400') }
    bound('orderNotional', limits, { at: '64000' }, { at: '64000.01' })
  })
  test('in money: a market order at the mark and the collar', () => {
    const limits = { maxOrderNotional: amount('6825') }
    bound('orderNotional', limits, { quantity: '0.1' }, { quantity: '0.10001' })
  })
  test('in money: a limit sell at the mark, if that is higher', () => {
    const limits = { maxOrderNotional: amount('6500') }
    const perpetual = symbolOf('BTC/USDT:USDT')
    const mark = markAt('65000', noon, perpetual)
    const desk = openDesk(limits, listed(perpetual))
    const sell = { symbol: perpetual, side: 'sell', at: '64000' } as const
    expect(outcomeOf(desk.decides({ ...sell, quantity: '0.1' }, mark))).toBe('approved')
    expect(outcomeOf(desk.decides({ ...sell, quantity: '0.10001' }, mark))).toBe('orderNotional')
    expect(outcomeOf(desk.decides({ ...sell, at: '65000.01' }, mark))).toBe('orderNotional')
  })
})

describe('the position, counted with all that may still happen', () => {
  const limits = {
    maxPosition: { 'BTC/USDT': quantity('0.5') },
    maxOrderNotional: amount('999999'),
  }
  const limit = { at: '65000' }
  /** What is left of 0.5 after 0.3 in whatever state may be bought, and not a lot more. */
  const leaves = (desk: Desk, rest: string, more: string): void => {
    expect(outcomeOf(desk.decides({ ...limit, quantity: rest }))).toBe('approved')
    expect(outcomeOf(desk.decides({ ...limit, quantity: more }))).toBe('positionQuantity')
  }
  const open = { ...limit, quantity: '0.3' }
  test('nothing', () => leaves(openDesk(limits), '0.5', '0.50001'))
  test('approved', () => leaves(openDesk(limits).approved(1, open), '0.2', '0.20001'))
  test('in flight', () => leaves(openDesk(limits).inFlight(1, open), '0.2', '0.20001'))
  test('working', () =>
    leaves(openDesk(limits).inFlight(1, open).given(accepted(1)), '0.2', '0.20001'))
  test('unknown', () =>
    leaves(openDesk(limits).inFlight(1, open).given(unknown(1)), '0.2', '0.20001'))
  test('found again', () =>
    leaves(
      openDesk(limits).inFlight(1, open).given(unknown(1), resolved(1, 'present')),
      '0.2',
      '0.20001',
    ))
  test('partly filled', () =>
    leaves(
      openDesk(limits)
        .inFlight(1, open)
        .given(accepted(1), filled(1, { quantity: '0.1' })),
      '0.2',
      '0.20001',
    ))
  test('filled', () =>
    leaves(
      openDesk(limits)
        .inFlight(1, open)
        .given(accepted(1), filled(1, { quantity: '0.3' })),
      '0.2',
      '0.20001',
    ))
  test('overfilled', () =>
    leaves(
      openDesk(limits)
        .inFlight(1, open)
        .given(accepted(1), filled(1, { quantity: '0.4' })),
      '0.1',
      '0.10001',
    ))
  test('cancelled after a part', () =>
    leaves(
      openDesk(limits)
        .inFlight(1, open)
        .given(accepted(1), filled(1, { quantity: '0.1' }), cancelled(1, '0.1')),
      '0.4',
      '0.40001',
    ))
  test('cancelled, and the venue counts more than the fills', () => {
    const desk = openDesk(limits)
      .inFlight(1, open)
      .given(accepted(1), filled(1, { quantity: '0.1' }), cancelled(1, '0.2'))
    leaves(desk, '0.3', '0.30001')
    leaves(desk.given(filled(1, { quantity: '0.1', trade: 2 })), '0.3', '0.30001')
  })
  test('expired, and the venue counts more than the fills', () =>
    leaves(
      openDesk(limits).inFlight(1, open).given(accepted(1), expired(1, '0.2')),
      '0.3',
      '0.30001',
    ))
  test('filled after it was cancelled', () =>
    leaves(
      openDesk(limits)
        .inFlight(1, open)
        .given(accepted(1), cancelled(1), filled(1, { quantity: '0.1' })),
      '0.4',
      '0.40001',
    ))
  test('refused', () =>
    leaves(openDesk(limits).inFlight(1, open).given(refused(1)), '0.5', '0.50001'))
  test('lapsed', () =>
    leaves(openDesk(limits).approved(1, open).given(lapsed(1)), '0.5', '0.50001'))
  test('traded by nobody we know', () =>
    leaves(openDesk(limits, foreignFill({ quantity: '0.3' })), '0.2', '0.20001'))
  test('a sell that is open does not make room for a buy', () => {
    const desk = openDesk(limits, filled(1, { quantity: '0.5' })).inFlight(2, {
      side: 'sell',
      quantity: '0.5',
    })
    expect(outcomeOf(desk.decides({ ...limit, quantity: '0.00008' }))).toBe('positionQuantity')
  })
})

describe('the position of a contract, short', () => {
  const perpetual = symbolOf('BTC/USDT:USDT')
  const short = { symbol: perpetual, side: 'sell', at: '65000' } as const
  const mark = markAt('65000', noon, perpetual)
  const desk = () => openDesk({ maxPosition: { [perpetual]: quantity('0.5') } }, listed(perpetual))
  test('counts what is sold and what may still be', () => {
    const sold = desk()
      .inFlight(1, { ...short, quantity: '0.3' }, mark)
      .given(accepted(1), filled(1, { ...short, quantity: '0.1' }))
    expect(outcomeOf(sold.decides({ ...short, quantity: '0.2' }, mark))).toBe('approved')
    expect(outcomeOf(sold.decides({ ...short, quantity: '0.201' }, mark))).toBe('positionQuantity')
  })
  test('does not take an open buy off', () => {
    const both = desk()
      .inFlight(1, { ...short, quantity: '0.5' }, mark)
      .inFlight(2, { ...short, side: 'buy', quantity: '0.5', at: '64000' }, mark)
    expect(outcomeOf(both.decides({ ...short, quantity: '0.001' }, mark))).toBe('positionQuantity')
    expect(
      outcomeOf(both.decides({ ...short, side: 'buy', quantity: '0.001', at: '64000' }, mark)),
    ).toBe('positionQuantity')
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
