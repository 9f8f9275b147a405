/** The law of what-if under trading windows, against a clock on the wall that is looked at minute by minute. */
import { expect } from 'vitest'
import { sessionsBy } from '#domain/market/sessions'
import { mergedWith } from '#domain/risk/control'
import { openDesk } from '#domain/risk/testing/desk-of'
import { main, markAt, noon } from '#domain/risk/testing/words'
import { type Turn, whatIf } from '#domain/risk/what-if'
import { plusMs } from '#domain/values/instant'
import type { Limits, TradingWindow, Weekday } from '#schemas/values/trading'
import { fc, prop } from '#testing/prop'

const dayMinutes = 1440
/** Noon is on a Monday. */
const weekdays: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']
const aheadOf = { UTC: 0, 'Asia/Kolkata': 330, 'America/St_Johns': -210 } as const
type Zone = keyof typeof aheadOf
const zones = Object.keys(aheadOf) as readonly Zone[]
const minutesAhead = (zone: string): number => aheadOf[zone as Zone]

const time = fc.integer({ min: 0, max: 47 }).map((halves) => clockText(halves * 30))
/** What is in force is recorded by a guard that knows UTC alone. */
const windowsIn = (...of: readonly Zone[]): fc.Arbitrary<readonly TradingWindow[] | undefined> =>
  fc.option(
    fc.array(
      fc.record({
        zone: fc.constantFrom(...of),
        days: fc.uniqueArray(fc.constantFrom(...weekdays)),
        from: time,
        to: time,
      }),
      { maxLength: 2 },
    ),
    { nil: undefined },
  )

/** Mostly where a session may begin or end. */
const anyMinute = fc.oneof(
  fc.integer({ min: 0, max: 9 * dayMinutes }),
  fc
    .tuple(fc.integer({ min: 1, max: 9 * 48 }), fc.constantFrom(-1, 0, 1))
    .map(([halves, around]) => halves * 30 + around),
)

prop(
  'what would have been denied or approved is what the clock on the wall says of each minute',
  fc.record({
    inForce: windowsIn('UTC'),
    other: windowsIn(...zones),
    minutes: fc.uniqueArray(anyMinute, { maxLength: 8 }),
  }),
  ({ inForce, other, minutes }) => {
    const desk = openDesk({ ...limitsOf(inForce), ...patient })
    const clocks = minutes.toSorted((a, b) => a - b).map((n) => plusMs(noon, n * 60_000))
    for (const clock of clocks) {
      const decideBy = plusMs(clock, 1_000)
      desk.given(desk.decides({ quantity: '0.001', decideBy }, markAt('65000', clock), clock))
    }
    const asking = whatIf({
      book: main,
      limits: (limits) => mergedWith(limits, limitsOf(other)),
      isAsked: () => true,
      rowsMax: 0,
      sessionAt: sessionsBy((zone) => minutesAhead(zone) * 60_000_000),
    })
    const turns = desk.log.events.flatMap((recorded) => {
      const compared = asking.apply(recorded)
      return compared === undefined ? [] : [compared.turn]
    })
    expect(turns).toStrictEqual(
      minutes
        .toSorted((a, b) => a - b)
        .map((n) => turnOf(isOpen(inForce, n + dayMinutes / 2), isOpen(other, n + dayMinutes / 2))),
    )
    expect(asking.result().byOtherWindows).toBe(
      other === undefined || JSON.stringify(other) === JSON.stringify(inForce) ? 0 : minutes.length,
    )
  },
  { numRuns: 100 },
)

/** All that was ever written is written at noon of the first day. */
const patient: Limits = { maxLogLagMs: 10 * 86_400_000 }
const limitsOf = (windows: readonly TradingWindow[] | undefined): Limits => ({
  tradingWindows: windows === undefined ? {} : { paper: windows },
})
const turnOf = (was: boolean, wouldBe: boolean): Turn | undefined =>
  was === wouldBe ? undefined : was ? 'newlyDenied' : 'newlyApproved'

/** Minutes are counted from the midnight of that Monday in UTC. */
const isOpen = (windows: readonly TradingWindow[] | undefined, minute: number): boolean =>
  windows === undefined ||
  windows.some(({ zone, days, from, to }) => {
    const shown = minute + minutesAhead(zone)
    const [opens, closes] = [minutesOf(from), minutesOf(to)]
    const length = closes > opens ? closes - opens : closes - opens + dayMinutes
    // It is open where it opened less than its length ago.
    for (let ago = 0; ago < length; ago += 1) {
      const then = shown - ago
      const date = Math.floor(then / dayMinutes)
      const weekday = weekdays[(date + 14) % 7]
      if (then - date * dayMinutes === opens && weekday !== undefined && days.includes(weekday))
        return true
    }
    return false
  })
function minutesOf(text: string): number {
  return Number(text.slice(0, 2)) * 60 + Number(text.slice(3))
}
function clockText(minutes: number): string {
  const two = (n: number): string => String(n).padStart(2, '0')
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}
