/** The same order again within the window that the book has set. */
import { describe, expect, test } from 'vitest'
import { type Desk, lineOf, openDesk, outcomeOf } from '#domain/risk/testing/desk-of'
import {
  accountOpened,
  type Asked,
  cancelled,
  deposited,
  filled,
  later,
  markAt,
  submitted,
  unknown,
} from '#domain/risk/testing/words'
import { settledAt } from '#domain/risk/testing/venue-words'
import { plusMs } from '#domain/values/instant'
import type { Instant } from '#schemas/values/instant'
import type { AccountId } from '#schemas/values/ids'
import type { Limits } from '#schemas/values/trading'

const windowMs = 1000
const order: Asked = { at: '64000', quantity: '0.2' }
const open = (limits: Limits = {}): Desk =>
  openDesk({ duplicateWindowMs: windowMs, maxLogLagMs: 99_999, ...limits })
/** What is decided of it so long after the tests begin. */
const after = (desk: Desk, ms: number, asked: Asked = order) => {
  const clock = later(ms)
  return desk.decides({ decideBy: later(99_999), ...asked }, markAt('65000', clock), clock)
}

describe('the same order again', () => {
  test('is denied until just before the window is over, and told when it may come', () => {
    const desk = open().approved(1, order)
    const early = after(desk, windowMs - 1)
    expect(outcomeOf(early)).toBe('duplicateIntent')
    expect(lineOf(early, 'duplicateIntent')).toBe('999/1000')
    expect(early).toMatchObject({
      reason: {
        message:
          'manual was given the same order 999 ms ago: if it is meant twice, order again 1000 ms after that one.',
      },
    })
    const clock = plusMs(later(windowMs), -0.001) as Instant
    expect(outcomeOf(desk.decides(order, markAt('65000', clock), clock))).toBe('duplicateIntent')
    expect(outcomeOf(after(desk, windowMs))).toBe('approved')
    expect(outcomeOf(after(desk, windowMs + 1))).toBe('approved')
  })
  test('is denied whatever has become of the first', () => {
    const filledInPart = open()
      .inFlight(1, order)
      .given(filled(1, { quantity: '0.1', at: '64000' }))
    const fates = [
      open().inFlight(1, order),
      open().inFlight(1, order).given(unknown(1)),
      filledInPart,
      open().inFlight(1, order).given(cancelled(1)),
    ]
    for (const desk of fates) expect(outcomeOf(after(desk, 1))).toBe('duplicateIntent')
  })
  test('is not the same where the first was denied, or anything else is asked for', () => {
    const denied = open({ maxOpenOrders: 0 })
    denied.given(denied.decides(order))
    expect(outcomeOf(after(denied, 1))).toBe('openOrders')
    const desk = open().approved(1, order)
    const others: readonly Asked[] = [
      { ...order, at: '64000.01' },
      { ...order, quantity: '0.20001' },
      { ...order, strategy: 'alpha' },
      { ...order, at: '64000', timeInForce: 'ioc' },
      { quantity: '0.2' },
    ]
    for (const each of others) expect(outcomeOf(after(desk, 1, each))).toBe('approved')
    const second = 'second' as AccountId
    desk.given(accountOpened('1', second), deposited('99999', 'USDT', second), ...settledAt(second))
    expect(outcomeOf(after(desk, 1, { ...order, account: second }))).toBe('approved')
  })
  test('is the same though it is to end at another time', () => {
    const gtd = { ...order, timeInForce: 'gtd', expireAt: later(5_000) } as const
    const desk = open().approved(1, gtd)
    expect(outcomeOf(after(desk, 1, { ...gtd, expireAt: later(6_000) }))).toBe('duplicateIntent')
  })
  test('counts from the last of them', () => {
    const desk = open().approved(1, order)
    const again = after(desk, windowMs)
    desk.given(again)
    expect(outcomeOf(after(desk, 2 * windowMs - 1))).toBe('duplicateIntent')
    expect(outcomeOf(after(desk, 2 * windowMs))).toBe('approved')
  })
  test('may come at any time where the window is 0 or not set', () => {
    for (const limits of [{ duplicateWindowMs: 0 }, {}]) {
      const desk = openDesk(limits).approved(1, order)
      expect(lineOf(desk.decides(order), 'duplicateIntent')).toBe('/')
      expect(outcomeOf(desk.decides(order))).toBe('approved')
      expect(desk.standing().desk.duplicates).toBeDefined()
    }
  })
  test('that only reduces is never stopped', () => {
    const sell = { side: 'sell', quantity: '0.1', at: '64000' } as const
    const desk = open()
      .given(filled(9, { quantity: '1' }))
      .approved(1, sell)
    desk.given(submitted(1, sell))
    const again = after(desk, 1, sell)
    expect(outcomeOf(again)).toBe('reducing')
    expect(lineOf(again, 'duplicateIntent')).toBe('1/1000')
  })
})
