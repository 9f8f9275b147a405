/** Fixed-point decimals: `bigint` inside, decimal strings outside. No arithmetic here. */
import * as E from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'
import { type Cursor, digitAt, digitsOfNumber, quote, type Scan, scanText } from '#schemas/bytes'
import { leaf, type Refusal } from '#schemas/leaf'

declare const unit: unique symbol
/** A bigint that counts units of 10^-18 or 10^-36, and cannot be taken for another kind of value. */
type Fixed<Name extends string> = bigint & { readonly [unit]: Name }

/** Money per unit of the base, above 0, in units of 10^-18. */
export type Price = Fixed<'Price'>
/** How much of a thing, never below 0, in units of 10^-18. */
export type Quantity = Fixed<'Quantity'>
/** A holding: above 0 long, below 0 short, in units of 10^-18. */
export type SignedQuantity = Fixed<'SignedQuantity'>
/** Money, exact: price × quantity, fees, PnL, in units of 10^-36. Below 0 means owed or lost. */
export type Amount = Fixed<'Amount'>
/** A plain factor such as 0.05 for five per cent, in units of 10^-18. */
export type Ratio = Fixed<'Ratio'>

/** At most so many digits before the point; an amount is a price × a quantity, and has room for both. */
export const digitsBeforePoint = 20
const digitsOfAmount = 40
export const placesOfQuantity = 18
export const placesOfAmount = 36

/** What is wrong with a text that should be a decimal. */
export type DecimalFault = 'notDecimal' | 'tooManyDigits'

const grammar = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$/
const longest = 120
const minus = 45
const zero = 48
const dot = 46
const powers: readonly bigint[] = Array.from(
  { length: placesOfAmount + 1 },
  (_, n) => 10n ** BigInt(n),
)

/** The decimal as a count of 10^-places. Trailing zeros are free; exponents, signs of plus, blanks are not decimals. */
export const parseDecimal = (
  text: string,
  places: number,
  digits: number = digitsBeforePoint,
): E.Either<DecimalFault, bigint> => {
  const value = countOf(text, places, digits)
  return typeof value === 'bigint' ? E.right(value) : E.left(value)
}

const countOf = (text: string, places: number, digits: number): bigint | DecimalFault => {
  if (!grammar.test(text)) return 'notDecimal'
  if (text.length > longest) return 'tooManyDigits'
  const start = text.charCodeAt(0) === minus ? 1 : 0
  const point = text.indexOf('.')
  const wholeEnd = point === -1 ? text.length : point
  let end = text.length
  if (point !== -1) while (text.charCodeAt(end - 1) === zero) end -= 1
  const fraction = Math.max(0, end - wholeEnd - 1)
  if (wholeEnd - start > digits || fraction > places) return 'tooManyDigits'
  const written =
    fraction === 0
      ? text.slice(start, wholeEnd)
      : text.slice(start, wholeEnd) + text.slice(wholeEnd + 1, end)
  const units = written.length > digitsOfNumber ? BigInt(written) : BigInt(Number(written))
  const magnitude = units * (powers[places - fraction] ?? 1n)
  return start === 1 ? -magnitude : magnitude
}

const placesOfMemory = 256
/**
 * The same from bytes, in quotes, where it is as short as `formatDecimal` writes it and has few digits. Prices and
 * quantities come again: what the same digits came to before is given again.
 */
const scanDecimal = (places: number): Scan<bigint> => {
  const counts = new Float64Array(placesOfMemory)
  const shifts = new Int8Array(placesOfMemory).fill(-1)
  const values = Array.from({ length: placesOfMemory }, () => 0n)
  return (cursor: Cursor) => {
    const { bytes } = cursor
    let at = cursor.at + 1
    if (bytes[at - 1] !== quote) return undefined
    const isBelow = bytes[at] === minus
    if (isBelow) at += 1
    const start = at
    let count = digitAt(bytes, at)
    if (count === -1) return undefined
    at += 1
    for (let digit = digitAt(bytes, at); digit >= 0; digit = digitAt(bytes, at)) {
      count = count * 10 + digit
      at += 1
    }
    if (bytes[start] === zero && at - start > 1) return undefined
    let fraction = 0
    if (bytes[at] === dot) {
      at += 1
      const point = at
      for (let digit = digitAt(bytes, at); digit >= 0; digit = digitAt(bytes, at)) {
        count = count * 10 + digit
        at += 1
      }
      fraction = at - point
      if (fraction === 0 || bytes[at - 1] === zero) return undefined
    }
    if (bytes[at] !== quote || at - start > digitsOfNumber || fraction > places) return undefined
    if (isBelow && count === 0) return undefined
    cursor.at = at + 1
    const signed = isBelow ? -count : count
    const place = (count + fraction) % placesOfMemory
    if (counts[place] === signed && shifts[place] === fraction) return values[place]
    const value = BigInt(signed) * (powers[places - fraction] ?? 1n)
    counts[place] = signed
    shifts[place] = fraction
    values[place] = value
    return value
  }
}

