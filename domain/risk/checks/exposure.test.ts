import { describe, expect, test } from 'vitest'
import { lineOf, openDesk, outcomeOf } from '#domain/risk/testing/desk-of'
import {
  type account,
  accountOpened,
  amount,
  type Asked,
  deposited,
  foreignFill,
  later,
  listed,
  markAt,
  marksTaken,
  noon,
  ratio,
  symbolOf,
  unknown,
} from '#domain/risk/testing/words'
import type { Limits } from '#schemas/values/trading'

describe('exposure', () => {
  const eth = symbolOf('ETH/USDT')
  test('of a symbol at its mark', () => {
    const limits = { maxPositionNotional: amount('13000') }
    const limit = { at: '65000' }
    const held = openDesk(limits)
      .inFlight(1, { ...limit, quantity: '0.1' })
      .given(unknown(1))
    expect(outcomeOf(held.decides({ ...limit, quantity: '0.1' }))).toBe('approved')
    expect(outcomeOf(held.decides({ ...limit, quantity: '0.10001' }))).toBe('positionNotional')
    // The mark of the decision counts, not the one that was recorded before.
    expect(outcomeOf(held.decides({ ...limit, quantity: '0.1' }, markAt('65000.01')))).toBe(
      'positionNotional',
    )
  })
  test('of an open market order at the mark and the collar', () => {
    const limits = { maxPositionNotional: amount('13650') }
    const held = openDesk(limits).inFlight(1, { quantity: '0.1' })
    expect(outcomeOf(held.decides({ quantity: '0.1' }))).toBe('approved')
    expect(outcomeOf(held.decides({ quantity: '0.10001' }))).toBe('positionNotional')
  })
  test('gross, over all symbols', () => {
    const limits = { maxGrossExposure: amount('9700') }
    const desk = openDesk(limits, listed(eth)).inFlight(
      1,
      { symbol: eth, quantity: '1', at: '3200' },
      markAt('3200', noon, eth),
    )
    expect(outcomeOf(desk.decides({ quantity: '0.1', at: '65000' }))).toBe('approved')
    expect(outcomeOf(desk.decides({ quantity: '0.10001', at: '65000' }))).toBe('grossExposure')
  })
  test('gross does not net a long account against a short one, net does', () => {
    const perpetual = symbolOf('BTC/USDT:USDT')
    const second = 'second' as typeof account
    const limits = {
      maxGrossExposure: amount('19500'),
      maxNetExposure: amount('6500'),
      maxPositionNotional: amount('999999'),
    }
    const mark = markAt('65000', noon, perpetual)
    const hedged = openDesk(
      limits,
      listed(perpetual),
      accountOpened('1', second),
      foreignFill({ symbol: perpetual, quantity: '0.1' }),
      foreignFill({ symbol: perpetual, quantity: '0.1', side: 'sell', account: second }),
    )
    const buy = { symbol: perpetual, quantity: '0.1', at: '65000' }
    expect(lineOf(hedged.decides(buy, mark), 'grossExposure')).toBe('19500/19500')
    expect(lineOf(hedged.decides(buy, mark), 'netExposure')).toBe('6500/6500')
    expect(outcomeOf(hedged.decides(buy, mark))).toBe('approved')
    expect(outcomeOf(hedged.decides({ ...buy, quantity: '0.101' }, mark))).toBe('grossExposure')
  })
  test('net, at the worse side', () => {
    const limits = { maxNetExposure: amount('6500') }
    bound(
      'netExposure',
      limits,
      { quantity: '0.1', at: '65000' },
      { quantity: '0.10001', at: '65000' },
    )
  })
  test('in one symbol, as a share of what the book may have', () => {
    const limits = { maxConcentration: ratio('0.013') }
    bound(
      'concentration',
      limits,
      { quantity: '0.1', at: '65000' },
      { quantity: '0.10001', at: '65000' },
    )
  })
  test('is not known while something held has no mark, and then nothing may increase', () => {
    const desk = openDesk({}, foreignFill({ symbol: eth, quantity: '1' }))
    expect(outcomeOf(desk.decides())).toBe('grossExposure')
    const said = desk.decides()
    expect(
      said.type === 'OrderDenied' && said.checks.find(({ code }) => code === 'grossExposure'),
    ).toMatchObject({
      outcome: 'notEvaluated',
      message: 'Not evaluated: something that the book holds or has open has no mark.',
    })
    desk.given(marksTaken(noon, markAt('3200', noon, eth)))
    expect(outcomeOf(desk.decides())).toBe('approved')
  })
})

describe('another currency than the book', () => {
  const cross = symbolOf('ETH/BTC')
  const mark = markAt('0.05', noon, cross)
  const desk = () =>
    openDesk(
      { maxOrderNotional: amount('3250') },
      listed(cross, { notionalMin: amount('0') }),
      deposited('10', 'BTC'),
    )
  test('without a rate nothing increases', () => {
    expect(outcomeOf(desk().decides({ symbol: cross, quantity: '1', at: '0.05' }, mark))).toBe(
      'markFresh',
    )
  })
  test('is converted by the mark of the rate', () => {
    const rated = desk().given(marksTaken(noon, markAt('65000')))
    expect(outcomeOf(rated.decides({ symbol: cross, quantity: '1', at: '0.05' }, mark))).toBe(
      'approved',
    )
    expect(outcomeOf(rated.decides({ symbol: cross, quantity: '1.00001', at: '0.05' }, mark))).toBe(
      'orderNotional',
    )
  })
  test('an old rate is as bad as an old mark', () => {
    const rated = desk().given(marksTaken(noon, markAt('65000', later(-5001))))
    expect(outcomeOf(rated.decides({ symbol: cross, quantity: '1', at: '0.05' }, mark))).toBe(
      'markFresh',
    )
  })
  test('pays for itself, and is not paid for by another', () => {
    const rated = openDesk({}, listed(cross, { notionalMin: amount('0') })).given(
      marksTaken(noon, markAt('65000')),
    )
    expect(outcomeOf(rated.decides({ symbol: cross, quantity: '1', at: '0.05' }, mark))).toBe(
      'buyingPower',
    )
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
