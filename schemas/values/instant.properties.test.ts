import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { arbitraryOf } from '#schemas/testing/values'
import { formatInstant, Instant, parseInstant } from '#schemas/values/instant'
import { fc, prop } from '#testing/prop'

const anyInstant = arbitraryOf(Instant)

prop('is read back as it was written', anyInstant, (instant) => {
  expect(Instant.decode(Instant.encode(instant))).toStrictEqual(E.right(instant))
})
prop('is what Date says, to the millisecond', anyInstant, (instant) => {
  const milliseconds = Math.floor(instant / 1000)
  const text = formatInstant(instant)
  expect(text.slice(0, 19)).toBe(new Date(milliseconds).toISOString().slice(0, 19))
  expect(Date.parse(text.replace(/(\.[0-9]{3})[0-9]+Z$/, '$1Z'))).toBe(milliseconds)
  expect(parseInstant(new Date(milliseconds).toISOString())).toBe(milliseconds * 1000)
})
prop(
  'later instants are written later in the order of letters',
  fc.tuple(anyInstant, anyInstant),
  ([a, b]) => {
    // Of whole microseconds: shorter fractions sort before the letter Z does.
    const whole = (instant: Instant) =>
      formatInstant(instant).replace(
        /(?:\.([0-9]*))?Z$/,
        (_, digits: string | undefined) => `.${(digits ?? '').padEnd(6, '0')}Z`,
      )
    expect(whole(a) < whole(b)).toBe(a < b)
  },
)
prop('has as many digits of the second as it needs', anyInstant, (instant) => {
  expect(formatInstant(instant)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{0,5}[1-9])?Z$/)
})
prop(
  'a date is taken if, and only if, the calendar has it',
  fc.tuple(
    fc.integer({ min: 1685, max: 2254 }),
    fc.integer({ min: 0, max: 13 }),
    fc.integer({ min: 0, max: 32 }),
  ),
  ([year, month, day]) => {
    const two = (n: number) => String(n).padStart(2, '0')
    const text = `${String(year)}-${two(month)}-${two(day)}T00:00:00Z`
    const date = new Date(Date.UTC(year, month - 1, day))
    const exists =
      date.getUTCMonth() === month - 1 && date.getUTCDate() === day && month > 0 && month < 13
    expect(parseInstant(text)).toBe(exists ? date.getTime() * 1000 : undefined)
  },
  { numRuns: 1000 },
)
prop('a fraction counts microseconds', fc.stringMatching(/^[0-9]{1,6}$/), (fraction) => {
  expect(parseInstant(`1970-01-01T00:00:00.${fraction}Z`)).toBe(Number(fraction.padEnd(6, '0')))
})

describe('leap years', () => {
  test.each(['2024-02-29', '2000-02-29', '1996-02-29', '2096-02-29'])('%s is a day', (day) => {
    expect(parseInstant(`${day}T12:00:00Z`)).toBe(Date.parse(`${day}T12:00:00Z`) * 1000)
  })
  test.each(['2023-02-29', '1900-02-29', '2100-02-29', '2026-02-30', '2024-02-30'])(
    '%s is none',
    (day) => {
      expect(parseInstant(`${day}T12:00:00Z`)).toBeUndefined()
    },
  )
})

describe('the ends of time', () => {
  test.each([
    ['1685-01-01T00:00:00Z', -8_993_635_200_000_000],
    ['1969-12-31T23:59:59.999999Z', -1],
    ['1970-01-01T00:00:00Z', 0],
    ['2254-12-31T23:59:59.999999Z', 8_993_721_599_999_999],
  ])('%s', (text, instant) => {
    expect(parseInstant(text)).toBe(instant)
    expect(formatInstant(instant as Instant)).toBe(text)
  })
  test.each([
    '1684-12-31T23:59:59.999999Z',
    '2255-01-01T00:00:00Z',
    '0000-01-01T00:00:00Z',
    '9999-12-31T23:59:59Z',
  ])('%s would not be exact', (text) => {
    expect(parseInstant(text)).toBeUndefined()
  })
})

test.each([
  '',
  '2026-01-05',
  '2026-01-05T09:00Z',
  '2026-01-05 09:00:00Z',
  '2026-01-05T09:00:00',
  '2026-01-05t09:00:00z',
  '2026-01-05T09:00:00+00:00',
  '2026-01-05T09:00:00-00:00',
  '2026-01-05T09:00:00.Z',
  '2026-01-05T09:00:00.1234567Z',
  '2026-01-05T09:00:00,5Z',
  '2026-01-05T24:00:00Z',
  '2026-01-05T23:60:00Z',
  '2026-12-31T23:59:60Z',
  '2026-13-01T00:00:00Z',
  '2026-00-10T00:00:00Z',
  '2026-01-00T00:00:00Z',
  '2026-1-5T09:00:00Z',
  '+02026-01-05T09:00:00Z',
  '-2026-01-05T09:00:00Z',
  '2026-01-05T09:00:00Z\n',
  '٢٠٢٦-01-05T09:00:00Z',
])('%j is not an instant', (text) => {
  expect(parseInstant(text)).toBeUndefined()
  expect(E.isLeft(Instant.decode(text))).toBe(true)
})
test.each([0, 1767605400123456, null, undefined, {}, []])('%s is not an instant', (value) => {
  expect(E.isLeft(Instant.decode(value))).toBe(true)
})
