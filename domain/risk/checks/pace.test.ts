import { describe, expect, test } from 'vitest'
import { openDesk, outcomeOf } from '#domain/risk/testing/desk-of'
import {
  accepted,
  cancelled,
  later,
  markAt,
  type noon,
  resolved,
  unknown,
} from '#domain/risk/testing/words'

describe('how many and how fast', () => {
  test('open orders, with those whose outcome is unknown', () => {
    const desk = openDesk({ maxOpenOrders: 3 }).inFlight(1).given(unknown(1))
    expect(outcomeOf(desk.decides())).toBe('approved')
    desk.approved(2)
    expect(outcomeOf(desk.decides())).toBe('approved')
    desk.inFlight(3)
    expect(outcomeOf(desk.decides())).toBe('openOrders')
    desk.given(accepted(3), cancelled(3, '0.1'))
    expect(outcomeOf(desk.decides())).toBe('approved')
  })
  test('unknown outcomes', () => {
    const desk = openDesk({ maxUnknownOrders: 1 }).inFlight(1).inFlight(2).given(unknown(1))
    expect(outcomeOf(desk.decides())).toBe('approved')
    desk.given(unknown(2))
    expect(outcomeOf(desk.decides())).toBe('unknownOrders')
    desk.given(resolved(2, 'absent'))
    expect(outcomeOf(desk.decides())).toBe('approved')
  })
  const asLate = { maxLogLagMs: 9_999_999, maxMarkAgeMs: 9_999_999 }
  const decideBy = later(9_999_999)
  const then = (ms: number) => later(ms)
  for (const [name, limit, window] of [
    ['ordersPerSecond', 'maxOrdersPerSecond', 1000],
    ['ordersPerMinute', 'maxOrdersPerMinute', 60_000],
    ['ordersPerHour', 'maxOrdersPerHour', 3_600_000],
  ] as const) {
    test(name, () => {
      const desk = openDesk({ ...asLate, [limit]: 2 }).approved(1)
      expect(outcomeOf(desk.decides())).toBe('approved')
      desk.approved(2)
      expect(outcomeOf(desk.decides())).toBe(name)
      // A window ends where the next one of the same length begins.
      const just = (then(window) - 1) as typeof noon
      expect(outcomeOf(desk.decides({ decideBy }, markAt('65000'), just))).toBe(name)
      expect(outcomeOf(desk.decides({ decideBy }, markAt('65000'), then(window)))).toBe('approved')
    })
  }
  test('a guard behind the log approves nothing that increases', () => {
    const desk = openDesk()
    expect(outcomeOf(desk.decides({}, markAt('65000'), later(2000)))).toBe('approved')
    const behind = (later(2000) + 1) as typeof noon
    expect(outcomeOf(desk.decides({}, markAt('65000'), behind))).toBe('logLag')
  })
})
