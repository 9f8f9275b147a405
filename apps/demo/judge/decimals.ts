/** Exact arithmetic on the decimals of the log, in whole numbers of 10^-36: written for the judge alone. */
import { text } from './log-row.ts'

const places = 36
export const unit = 10n ** BigInt(places)

/** A decimal string as a whole number of 10^-36. */
export const units = (value: unknown): bigint => {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text(value))
  if (match === null || (match[3] ?? '').length > places)
    throw new Error(`not a decimal: ${JSON.stringify(value)}`)
  const magnitude = BigInt((match[2] ?? '') + (match[3] ?? '').padEnd(places, '0'))
  return match[1] === '-' ? -magnitude : magnitude
}
/** The shortest decimal string of a number of 10^-36. */
export const shown = (value: bigint): string => {
  const digits = size(value)
    .toString()
    .padStart(places + 1, '0')
  const fraction = digits.slice(-places).replace(/0+$/, '')
  const whole = `${value < 0n ? '-' : ''}${digits.slice(0, -places)}`
  return fraction === '' ? whole : `${whole}.${fraction}`
}

export const size = (value: bigint): bigint => (value < 0n ? -value : value)
export const greater = (a: bigint, b: bigint): bigint => (a > b ? a : b)
export const lesser = (a: bigint, b: bigint): bigint => (a < b ? a : b)
export const sum = (values: Iterable<bigint>): bigint => {
  let total = 0n
  for (const value of values) total += value
  return total
}

/** To the nearest whole, and from the middle to the even one. */
export const quotient = (numerator: bigint, denominator: bigint): bigint => {
  const [n, d] = denominator < 0n ? [-numerator, -denominator] : [numerator, denominator]
  const below = n >= 0n || n % d === 0n ? n / d : n / d - 1n
  const beyond = 2n * (n - below * d)
  if (beyond === d) return below % 2n === 0n ? below : below + 1n
  return beyond > d ? below + 1n : below
}
export const product = (a: bigint, b: bigint): bigint => quotient(a * b, unit)
export const ratio = (a: bigint, b: bigint): bigint => quotient(a * unit, b)
/** So much of a value as the part is of the whole; all of it where they are the same. */
export const share = (value: bigint, part: bigint, whole: bigint): bigint =>
  part === 0n ? 0n : part === whole ? value : quotient(value * part, whole)
