import { describe, expect, test } from 'vitest'
import { zoneOffset } from '#adapters/system/zones'
import { tradingDays } from '#domain/books/trading-day'
import { instant } from '#domain/testing/fixed'
import { formatInstant } from '#schemas/values/instant'

const hour = 3_600_000_000
const hoursAhead = (zone: string, at: string) => {
  const offset = zoneOffset(zone, instant(at))
  return offset === undefined ? undefined : offset / hour
}

describe('the clocks of a zone', () => {
  test.each([
    ['UTC', '2026-07-01T12:00:00Z', 0],
    ['America/New_York', '2026-01-01T12:00:00.25Z', -5],
    ['America/New_York', '2026-07-01T12:00:00Z', -4],
    ['Asia/Kolkata', '2026-07-01T12:00:00Z', 5.5],
    ['Asia/Kathmandu', '2026-07-01T12:00:00Z', 5.75],
    ['Australia/Lord_Howe', '2026-01-01T12:00:00Z', 11],
    ['Australia/Lord_Howe', '2026-07-01T12:00:00Z', 10.5],
  ] as const)('%s at %s: %d hours ahead', (zone, at, hours) => {
    expect(hoursAhead(zone, at)).toBe(hours)
  })
  test('change to the second', () => {
    expect(hoursAhead('Europe/Berlin', '2026-03-29T00:59:59.999999Z')).toBe(1)
    expect(hoursAhead('Europe/Berlin', '2026-03-29T01:00:00Z')).toBe(2)
  })
  test('are not made up', () => {
    expect(zoneOffset('Mars/Olympus', instant('2026-01-01T00:00:00Z'))).toBeUndefined()
  })
})

describe('trading days', () => {
  const lengths = (zone: string, time: string, at: string, count: number) => {
    const days = tradingDays({ time, zone }, zoneOffset)
    const found: string[] = []
    let period = days.at(instant(at))
    for (let n = 0; n < count; n += 1) {
      const length = (period.to - period.from) / hour
      found.push(`${period.name} from ${formatInstant(period.from)}, ${String(length)} h`)
      expect(days.named(period.name)).toStrictEqual(period)
      const next = days.at(period.to)
      expect(next.from).toBe(period.to)
      period = next
    }
    return found
  }
  test('are 23 and 25 hours long where the clocks are changed', () => {
    expect(lengths('America/New_York', '00:00', '2026-03-07T12:00:00Z', 3)).toStrictEqual([
      '2026-03-07 from 2026-03-07T05:00:00Z, 24 h',
      '2026-03-08 from 2026-03-08T05:00:00Z, 23 h',
      '2026-03-09 from 2026-03-09T04:00:00Z, 24 h',
    ])
    expect(lengths('America/New_York', '17:00', '2026-10-31T22:00:00Z', 2)).toStrictEqual([
      '2026-10-31 from 2026-10-31T21:00:00Z, 25 h',
      '2026-11-01 from 2026-11-01T22:00:00Z, 24 h',
    ])
  })
  test('begin when the clocks are put forward over the time that they begin at', () => {
    expect(lengths('America/New_York', '02:30', '2026-03-08T12:00:00Z', 1)).toStrictEqual([
      '2026-03-08 from 2026-03-08T07:00:00Z, 23.5 h',
    ])
  })
  test('begin the first time where the clocks show it twice', () => {
    expect(lengths('America/New_York', '01:30', '2026-11-01T12:00:00Z', 1)).toStrictEqual([
      '2026-11-01 from 2026-11-01T05:30:00Z, 25 h',
    ])
  })
  test('leave out the one that a calendar left out', () => {
    expect(lengths('Pacific/Apia', '00:00', '2011-12-29T20:00:00Z', 2)).toStrictEqual([
      '2011-12-29 from 2011-12-29T10:00:00Z, 24 h',
      '2011-12-31 from 2011-12-30T10:00:00Z, 24 h',
    ])
    const days = tradingDays({ time: '00:00', zone: 'Pacific/Apia' }, zoneOffset)
    expect(days.named('2011-12-30')).toBeUndefined()
  })
  test('are those of UTC where nobody knows the zone or the time', () => {
    expect(lengths('Mars/Olympus', 'noon', '2026-01-01T12:00:00Z', 1)).toStrictEqual([
      '2026-01-01 from 2026-01-01T00:00:00Z, 24 h',
    ])
  })
})
