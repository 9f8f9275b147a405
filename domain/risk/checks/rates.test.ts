import { describe, expect, test } from 'vitest'
import { type Desk, lineOf, openDesk, outcomeOf } from '#domain/risk/testing/desk-of'
import {
  deposited,
  filled,
  later,
  listed,
  markAt,
  marksTaken,
  noon,
  symbolOf,
} from '#domain/risk/testing/words'
import type { LedgerEvent } from '#schemas/events/ledger'

describe('a rate that is quoted the other way round', () => {
  const dollars = symbolOf('BTC/USD')
  const back = symbolOf('USDT/USD')
  const mark = markAt('65000', noon, dollars)
  const desk = (...more: readonly LedgerEvent[]) =>
    openDesk({}, listed(dollars), deposited('900000', 'USD')).given(...more)
  const asked = { symbol: dollars, at: '65000', quantity: '0.1' }
  const notional = (of: Desk): string => lineOf(of.decides(asked, mark), 'orderNotional')
  test('converts by division', () => {
    expect(notional(desk(marksTaken(noon, markAt('0.5', noon, back))))).toBe('13000/50000')
  })
  test('never comes out at too little', () => {
    const thirds = desk(marksTaken(noon, markAt('1.5', noon, back)))
    const more = `4333.${'3'.repeat(35)}4`
    expect(notional(thirds)).toBe(`${more}/50000`)
    expect(lineOf(thirds.decides(asked, mark), 'grossExposure')).toBe(`${more}/500000`)
    expect(lineOf(thirds.decides(asked, mark), 'netExposure')).toBe(`${more}/500000`)
  })
  test('never comes out at too little either where a short side is netted', () => {
    const contract = symbolOf('BTC/USD:USD')
    const hedged = desk(
      listed(contract),
      filled(1, { symbol: contract, side: 'sell', quantity: '0.02' }),
      marksTaken(noon, markAt('1.5', noon, back), markAt('65000', noon, contract)),
    )
    // 5,200 dollars are 3,466.6… of the book's; each of the two is rounded by itself.
    expect(lineOf(hedged.decides(asked, mark), 'netExposure')).toBe(
      `3466.${'6'.repeat(35)}8/500000`,
    )
  })
  test('counts where it is the newer of two, and not where it is as old', () => {
    const forth = markAt('1', noon, symbolOf('USD/USDT'))
    const newer = markAt('0.5', later(1), back)
    expect(notional(desk(marksTaken(noon, forth, markAt('0.5', noon, back))))).toBe('6500/50000')
    expect(notional(desk(marksTaken(noon, forth, newer)))).toBe('13000/50000')
    expect(notional(desk(marksTaken(noon, newer, forth)))).toBe('13000/50000')
  })
  test('values anew what is open, as soon as it moves', () => {
    const moving = desk(marksTaken(noon, markAt('0.5', noon, back))).approved(1, asked, mark)
    const gross = () => moving.standing().exposure.total().gross
    expect(gross()).toBe(13000n * 10n ** 36n)
    moving.given(marksTaken(later(1), markAt('2', later(1), back)))
    expect(gross()).toBe(3250n * 10n ** 36n)
  })
  test('is too old when it is older than a mark may be', () => {
    const old = desk(marksTaken(noon, markAt('1', later(-5001), back)))
    expect(outcomeOf(old.decides(asked, mark))).toBe('markFresh')
  })
  test('where there is neither, what increases is denied, and the reason says so', () => {
    const decision = desk().decides(asked, mark)
    expect(decision.type === 'OrderDenied' && decision.reason.message).toBe(
      'There is no mark of USD/USDT or USDT/USD: wait until the market is heard again.',
    )
  })
})
