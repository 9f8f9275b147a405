/** When a venue may be traded at: the session that is open at a moment, or the one that opens next. */
import { firstAt, type ZoneOffset } from '#domain/books/trading-day'
import { ownOf } from '#domain/values/own-of'
import type { VenueId } from '#schemas/values/ids'
import { type Instant, parseInstant } from '#schemas/values/instant'
import type { Limits, TradingSession, TradingWindow, Weekday } from '#schemas/values/trading'

/** Undefined where no session will ever be, or nobody knows the zone of a window. */
export type SessionLookup = (
  windows: readonly TradingWindow[],
  moment: Instant,
) => TradingSession | undefined

export const sessionAt = (
  windows: readonly TradingWindow[],
  moment: Instant,
  offsetIn: ZoneOffset,
): TradingSession | undefined => {
  // Of two windows the one that is not understood may be the one that is open.
  if (windows.some(({ zone }) => offsetIn(zone, moment) === undefined)) return undefined
  const next = windows.flatMap((window) => nextOf(window, moment, offsetIn) ?? [])
  return next.toSorted((a, b) => a.opensAt - b.opensAt || b.closesAt - a.closesAt)[0]
}

/** The same, and what was found is kept for as long as it is the answer. */
export const sessionsBy = (offsetIn: ZoneOffset): SessionLookup => {
  const found = new WeakMap<readonly TradingWindow[], Found>()
  return (windows, moment) => {
    const known = found.get(windows)
    if (known !== undefined && known.from <= moment && moment < known.until) return known.session
    const session = sessionAt(windows, moment, offsetIn)
    found.set(windows, { from: moment, until: session?.closesAt ?? moment, session })
    return session
  }
}
/** What a decision about an order for this venue is taken by; undefined where the book has no windows for it. */
export const sessionFor = (
  limits: Limits | undefined,
  venue: VenueId,
  lookUp: SessionLookup,
  moment: Instant,
): TradingSession | undefined => {
  const windows = ownOf(limits?.tradingWindows, venue)
  return windows === undefined ? undefined : lookUp(windows, moment)
}

interface Found {
  readonly from: Instant
  readonly until: Instant
  readonly session: TradingSession | undefined
}

const minute = 60_000_000
const day = 24 * 60 * minute
/** The first day of 1970 was a Thursday. */
const weekdays: readonly Weekday[] = ['thu', 'fri', 'sat', 'sun', 'mon', 'tue', 'wed']

const nextOf = (
  { zone, days, from, to, except = [] }: TradingWindow,
  moment: Instant,
  offsetIn: ZoneOffset,
): TradingSession | undefined => {
  const offsetAt = (at: Instant): number => offsetIn(zone, at) ?? 0
  const shown = (date: number, time: number): Instant =>
    firstAt((date * day + time) as Instant, offsetAt, minute)
  const [opens, closes] = [timeOfDay(from), timeOfDay(to)]
  const closed = new Set(except.map(dateOf))
  const today = Math.floor((moment + offsetAt(moment)) / day)
  const last = today + 7 * (closed.size + 2)
  // A session of the day before yesterday may still be open, where a zone has left a day out.
  for (let date = today - 2; days.length > 0 && date <= last; date += 1) {
    const weekday = weekdays[modulo(date, 7)]
    if (weekday === undefined || !days.includes(weekday) || closed.has(date)) continue
    const opensAt = shown(date, opens)
    const closesAt = shown(closes <= opens ? date + 1 : date, closes)
    // Where the clocks were put forward over all of it, there is none.
    if (closesAt > moment && closesAt > opensAt) return { opensAt, closesAt }
  }
  return undefined
}

const modulo = (a: number, b: number): number => ((a % b) + b) % b
/** 24:00 is a day. */
const timeOfDay = (text: string): number => {
  const [hours = 0, minutes = 0] = text.split(':').map(Number)
  return (hours * 60 + minutes) * minute
}
const dateOf = (text: string): number => (parseInstant(`${text}T00:00:00Z`) ?? 0) / day
