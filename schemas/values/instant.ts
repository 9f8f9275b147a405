/** Points in time: microseconds since 1970 inside, RFC 3339 in UTC outside. No clock here. */
import { type Cursor, digitAt, quote } from '#schemas/bytes'
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
  const days = daysSaid(twoAt(text, 0) * 100 + twoAt(text, 2), twoAt(text, 5), twoAt(text, 8))
  const seconds = secondsSaid(twoAt(text, 11), twoAt(text, 14), twoAt(text, 17))
  const micros = text.length === 20 ? 0 : Number(text.slice(20, -1).padEnd(6, '0'))
  return instantAt(days, seconds, micros)
}
/** Days since 1970 and seconds of the day; NaN where there is no such day or time. */
const daysSaid = (year: number, month: number, day: number): number =>
  day >= 1 && day <= daysOf(year, month) ? daysFromCivil(year, month, day) : Number.NaN
const secondsSaid = (hour: number, minute: number, second: number): number =>
  hour <= 23 && minute <= 59 && second <= 59 ? (hour * 60 + minute) * 60 + second : Number.NaN
const instantAt = (days: number, seconds: number, micros: number): Instant | undefined => {
  const instant = days * dayMicroseconds + seconds * 1_000_000 + micros
  return instant >= earliest && instant < latest ? (instant as Instant) : undefined
}

const [dash, colon, letterT, point, zulu] = [45, 58, 84, 46, 90]
const fractionMax = 6
const tensTo = [1, 10, 100, 1_000, 10_000, 100_000] as const
const noDigit = 1_000_000_000
/** The two digits that stand there; where they do not, a number that is no part of any time. */
const twoOf = (bytes: Uint8Array, at: number): number => {
  const [tens, ones] = [(bytes[at] as number) - 48, (bytes[at + 1] as number) - 48]
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : noDigit
}

/** The same from bytes, in quotes. */
const scanInstant = (cursor: Cursor): Instant | undefined => {
  const { bytes } = cursor
  const from = cursor.at + 1
  const isMarked =
    bytes[from - 1] === quote &&
    bytes[from + 4] === dash &&
    bytes[from + 7] === dash &&
    bytes[from + 10] === letterT &&
    bytes[from + 13] === colon &&
    bytes[from + 16] === colon
  if (!isMarked) return undefined
  const year = twoOf(bytes, from) * 100 + twoOf(bytes, from + 2)
  const days = daysSaid(year, twoOf(bytes, from + 5), twoOf(bytes, from + 8))
  const seconds = secondsSaid(
    twoOf(bytes, from + 11),
    twoOf(bytes, from + 14),
    twoOf(bytes, from + 17),
  )
  let at = from + 19
  let micros = 0
  if (bytes[at] === point) {
    at += 1
    const first = at
    for (let digit = digitAt(bytes, at); digit >= 0; digit = digitAt(bytes, at)) {
      micros = micros * 10 + digit
      at += 1
    }
    const digits = at - first
    if (digits < 1 || digits > fractionMax) return undefined
    micros *= tensTo[fractionMax - digits] ?? 0
  }
  if (bytes[at] !== zulu || bytes[at + 1] !== quote) return undefined
  cursor.at = at + 2
  return instantAt(days, seconds, micros)
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
    scan: scanInstant,
    encode: formatInstant,
    plain: true,
  },
  { type: 'string', format: 'date-time', pattern: grammar.source },
)
