/** When venues may be traded at, by example, on the clocks of real zones. */
import { describe, expect, test } from 'vitest'
import { zoneOffset } from '#adapters/system/zones'
import { sessionAt, sessionsBy } from '#domain/market/sessions'
import { instant } from '#domain/testing/fixed'
import { formatInstant, type Instant } from '#schemas/values/instant'
import type { TradingWindow, Weekday } from '#schemas/values/trading'

const workdays: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri']
const shares: TradingWindow = {
  zone: 'America/New_York',
  days: workdays,
  from: '09:30',
  to: '16:00',
  except: ['2026-12-25'],
}
const at = (moment: string, ...windows: readonly TradingWindow[]): string => {
  const session = sessionAt(windows, instant(moment), zoneOffset)
  return session === undefined
    ? 'none'
    : `${formatInstant(session.opensAt)} ${formatInstant(session.closesAt)}`
}

describe('a session', () => {
  const thursday = '2026-03-05T14:30:00Z 2026-03-05T21:00:00Z'
  test.each([
    ['before it opens', '2026-03-05T14:29:59.999999Z', thursday],
    ['as it opens', '2026-03-05T14:30:00Z', thursday],
    ['just before it closes', '2026-03-05T20:59:59.999999Z', thursday],
    ['as it closes', '2026-03-05T21:00:00Z', '2026-03-06T14:30:00Z 2026-03-06T21:00:00Z'],
    [
      'after the last of a week',
      '2026-03-06T21:00:00Z',
      '2026-03-09T13:30:00Z 2026-03-09T20:00:00Z',
    ],
    [
      'before clocks go forward',
      '2026-03-07T12:00:00Z',
      '2026-03-09T13:30:00Z 2026-03-09T20:00:00Z',
    ],
    ['before clocks go back', '2026-10-30T20:00:00Z', '2026-11-02T14:30:00Z 2026-11-02T21:00:00Z'],
    ['before a holiday', '2026-12-24T21:00:00Z', '2026-12-28T14:30:00Z 2026-12-28T21:00:00Z'],
  ])('is the one that is open or opens next: %s', (_, moment, expected) => {
    expect(at(moment, shares)).toBe(expected)
  })
  test('may go on over midnight, and belongs to the day on which it opens', () => {
    const night: TradingWindow = {
      zone: 'Europe/Berlin',
      days: ['fri'],
      from: '22:00',
      to: '06:00',
    }
    // Clocks go forward on Sunday the 29th.
    const friday = '2026-03-27T21:00:00Z 2026-03-28T05:00:00Z'
    expect(at('2026-03-28T04:59:00Z', night)).toBe(friday)
    expect(at('2026-03-28T05:00:00Z', night)).toBe('2026-04-03T20:00:00Z 2026-04-04T04:00:00Z')
    const longNight = { ...night, days: ['sat'] as const }
    expect(at('2026-10-24T21:00:00Z', longNight)).toBe('2026-10-24T20:00:00Z 2026-10-25T05:00:00Z')
    expect(at('2026-03-28T22:00:00Z', longNight)).toBe('2026-03-28T21:00:00Z 2026-03-29T04:00:00Z')
  })
  test('opens when the clocks have gone forward over its time, and is none where they go over all of it', () => {
    const window: TradingWindow = {
      zone: 'America/New_York',
      days: ['sun'],
      from: '02:37',
      to: '04:00',
    }
    expect(at('2026-03-07T12:00:00Z', window)).toBe('2026-03-08T07:00:00Z 2026-03-08T08:00:00Z')
    const skipped = { ...window, from: '02:15', to: '02:45' }
    expect(at('2026-03-07T12:00:00Z', skipped)).toBe('2026-03-15T06:15:00Z 2026-03-15T06:45:00Z')
  })
  test('opens and closes the first time that its time is shown', () => {
    const window: TradingWindow = {
      zone: 'America/New_York',
      days: ['sun'],
      from: '01:15',
      to: '01:45',
    }
    expect(at('2026-11-01T00:00:00Z', window)).toBe('2026-11-01T05:15:00Z 2026-11-01T05:45:00Z')
    expect(at('2026-11-01T06:20:00Z', window)).toBe('2026-11-08T06:15:00Z 2026-11-08T06:45:00Z')
  })
  test('of every hour but the weekend', () => {
    const week: TradingWindow = { zone: 'UTC', days: workdays, from: '00:00', to: '24:00' }
    expect(at('2026-01-02T23:59:59Z', week)).toBe('2026-01-02T00:00:00Z 2026-01-03T00:00:00Z')
    expect(at('2026-01-03T00:00:00Z', week)).toBe('2026-01-05T00:00:00Z 2026-01-06T00:00:00Z')
  })
  test('of several windows is the one that is open, else the first to open', () => {
    const early = { ...shares, from: '04:00', to: '09:30' }
    expect(at('2026-03-05T14:00:00Z', shares, early)).toBe(
      '2026-03-05T09:00:00Z 2026-03-05T14:30:00Z',
    )
    expect(at('2026-03-05T15:00:00Z', early, shares)).toBe(thursday)
  })
  test('is none where there are no days, or nobody knows a zone', () => {
    expect(at('2026-03-05T15:00:00Z')).toBe('none')
    expect(at('2026-03-05T15:00:00Z', { ...shares, days: [] })).toBe('none')
    expect(at('2026-03-05T15:00:00Z', shares, { ...shares, zone: 'Mars/Olympus' })).toBe('none')
  })
  test('is found behind as many holidays as there may be', () => {
    const week = 7 * 86_400_000_000
    const first = instant('2026-01-05T00:00:00Z')
    const mondays = Array.from({ length: 300 }, (_, n) =>
      formatInstant((first + n * week) as Instant).slice(0, 10),
    )
    const window = { ...shares, days: ['mon'] as const, except: mondays }
    expect(at('2026-01-01T00:00:00Z', window)).toBe('2031-10-06T13:30:00Z 2031-10-06T20:00:00Z')
  })
})

test('what was found is looked up again only where it may not be the answer any more', () => {
  const asked: string[] = []
  const sessions = sessionsBy((zone, moment) => {
    asked.push(zone)
    return zoneOffset(zone, moment)
  })
  const windows = [shares]
  const found = sessions(windows, instant('2026-03-05T12:00:00Z'))
  const before = asked.length
  expect(sessions(windows, instant('2026-03-05T20:59:59Z'))).toBe(found)
  expect(asked.length).toBe(before)
  expect(sessions(windows, instant('2026-03-05T21:00:00Z'))).not.toStrictEqual(found)
  expect(sessions(windows, instant('2026-03-05T12:00:00Z'))).toStrictEqual(found)
  expect(sessions([{ ...shares, from: '10:00' }], instant('2026-03-05T12:00:00Z'))).not.toBe(found)
})
