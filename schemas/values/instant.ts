/** Points in time: microseconds since 1970 inside, RFC 3339 in UTC outside. No clock here. */
import * as t from 'io-ts'
import { annotate } from '#schemas/codec'

declare const unit: unique symbol
/** Microseconds since 1970-01-01T00:00:00Z. A whole number, exact until the year 2255. */
export type Instant = number & { readonly [unit]: 'Instant' }

const grammar = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,6}))?Z$/
const dayMicroseconds = 86_400_000_000

/** Days since 1970-01-01 of a date in the proleptic Gregorian calendar (Hinnant, "chrono-Compatible Low-Level Date Algorithms"). */
const daysFromCivil = (year: number, month: number, day: number): number => {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}
/** The inverse of daysFromCivil. */
const civilFromDays = (days: number): readonly [number, number, number] => {
  const z = days + 719_468
  const era = Math.floor(z / 146_097)
  const dayOfEra = z - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  )
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shifted = Math.floor((5 * dayOfYear + 2) / 153)
  const month = shifted < 10 ? shifted + 3 : shifted - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  return [year, month, dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1]
}

const two = (value: number): string => (value < 10 ? `0${String(value)}` : String(value))

/** RFC 3339 in UTC, with as many digits of the second as it has. */
export const formatInstant = (instant: Instant): string => {
  const days = Math.floor(instant / dayMicroseconds)
  const ofDay = instant - days * dayMicroseconds
  const [year, month, day] = civilFromDays(days)
  const seconds = Math.floor(ofDay / 1_000_000)
  const fraction = String(ofDay - seconds * 1_000_000)
    .padStart(6, '0')
    .replace(/0+$/, '')
  const date = `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`
  const time = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
  return `${date}T${time}${fraction === '' ? '' : `.${fraction}`}Z`
}

/** The instant that a text says, or undefined where it is not RFC 3339 in UTC with at most six digits of the second. */
export const parseInstant = (text: string): Instant | undefined => {
  const match = grammar.exec(text)
  if (match === null) return undefined
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const days = daysFromCivil(year, month, day)
  const [sameYear, sameMonth, sameDay] = civilFromDays(days)
  if (sameYear !== year || sameMonth !== month || sameDay !== day) return undefined
  if (hour > 23 || minute > 59 || second > 59) return undefined
  const micros = Number((match[7] ?? '').padEnd(6, '0'))
  return (days * dayMicroseconds +
    ((hour * 60 + minute) * 60 + second) * 1_000_000 +
    micros) as Instant
}

/** Years 0000 to 2255: four digits, and below 2^53 microseconds. */
const earliest = daysFromCivil(0, 1, 1) * dayMicroseconds
const latest = daysFromCivil(2255, 1, 1) * dayMicroseconds

export const Instant = annotate(
  new t.Type<Instant, string, unknown>(
    'Instant',
    (u): u is Instant =>
      typeof u === 'number' && Number.isSafeInteger(u) && u >= earliest && u < latest,
    (u, context) => {
      const instant = typeof u === 'string' ? parseInstant(u) : undefined
      return instant === undefined || instant >= latest
        ? t.failure(u, context, 'must be a time in UTC such as 2026-01-31T09:30:00.25Z')
        : t.success(instant)
    },
    formatInstant,
  ),
  { type: 'string', format: 'date-time' },
)
