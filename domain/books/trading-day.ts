/** Days and hours of the books: which one a moment is in, and when it begins and ends. */
import { quarterHourOf } from '#domain/books/quarter-hours'
import { formatInstant, type Instant, parseInstant } from '#schemas/values/instant'

/** How far a zone's clocks are ahead of UTC at a moment, in microseconds; undefined where nobody knows the zone. */
export type ZoneOffset = (zone: string, at: Instant) => number | undefined

/** A local time of day and the zone that it is meant in, as a book was opened with them. */
export interface TradingDayRule {
  readonly time: string
  readonly zone: string
}
/** From `from` until just before `to`. A day is named by the local date on which it begins, an hour by its beginning. */
export interface Period {
  readonly name: string
  readonly from: Instant
  readonly to: Instant
}
export interface Calendar {
  readonly at: (moment: Instant) => Period
  /** Undefined where no period has that name. */
  readonly named: (name: string) => Period | undefined
}

const hour = 3_600_000_000
const day = 24 * hour

/** Days of the zone: 23, 24 or 25 hours long, and where its calendar left one out there is none. */
export const tradingDays = (rule: TradingDayRule, offsetIn: ZoneOffset): Calendar => {
  const offsetAt = (at: Instant): number => offsetIn(rule.zone, at) ?? 0
  const time = timeOfDay(rule.time)
  const startOf = (date: number): Instant =>
    quarterHourOf(firstAt((date * day + time) as Instant, offsetAt))
  const at = (moment: Instant): Period => {
    const date = Math.floor((moment + offsetAt(moment)) / day)
    // The last day that has begun by then.
    const began = [date + 1, date, date - 1].find((each) => startOf(each) <= moment) ?? date - 2
    return { name: dateText(began), from: startOf(began), to: endOf(began, startOf) }
  }
  return {
    at,
    named: (name) => {
      const date = dateOf(name)
      if (date === undefined) return undefined
      const period = at(startOf(date))
      return period.name === name ? period : undefined
    },
  }
}
/** A day that was left out begins and ends with the one before it. */
const endOf = (date: number, startOf: (date: number) => Instant): Instant => {
  const next = startOf(date + 1)
  return next > startOf(date) ? next : startOf(date + 2)
}

/**
 * The first moment at which the zone's clocks show a local time or more. Where they were put forward over it, that
 * is when they were, to the step; where they show it twice, the first time.
 */
export const firstAt = (
  local: Instant,
  offsetAt: (at: Instant) => number,
  step = quarter,
): Instant => {
  const offsets = [-1, 0, 1].map((days) => offsetAt((local + days * day) as Instant))
  const earliest = local - Math.max(...offsets)
  const latest = local - Math.min(...offsets)
  for (let at = earliest; at < latest; at += step) {
    if (at + offsetAt(at as Instant) >= local) return at as Instant
  }
  return latest as Instant
}
const quarter = hour / 4

/** Of the day, in microseconds; midnight where it is no time of day. */
const timeOfDay = (text: string): number => {
  const [, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)(?::[0-5]\d)?$/.exec(text) ?? []
  return hours === undefined ? 0 : Number(hours) * hour + Number(minutes) * (hour / 60)
}

const dateText = (date: number): string => formatInstant((date * day) as Instant).slice(0, 10)
const dateOf = (text: string): number | undefined => {
  const midnight = parseInstant(`${text}T00:00:00Z`)
  return midnight === undefined ? undefined : midnight / day
}

/** Hours of UTC. */
export const hours: Calendar = {
  at: (moment) => {
    const from = (Math.floor(moment / hour) * hour) as Instant
    return { name: formatInstant(from), from, to: (from + hour) as Instant }
  },
  named: (name) => {
    const from = parseInstant(name)
    const period = from === undefined ? undefined : hours.at(from)
    return period?.name === name ? period : undefined
  },
}
