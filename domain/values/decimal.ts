/** Arithmetic on fixed-point decimals. Everything is exact but what has `HalfEven`, `Up` or `Down` in its name. */
import type { Amount, Price, Quantity, Ratio, SignedQuantity } from '#schemas/values/decimal'

const one = 10n ** 18n

export const abs = (value: bigint): bigint => (value < 0n ? -value : value)
export const smaller = <A extends bigint>(a: A, b: A): A => (a < b ? a : b)
export const larger = <A extends bigint>(a: A, b: A): A => (a > b ? a : b)

export const zeroQuantity = 0n as Quantity
export const zeroAmount = 0n as Amount

export const addQuantity = (a: Quantity, b: Quantity): Quantity => (a + b) as Quantity
/** What is left of `a` when `b` is taken away; never below 0. */
export const lessQuantity = (a: Quantity, b: Quantity): Quantity => (a > b ? a - b : 0n) as Quantity
export const addAmount = (a: Amount, b: Amount): Amount => (a + b) as Amount
export const negateAmount = (a: Amount): Amount => (0n - a) as Amount
/** A buy is above 0, a sell below. */
export const signed = (side: 'buy' | 'sell', quantity: Quantity): SignedQuantity =>
  (side === 'buy' ? quantity : 0n - quantity) as SignedQuantity

/** Price × quantity, exact: 18 places × 18 places are 36. */
export const amountOf = (price: Price, quantity: Quantity | SignedQuantity): Amount =>
  (price * quantity) as Amount

/** numerator ÷ denominator to the nearest whole, ties to the even neighbour (IEEE 754 roundTiesToEven). */
export const divideHalfEven = (numerator: bigint, denominator: bigint): bigint => {
  const quotient = numerator / denominator
  const rest = numerator % denominator
  // Most divisions of money come out even; bigints are costly enough to say so first.
  if (rest === 0n) return quotient
  const twice = abs(rest) * 2n
  const whole = abs(denominator)
  if (twice < whole || (twice === whole && quotient % 2n === 0n)) return quotient
  return numerator < 0n === denominator < 0n ? quotient + 1n : quotient - 1n
}
/** amount × ratio, at 36 places. */
export const scaleHalfEven = (amount: Amount, ratio: Ratio | Quantity): Amount =>
  (amount === 0n ? amount : divideHalfEven(amount * ratio, one)) as Amount
/** amount ÷ ratio, at 36 places. The ratio is not 0. */
export const unscaleHalfEven = (amount: Amount, ratio: Ratio | Quantity | Price): Amount =>
  (ratio === one ? amount : divideHalfEven(amount * one, ratio)) as Amount
/** amount ÷ ratio, at 36 places, the next one above where it does not come out even. The ratio is above 0. */
export const unscaleUp = (amount: Amount, ratio: Ratio): Amount =>
  negateAmount(unscaleDown(negateAmount(amount), ratio))
/** The same, the next one below. */
export const unscaleDown = (amount: Amount, ratio: Ratio): Amount => {
  const scaled = amount * one
  const quotient = scaled / ratio
  return (scaled % ratio < 0n ? quotient - 1n : quotient) as Amount
}
/** amount × part ÷ whole, at 36 places: the share of an amount. The whole is not 0. */
export const shareHalfEven = (amount: Amount, part: bigint, whole: bigint): Amount =>
  divideHalfEven(amount * part, whole) as Amount
/** amount ÷ quantity as a price, at 18 places, for showing. The quantity is not 0. */
export const priceHalfEven = (amount: Amount, quantity: Quantity | SignedQuantity): Price =>
  divideHalfEven(amount, quantity) as Price
/** a ÷ b as a factor, at 18 places, for showing and for limits. b is not 0. */
export const ratioHalfEven = (a: bigint, b: bigint): Ratio => divideHalfEven(a * one, b) as Ratio
/** The same, the next one above where it does not come out even; neither is below 0. */
export const ratioUp = (a: bigint, b: bigint): Ratio => {
  const scaled = a * one
  return (scaled % b === 0n ? scaled / b : scaled / b + 1n) as Ratio
}
/** quantity × size ÷ price, at 36 places: what an inverse contract is worth in its settle currency. The price is not 0. */
export const inverseAmountHalfEven = (
  quantity: Quantity | SignedQuantity,
  size: Quantity,
  price: Price,
): Amount => divideHalfEven(quantity * size * one, price) as Amount
/** amount ÷ (quantity × size) as a price, at 18 places, for showing. Neither is 0. */
export const contractPriceHalfEven = (
  amount: Amount,
  quantity: Quantity | SignedQuantity,
  size: Quantity,
): Price => divideHalfEven(amount * one, quantity * size) as Price
/** quantity × size ÷ amount as a price, at 18 places, for showing. The amount is not 0. */
export const inversePriceHalfEven = (
  quantity: Quantity | SignedQuantity,
  size: Quantity,
  amount: Amount,
): Price => divideHalfEven(quantity * size * one, amount) as Price
/** An amount of a currency as a quantity of it, at 18 places. */
export const quantityHalfEven = (amount: Amount): SignedQuantity =>
  divideHalfEven(amount, one) as SignedQuantity
/** A quantity of a currency as an amount of it, exact. */
export const amountFromQuantity = (quantity: Quantity | SignedQuantity): Amount =>
  (quantity * one) as Amount
