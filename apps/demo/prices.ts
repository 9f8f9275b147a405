/** Prices and quantities of the script, counted in whole ticks and lots of BTC/USDT. */

/** 0.01 USDT. */
export type Ticks = bigint
/** 0.00001 BTC. */
export type Lots = bigint

export const btc = (lots: Lots): string => decimal(lots, 5)
export const usdt = (ticks: Ticks): string => decimal(ticks, 2)
/** The ticks of a decimal string, rounded down. */
export const ticksOf = (price: string): Ticks => {
  const [whole = '0', fraction = ''] = price.split('.')
  return BigInt(whole + fraction.slice(0, 2).padEnd(2, '0'))
}
/** A price moved by so many hundredths of a per cent. */
export const moved = (price: Ticks, basisPoints: number): Ticks =>
  (price * BigInt(10_000 + basisPoints)) / 10_000n

/** What so many USDT buy at a price, rounded down to whole lots. */
export const lotsWorth = (amount: bigint, price: Ticks): Lots => (amount * 10_000_000n) / price

const decimal = (value: bigint, places: number): string => {
  const digits = value.toString().padStart(places + 1, '0')
  return `${digits.slice(0, -places)}.${digits.slice(-places)}`
}

/** Chance that is the same on every run: a linear congruential generator (Numerical Recipes, 7.1). */
export const dice = (seed: number): ((sides: number) => number) => {
  let state = seed >>> 0
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * sides)
  }
}
