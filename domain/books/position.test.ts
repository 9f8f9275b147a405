import { describe, expect, test } from 'vitest'
import { cashOfFill } from '#domain/books/cash'
import { legsOf } from '#domain/books/legs'
import {
  applyFill,
  averagePrice,
  flat,
  type Position,
  type PositionFill,
  unrealisedPnl,
} from '#domain/books/position'
import { amount, bought, inverse, linear, price, quantity, sold, spot } from '#domain/testing/fills'
import { formatDecimal } from '#schemas/values/decimal'
import type { InstrumentTerms } from '#schemas/values/trading'

describe('a holding', () => {
  test('costs what was paid for it', () => {
    const position = after(spot, bought('1', '100'), bought('3', '200'))
    expect(said(position)).toStrictEqual({ quantity: '4', costBasis: '700', realisedPnl: '0' })
    expect(averagePrice(position, spot)).toBe(price('175'))
  })
  test('realises against the average when part of it is sold', () => {
    expect(
      said(after(spot, bought('1', '100'), bought('1', '200'), sold('0.5', '300'))),
    ).toStrictEqual({ quantity: '1.5', costBasis: '225', realisedPnl: '75' })
  })
  test('leaves nothing behind at flat, however badly it divides', () => {
    const thirds = [sold('1', '1'), sold('1', '1'), sold('1', '1')]
    const position = after(spot, bought('3', '0.333333333333333333'), ...thirds)
    expect(position.costBasis).toBe(0n)
    expect(said(position).realisedPnl).toBe('2.000000000000000001')
  })
  test('turns around through flat', () => {
    expect(said(after(linear, bought('1', '100'), sold('3', '150')))).toStrictEqual({
      quantity: '-2',
      costBasis: '-300',
      realisedPnl: '50',
    })
  })
  test('gains on the way down when it is short', () => {
    const short = after(linear, sold('2', '100'))
    expect(unrealisedPnl(short, price('80'), linear)).toBe(amount('40'))
    expect(said(applyFill(short, bought('2', '80'), linear)).realisedPnl).toBe('40')
  })
  test('of contracts counts what a contract stands for', () => {
    const small: InstrumentTerms = { ...linear, contractSize: quantity('0.001') }
    const position = after(small, bought('10', '64000'))
    expect(said(position).costBasis).toBe('640')
    expect(averagePrice(position, small)).toBe(price('64000'))
    expect(unrealisedPnl(position, price('65000'), small)).toBe(amount('10'))
  })
  test('of inverse contracts averages harmonically', () => {
    const position = after(inverse, bought('10', '5000'), bought('20', '6000'))
    expect(averagePrice(position, inverse)).toBe(price('5625'))
  })
  test('of inverse contracts pays in the coin', () => {
    expect(said(after(inverse, bought('500', '50000'), sold('500', '62500')))).toStrictEqual({
      quantity: '0',
      costBasis: '0',
      realisedPnl: '0.2',
    })
  })
})

describe('a fee', () => {
  test('in the coin that was bought is never held', () => {
    const position = after(spot, bought('1', '50000', '0.001', 'BTC'))
    expect(said(position)).toStrictEqual({
      quantity: '0.999',
      costBasis: '49950',
      realisedPnl: '0',
    })
    expect(averagePrice(position, spot)).toBe(price('50000'))
  })
  test('in the coin that was sold comes on top', () => {
    expect(said(after(spot, sold('1', '50000', '0.001', 'BTC'))).quantity).toBe('-1.001')
  })
  test('in the base currency of a contract leaves the count alone', () => {
    expect(said(after(linear, bought('1', '3000', '0.001', 'BTC'))).quantity).toBe('1')
  })
})

describe('a fill that turns a holding around', () => {
  test('has two legs that share its fee by quantity', () => {
    const [closing, opening] = legsOf(
      after(linear, bought('1', '100')),
      sold('4', '150', '8'),
      linear,
    )
    expect(said(closing.position)).toStrictEqual({
      quantity: '0',
      costBasis: '0',
      realisedPnl: '50',
    })
    expect(closing.feeAmount).toBe(amount('2'))
    expect(said(opening?.position ?? flat).quantity).toBe('-3')
    expect(opening?.feeAmount).toBe(amount('6'))
  })
  test('has one leg when it ends exactly at flat', () => {
    expect(legsOf(after(linear, bought('1', '100')), sold('1', '150'), linear)).toHaveLength(1)
  })
})

describe('cash', () => {
  test('of a spot trade goes out in one currency and comes in in the other', () => {
    expect(cashOfFill(bought('2', '100', '0.5'), amount('0'), spot)).toStrictEqual([
      { currency: 'USDT', amount: amount('-200.5') },
      { currency: 'BTC', amount: amount('2') },
    ])
  })
  test('of a contract is what was realised, less the fee', () => {
    expect(cashOfFill(sold('2', '100', '0.5'), amount('30'), linear)).toStrictEqual([
      { currency: 'USDT', amount: amount('29.5') },
    ])
  })
  test('of a fee in a third currency stands apart', () => {
    expect(cashOfFill(sold('2', '100', '0.01', 'BNB'), amount('0'), linear)).toStrictEqual([
      { currency: 'BNB', amount: amount('-0.01') },
    ])
  })
})

const after = (instrument: InstrumentTerms, ...fills: readonly PositionFill[]): Position =>
  fills.reduce((position, fill) => applyFill(position, fill, instrument), flat)

const said = (position: Position) => ({
  quantity: formatDecimal(position.quantity, 18),
  costBasis: formatDecimal(position.costBasis, 36),
  realisedPnl: formatDecimal(position.realisedPnl, 36),
})
