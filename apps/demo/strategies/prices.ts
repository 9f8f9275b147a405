/** Prices and quantities of the strategies: whole numbers of 10^-18, as the tick hub has them. */

const places = 18
const one = 10n ** 18n

export const numberOf = (text: string): bigint => {
  const [whole = '', fraction = ''] = text.replace('-', '').split('.')
  const value = BigInt(whole + fraction.padEnd(places, '0'))
  return text.startsWith('-') ? -value : value
}
export const textOf = (value: bigint): string => {
  const digits = sizeOf(value)
    .toString()
    .padStart(places + 1, '0')
  const fraction = digits.slice(-places).replace(/0+$/, '')
  const whole = `${value < 0n ? '-' : ''}${digits.slice(0, -places)}`
  return fraction === '' ? whole : `${whole}.${fraction}`
}
export const sizeOf = (value: bigint): bigint => (value < 0n ? -value : value)

/** A price moved by so many thousandths of a basis point. */
export const moved = (price: bigint, thousandths: number): bigint =>
  (price * BigInt(10_000_000 + thousandths)) / 10_000_000n
export const basisPoint = 1_000
export const perCent = 100 * basisPoint

/** To whole steps, towards 0. */
export const inSteps = (value: bigint, step: bigint): bigint => value - (value % step)
/** What so much money buys at a price. */
export const worthOf = (money: bigint, price: bigint): bigint => (money * one) / price
export const times = (price: bigint, quantity: bigint): bigint => (price * quantity) / one

export type Roll = (sides: number) => number
/** Chance that is the same on every run: a linear congruential generator (Numerical Recipes, 7.1). */
export const dice = (seed: number): Roll => {
  let state = seed >>> 0
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * sides)
  }
}
