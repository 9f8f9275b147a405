/** Fractions of whole numbers, never rounded: what fixed-point figures are held against in tests. */
export interface Rational {
  readonly over: bigint
  readonly under: bigint
}

const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? (a < 0n ? 0n - a : a) : gcd(b, a % b))

export const rational = (over: bigint, under = 1n): Rational => {
  const divisor = gcd(over, under) * (under < 0n ? -1n : 1n)
  return { over: over / divisor, under: under / divisor }
}
export const zero = rational(0n)
export const plus = (a: Rational, b: Rational): Rational =>
  rational(a.over * b.under + b.over * a.under, a.under * b.under)
export const times = (a: Rational, b: Rational): Rational =>
  rational(a.over * b.over, a.under * b.under)
export const inverse = (a: Rational): Rational => rational(a.under, a.over)
export const minus = (a: Rational, b: Rational): Rational =>
  plus(a, { over: 0n - b.over, under: b.under })
export const magnitude = (a: Rational): Rational => (a.over < 0n ? minus(zero, a) : a)
export const atMost = (a: Rational, b: Rational): boolean => a.over * b.under <= b.over * a.under
/** A count of 10^-places as what it stands for. */
export const fromFixed = (value: bigint, places: number): Rational =>
  rational(value, 10n ** BigInt(places))