/** The shortest decimal string of a count of 10^-places: no trailing zeros, no exponent, no minus zero. */
export const formatDecimal = (value: bigint, places: number): string => {
  if (value === 0n) return '0'
  if (value < 0n) return `-${formatDecimal(-value, places)}`
  const digits = value.toString()
  const point = digits.length - places
  let end = digits.length
  while (end > point && digits.charCodeAt(end - 1) === zero) end -= 1
  if (point <= 0) return `0.${'0'.repeat(-point)}${digits.slice(0, end)}`
  return end === point
    ? digits.slice(0, point)
    : `${digits.slice(0, point)}.${digits.slice(point, end)}`
}

interface Range {
  readonly places: number
  readonly digits: number
  readonly holds: (value: bigint) => boolean
  readonly says: string
  readonly pattern: string
}
const fixed = <A extends bigint>(
  name: string,
  { places, digits, holds, says, pattern }: Range,
): t.Type<A, string, unknown> => {
  const end = 10n ** BigInt(digits + places)
  const allowed = `${String(digits)} digits before the point and ${String(places)} after it`
  const refusal = (u: unknown): Refusal => {
    if (typeof u !== 'string') return { code: 'malformed', detail: 'must be a decimal in a string' }
    switch (countOf(u, places, digits)) {
      case 'notDecimal':
        return { code: 'malformed', detail: 'must be a decimal such as 12.5, without an exponent' }
      case 'tooManyDigits':
        return { code: 'invalid', detail: `has more than ${allowed}` }
      default:
        return { code: 'invalid', detail: says }
    }
  }
  const parse = (u: unknown): A | undefined => {
    if (typeof u !== 'string') return undefined
    const value = countOf(u, places, digits)
    return typeof value === 'bigint' && holds(value) ? (value as A) : undefined
  }
  const [short, long] = [scanDecimal(places), scanText(parse)]
  return leaf<A, string>(
    name,
    {
      is: (u): u is A => typeof u === 'bigint' && holds(u) && u < end && u > -end,
      parse,
      scan: (cursor) => {
        const from = cursor.at
        const value = short(cursor)
        if (value !== undefined) return holds(value) ? (value as A) : undefined
        cursor.at = from
        return long(cursor)
      },
      refusal,
      encode: (a) => formatDecimal(a, places),
      plain: true,
    },
    { type: 'string', pattern, maxLength: longest, description: says },
  )
}
const whole = (digits: number): string => `(0|[1-9][0-9]{0,${String(digits - 1)}})`
const part = (places: number): string => `(\\.(?=[0-9])[0-9]{0,${String(places)}}0*)?`
const minusZero = '-0(\\.0+)?'

/** 20 digits before the point, 18 after it. */
const ofQuantity = {
  places: placesOfQuantity,
  digits: digitsBeforePoint,
}
const magnitude = whole(digitsBeforePoint) + part(placesOfQuantity)
const signed = { holds: (): boolean => true, says: 'may be below 0' }

const aboveZero = { holds: (value: bigint): boolean => value > 0n, says: 'must be above 0' }
const notZero = '(?!0(\\.0*)?$)'

export const Price = fixed<Price>('Price', {
  ...ofQuantity,
  ...aboveZero,
  pattern: `^${notZero}${magnitude}$`,
})
export const Quantity = fixed<Quantity>('Quantity', {
  ...ofQuantity,
  holds: (value) => value >= 0n,
  says: 'must not be below 0',
  pattern: `^(${magnitude}|${minusZero})$`,
})
export const SignedQuantity = fixed<SignedQuantity>('SignedQuantity', {
  ...ofQuantity,
  ...signed,
  pattern: `^-?${magnitude}$`,
})
export const Amount = fixed<Amount>('Amount', {
  places: placesOfAmount,
  digits: digitsOfAmount,
  ...signed,
  pattern: `^-?${whole(digitsOfAmount)}${part(placesOfAmount)}$`,
})
export const Ratio = fixed<Ratio>('Ratio', {
  ...ofQuantity,
  ...signed,
  pattern: `^-?${magnitude}$`,
})

/** What a person may ask for: nothing at all, or less, is a slip of the pen. */
export const PositiveQuantity = fixed<Quantity>('PositiveQuantity', {
  ...ofQuantity,
  ...aboveZero,
  pattern: `^${notZero}${magnitude}$`,
})
export const PositiveAmount = fixed<Amount>('PositiveAmount', {
  places: placesOfAmount,
  digits: digitsOfAmount,
  ...aboveZero,
  pattern: `^${notZero}${whole(digitsOfAmount)}${part(placesOfAmount)}$`,
})
export const PositiveRatio = fixed<Ratio>('PositiveRatio', {
  ...ofQuantity,
  ...aboveZero,
  pattern: `^${notZero}${magnitude}$`,
})
