/** Laws of sessions, against a model that looks at the clock on the wall minute by minute. */
import { expect } from 'vitest'
import { sessionAt } from '#domain/market/sessions'
import type { ZoneOffset } from '#domain/books/trading-day'
import { instant } from '#domain/testing/fixed'
import { formatInstant, type Instant } from '#schemas/values/instant'
import type { TradingSession, TradingWindow, Weekday } from '#schemas/values/trading'
import { fc, prop } from '#testing/prop'

const minute = 60_000_000
const day = 1440 * minute
const beginning = instant('2026-03-02T00:00:00Z')
const daysShown = 9
const moments = Array.from(
  { length: daysShown * 1440 },
  (_, n) => (beginning + n * minute) as Instant,
)

/** Minutes and hours ahead of UTC, and a change of the clocks somewhere in between. */
const anyZone: fc.Arbitrary<ZoneOffset> = fc
  .record({
    base: fc.integer({ min: -12 * 4, max: 14 * 4 }),
    shift: fc.constantFrom(-60, -30, 0, 30, 60, 17, -1440),
    when: fc.integer({ min: 1, max: daysShown * 96 }),
  })
  .map(({ base, shift, when }) => {
    const change = beginning + when * 15 * minute
    return (_, at) => (base * 15 + (at < change ? 0 : shift)) * minute
  })
const time = fc
  .oneof(
    fc.integer({ min: 0, max: 95 }).map((quarters) => quarters * 15),
    fc.nat({ max: 1439 }),
  )
  .map((minutes) => clockText(minutes))
const anyWindow: fc.Arbitrary<TradingWindow> = fc.record({
  zone: fc.constant('any'),
  days: fc.uniqueArray(fc.constantFrom<Weekday>('mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun')),
  from: time,
  to: fc.oneof(time, fc.constant('24:00')),
  except: fc.array(
    fc.integer({ min: 2, max: 10 }).map((n) => `2026-03-${two(n)}`),
    {
      maxLength: 2,
    },
  ),
})

prop(
  'a venue is open whenever the clock on its wall says so, and at no other minute',
  fc.record({ zone: anyZone, windows: fc.array(anyWindow, { minLength: 1, maxLength: 2 }) }),
  ({ zone, windows }) => {
    const open = modelOf(windows, zone)
    // What opened before the model began to look is not in it.
    const from = 2 * 1440
    let session: TradingSession | undefined
    for (const moment of moments.slice(from)) {
      if (session === undefined || moment >= session.closesAt)
        session = sessionAt(windows, moment, zone)
      const isOpen = session !== undefined && session.opensAt <= moment
      if (isOpen !== open.has(moment))
        throw new Error(`${formatInstant(moment)} ${isOpen ? 'is' : 'is not'} open`)
    }
  },
  { numRuns: 150 },
)

prop(
  'the session that is open or opens next is the same until it closes, and begins before it ends',
  fc.record({
    zone: anyZone,
    windows: fc.array(anyWindow, { minLength: 1, maxLength: 3 }),
    moment: fc.constantFrom(...moments),
    further: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
  ({ zone, windows, moment, further }) => {
    const session = sessionAt(windows, moment, zone)
    if (session === undefined) {
      expect(windows.every(({ days }) => days.length === 0)).toBe(true)
      return
    }
    expect(session.opensAt).toBeLessThan(session.closesAt)
    expect(session.closesAt).toBeGreaterThan(moment)
    const later = Math.floor(moment + further * (session.closesAt - 1 - moment)) as Instant
    const then = sessionAt(windows, later, zone)
    // A session that is open may be followed by one that opened after it, and never by an earlier one.
    expect(then?.opensAt).toBe(session.opensAt)
  },
)

/** A window is open from the first minute that shows its beginning or more, to the first that shows its end or more. */
const modelOf = (windows: readonly TradingWindow[], zone: ZoneOffset): ReadonlySet<Instant> => {
  const open = new Set<Instant>()
  for (const { days, from, to, except = [] } of windows) {
    for (let n = -1; n <= daysShown; n += 1) {
      const midnight = beginning + n * day
      const date = formatInstant(midnight as Instant).slice(0, 10)
      if (!days.includes(names[(((n + 1) % 7) + 7) % 7] ?? 'mon') || except.includes(date)) continue
      const opens = midnight + minutesOf(from) * minute
      const closes =
        midnight + minutesOf(to) * minute + (minutesOf(to) <= minutesOf(from) ? day : 0)
      let hasOpened = false
      for (const moment of moments) {
        const shown = moment + (zone('any', moment) ?? 0)
        if (shown >= closes) break
        hasOpened ||= shown >= opens
        if (hasOpened) open.add(moment)
      }
    }
  }
  return open
}
/** From the day before the beginning, which is a Monday. */
const names: readonly Weekday[] = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const minutesOf = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3))
function two(n: number): string {
  return String(n).padStart(2, '0')
}
function clockText(minutes: number): string {
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}
