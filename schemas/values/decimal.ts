/** Fixed-point decimals: `bigint` inside, decimal strings outside. No arithmetic here. */
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { annotate } from '#schemas/codec'

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

export const digitsBeforePoint = 20
export const placesOfQuantity = 18
export const placesOfAmount = 36

/** What is wrong with a text that should be a decimal, in words for a person. */
export type DecimalFault = 'notDecimal' | 'tooManyDigits'

const grammar = /^(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?$/
const longest = 120

/** The decimal as a count of 10^-places. Trailing zeros are free; exponents, signs of plus, blanks are not decimals. */
export const parseDecimal = (text: string, places: number): E.Either<DecimalFault, bigint> => {
  if (text.length > longest) return E.left('tooManyDigits')
  const match = grammar.exec(text)
  if (match === null) return E.left('notDecimal')
  const whole = match[2] ?? ''
  const fraction = (match[3] ?? '').replace(/0+$/, '')
  if (whole.length > digitsBeforePoint || fraction.length > places) return E.left('tooManyDigits')
  const magnitude = BigInt(whole + fraction.padEnd(places, '0'))
  return E.right(match[1] === '-' ? -magnitude : magnitude)
}

/** The shortest decimal string of a count of 10^-places: no trailing zeros, no exponent, no minus zero. */
export const formatDecimal = (value: bigint, places: number): string => {
  const digits = (value < 0n ? -value : value).toString().padStart(places + 1, '0')
  const whole = digits.slice(0, digits.length - places)
  const fraction = digits.slice(digits.length - places).replace(/0+$/, '')
  const sign = value < 0n ? '-' : ''
  return fraction === '' ? sign + whole : `${sign}${whole}.${fraction}`
}

interface Range {
  readonly places: number
  readonly holds: (value: bigint) => boolean
  readonly says: string
}
const fixed = <A extends bigint>(name: string, { places, holds, says }: Range) => {
  const codec = new t.Type<A, string, unknown>(
    name,
    (u): u is A => typeof u === 'bigint' && holds(u),
    (u, context) => {
      if (typeof u !== 'string') return t.failure(u, context, 'must be a decimal in a string')
      const parsed = parseDecimal(u, places)
      if (E.isLeft(parsed)) {
        const allowed = `${String(digitsBeforePoint)} digits before the point and ${String(places)} after it`
        return t.failure(
          u,
          context,
          parsed.left === 'notDecimal' ? 'must be a decimal' : `has more than ${allowed}`,
        )
      }
      return holds(parsed.right) ? t.success(parsed.right as A) : t.failure(u, context, says)
    },
    (a) => formatDecimal(a, places),
  )
  return annotate(codec, { type: 'string', format: 'decimal', description: says })
}
const anyValue = (): boolean => true

export const Price = fixed<Price>('Price', {
  places: placesOfQuantity,
  holds: (value) => value > 0n,
  says: 'must be above 0',
})
export const Quantity = fixed<Quantity>('Quantity', {
  places: placesOfQuantity,
  holds: (value) => value >= 0n,
  says: 'must not be below 0',
})
export const SignedQuantity = fixed<SignedQuantity>('SignedQuantity', {
  places: placesOfQuantity,
  holds: anyValue,
  says: 'may be below 0',
})
export const Amount = fixed<Amount>('Amount', {
  places: placesOfAmount,
  holds: anyValue,
  says: 'may be below 0',
})
export const Ratio = fixed<Ratio>('Ratio', {
  places: placesOfQuantity,
  holds: anyValue,
  says: 'may be below 0',
})
