import { describe, expect, test } from 'vitest'
import { quarterHour } from '#domain/books/quarter-hours'
import { hours, tradingDays, type ZoneOffset } from '#domain/books/trading-day'
import { instant } from '#domain/testing/fixed'
import type { Instant } from '#schemas/values/instant'
import { fc, prop } from '#testing/prop'

const hour = 3_600_000_000
const anyMoment = fc.integer({
  min: instant('2025-06-01T00:00:00Z'),
  max: instant('2027-06-01T00:00:00Z'),
}) as fc.Arbitrary<Instant>
const anyTime = fc
  .tuple(fc.nat({ max: 23 }), fc.nat({ max: 59 }))
  .map((parts) => parts.map((part) => String(part).padStart(2, '0')).join(':'))
/** A zone that changes its clocks by an hour or half of one, at some moment on the quarter hour. */
const anyZone: fc.Arbitrary<ZoneOffset> = fc
  .record({
    base: fc.integer({ min: -48, max: 56 }),
    shift: fc.constantFrom(-4, -2, 0, 2, 4),
    when: anyMoment,
  })
  .map(({ base, shift, when }) => {
    const change = when - (when % quarterHour)
    return (_zone, at) => (base + (at < change ? 0 : shift)) * quarterHour
  })

describe('trading days', () => {
  prop(
    'every moment is in one, they meet without gap, and each is found by its name',
    fc.record({ zone: anyZone, time: anyTime, moment: anyMoment }),
    ({ zone, time, moment }) => {
      const days = tradingDays({ time, zone: 'any' }, zone)
      const period = days.at(moment)
      expect(period.from).toBeLessThanOrEqual(moment)
      expect(period.to).toBeGreaterThan(moment)
      expect(period.from % quarterHour).toBe(0)
      expect(days.at(period.from)).toStrictEqual(period)
      expect(days.at((period.to - 1) as Instant)).toStrictEqual(period)
      expect(days.at(period.to).from).toBe(period.to)
      expect(days.named(period.name)).toStrictEqual(period)
      const length = (period.to - period.from) / hour
      expect(length).toBeGreaterThanOrEqual(22.75)
      expect(length).toBeLessThanOrEqual(25.25)
    },
  )
  test('have no other names than dates', () => {
    const days = tradingDays({ time: '00:00', zone: 'UTC' }, () => 0)
    for (const name of ['', 'today', '2026-02-30', '2026-1-1']) {
      expect(days.named(name)).toBeUndefined()
    }
  })
})

describe('hours', () => {
  prop('meet without gap, and each is found by its name', anyMoment, (moment) => {
    const period = hours.at(moment)
    expect(period.to - period.from).toBe(hour)
    expect(period.from).toBeLessThanOrEqual(moment)
    expect(period.to).toBeGreaterThan(moment)
    expect(hours.named(period.name)).toStrictEqual(period)
  })
  test('are named by their beginning alone', () => {
    expect(hours.named('2026-01-01T00:30:00Z')).toBeUndefined()
    expect(hours.named('2026-01-01')).toBeUndefined()
  })
})
