import { describe, expect, test } from 'vitest'
import { type Desk, lineOf, openDesk, outcomeOf } from '#domain/risk/testing/desk-of'
import {
  accountOpened,
  type Asked,
  btc,
  cancelled,
  deposited,
  engaged,
  filled,
  foreignFill,
  listed,
  markAt,
  marksTaken,
  noon,
  orderId,
  submitted,
  symbolOf,
} from '#domain/risk/testing/words'
import { settledAt } from '#domain/risk/testing/venue-words'
import type { LedgerEvent } from '#schemas/events/ledger'
import type { AccountId } from '#schemas/values/ids'

const symbol = symbolOf('BTC/USDT:USDT')
const mark = markAt('65000', noon, symbol)
const alpha: Asked = { symbol, strategy: 'alpha', quantity: '0.4', at: '65000' }
const beta: Asked = { ...alpha, strategy: 'beta' }
const open = (...more: readonly LedgerEvent[]): Desk => openDesk({}, listed(symbol), ...more)
const asks = (desk: Desk, asked: Asked): string => outcomeOf(desk.decides(asked, mark))

describe('strategies of one account in one contract', () => {
  test('do not open against what another one holds, and say who stands in the way', () => {
    const desk = open(filled(1, alpha))
    const denied = desk.decides({ ...beta, side: 'sell' }, mark)
    expect(outcomeOf(denied)).toBe('opposingStrategies')
    expect(lineOf(denied, 'opposingStrategies')).toBe('0.4/0')
    expect(denied.type === 'OrderDenied' && denied.reason.message).toBe(
      'alpha in main is or may become 0.4 long in BTC/USDT:USDT, and the venue nets the two: close that first, or sell in another account.',
    )
    expect(asks(desk, beta)).toBe('approved')
  })
  test('do not open against what another one works, until that has ended', () => {
    const desk = open().approved(1, { ...alpha, side: 'sell' }, mark)
    expect(asks(desk, beta)).toBe('opposingStrategies')
    expect(asks(desk, { ...beta, side: 'sell' })).toBe('approved')
    desk.given(submitted(1, { ...alpha, side: 'sell' }), cancelled(1))
    expect(asks(desk, beta)).toBe('approved')
  })
  test('do not turn around against another one by what is more than an exit', () => {
    const desk = open(filled(1, alpha), filled(2, beta))
    expect(asks(desk, { ...beta, side: 'sell', quantity: '0.40001' })).toBe('opposingStrategies')
    expect(asks(desk, { ...beta, side: 'sell' })).toBe('reducing')
  })
  test('are told by the first of their names, whichever came first and whoever looked when', () => {
    const zeta: Asked = { ...alpha, strategy: 'zeta', quantity: '0.1' }
    const looked = open(filled(1, zeta)).approved(2, alpha, mark)
    const taken = open(filled(1, zeta)).approved(2, alpha, mark)
    taken.standing().exposure.without(orderId(2), () => undefined)
    const desks = [looked, taken, open().approved(1, alpha, mark).given(filled(2, zeta))]
    for (const desk of desks) {
      const denied = desk.decides({ ...beta, side: 'sell', quantity: '0.1' }, mark)
      expect(lineOf(denied, 'opposingStrategies')).toBe('0.4/0')
      expect(denied.type === 'OrderDenied' && denied.reason.message).toMatch(/^alpha in main /)
    }
  })
  test('are not in the way of each other by an exit', () => {
    const desk = open(filled(1, alpha)).inFlight(2, { ...alpha, side: 'sell' }, mark)
    expect(asks(desk, { ...beta, at: '64000' })).toBe('approved')
  })
  test('exit also where a trade at the venue has set them against each other', () => {
    const against = { symbol, side: 'sell', quantity: '0.4' } as const
    const desk = open(filled(1, alpha), foreignFill(against))
    expect(asks(desk, alpha)).toBe('opposingStrategies')
    expect(asks(desk, { ...alpha, side: 'sell' })).toBe('reducing')
    expect(asks(desk, { ...alpha, strategy: 'unassigned' })).toBe('reducing')
  })
  test('may do what they like in other accounts, and in coins', () => {
    const second = 'second' as AccountId
    const desk = open(
      accountOpened('1', second),
      deposited('90000', 'USDT', second),
      ...settledAt(second),
    )
    desk.given(marksTaken(noon, markAt('65000')))
    desk.given(filled(1, alpha), filled(2, { ...alpha, symbol: btc }))
    expect(asks(desk, { ...beta, account: second, side: 'sell' })).toBe('approved')
    const spot = desk.decides({ ...beta, symbol: btc })
    expect(lineOf(spot, 'opposingStrategies')).toBe('/')
  })
  test('never go past a limit, or through a kill switch, by reducing against each other', () => {
    const desk = open().approved(1, alpha, mark).given(filled(1, alpha))
    expect(asks(desk, { ...beta, side: 'sell' })).toBe('opposingStrategies')
    desk.given(engaged(1, 'reduce'))
    expect(asks(desk, { ...alpha, side: 'sell', quantity: '0.8' })).toBe('killSwitch')
    expect(asks(desk, { ...alpha, side: 'sell' })).toBe('reducing')
  })
})
