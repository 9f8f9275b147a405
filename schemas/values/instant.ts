/** Points in time: microseconds since 1970 inside, RFC 3339 in UTC outside. No clock here. */
import { leaf } from '#schemas/leaf'

declare const unit: unique symbol
/** Microseconds since 1970-01-01T00:00:00Z. A whole number, exact from the year 1685 until 2255. */
export type Instant = number & { readonly [unit]: 'Instant' }

const grammar = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?Z$/
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

/** Whole years whose microseconds are all below 2^53. */
const earliest = daysFromCivil(1685, 1, 1) * dayMicroseconds
const latest = daysFromCivil(2255, 1, 1) * dayMicroseconds

const daysIn = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const
const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
const daysOf = (year: number, month: number): number =>
  month === 2 && isLeap(year) ? 29 : (daysIn[month - 1] ?? 0)

/** The two digits that stand there, as a number. */
const twoAt = (text: string, at: number): number =>
  (text.charCodeAt(at) - 48) * 10 + text.charCodeAt(at + 1) - 48

/** The instant that a text says, or undefined where it is not RFC 3339 in UTC with at most six digits of the second, from 1685 until 2255. */
export const parseInstant = (text: string): Instant | undefined => {
  if (!grammar.test(text)) return undefined
  const year = twoAt(text, 0) * 100 + twoAt(text, 2)
  const month = twoAt(text, 5)
  const day = twoAt(text, 8)
  const hour = twoAt(text, 11)
  const minute = twoAt(text, 14)
  const second = twoAt(text, 17)
  if (day < 1 || day > daysOf(year, month)) return undefined
  if (hour > 23 || minute > 59 || second > 59) return undefined
  const micros = text.length === 20 ? 0 : Number(text.slice(20, -1).padEnd(6, '0'))
  const seconds = (hour * 60 + minute) * 60 + second
  const instant = daysFromCivil(year, month, day) * dayMicroseconds + seconds * 1_000_000 + micros
  return instant >= earliest && instant < latest ? (instant as Instant) : undefined
}

const isInstant = (u: unknown): u is Instant =>
  typeof u === 'number' && Number.isSafeInteger(u) && u >= earliest && u < latest

export const Instant = leaf<Instant, string>(
  'Instant',
  {
    is: isInstant,
    parse: (u) => (typeof u === 'string' ? parseInstant(u) : undefined),
    refusal: (u) => ({
      code: typeof u === 'string' && grammar.test(u) ? 'invalid' : 'malformed',
      detail: 'must be a time in UTC such as 2026-01-31T09:30:00.25Z',
    }),
    encode: formatInstant,
    plain: true,
  },
  { type: 'string', format: 'date-time', pattern: grammar.source },
)
