/**
 * The logarithm of a price that walks at random, at any step at once: a Brownian motion whose ends are drawn first
 * and whose middles are drawn between them (Lévy's construction), so that no step needs the steps before it.
 */
import { bell, bellUnit, type Chance } from '#domain/simulation/chance'

/** Logarithms are whole multiples of 2^-40. Only +, -, × and rounding touch them, which IEEE 754 fixes to the last bit. */
export const logUnit = 2 ** 40

export const stepsPerSecond = 5
/** 0.6 a year, as the standard deviation of one step: 0.6 ÷ √(365 × 86,400 × 5), written out. */
const deviationOfStep = 4.778_184_825_675e-5 * logUnit
const squareRootOfTwo = 1.414_213_562_373_095_1

/** The walk has 2^40 steps: some 7,000 years. */
const levels = 40

/** A price stays within an eighth and eight times of where it starts: it is reflected there. */
const logMost = Math.round(2.079_441_541_679_835_7 * logUnit)

/** A jump comes about once in 16 stretches of 2^15 steps (about every 29 hours) and is of 0.5 to 2 %. */
const stretch = 2 ** 15
const jumpOnceIn = 16
const jumpMin = Math.round(0.005 * logUnit)
const jumpSpan = Math.round(0.015 * logUnit)

/** What a place is drawn for, so that no two draws share a word. */
const drawn = { end: 1, middle: 2, jump: 3, jumpAt: 4, jumpSize: 5 } as const

/** How far the price is from its start at a step, as a logarithm. */
export const logPriceAt = (chance: Chance, step: number): number =>
  reflected(smoothAt(chance, step) + jumpAt(chance, step))

/** Half of the deviation of a bridge over 2^level steps: that of its middle. */
const deviationOfMiddle = Array.from(
  { length: levels + 1 },
  (_, level) =>
    deviationOfStep * 2 ** (Math.floor(level / 2) - 1) * (level % 2 === 1 ? squareRootOfTwo : 1),
)

const low = (x: number): number => x % 2 ** 32
const high = (x: number): number => Math.floor(x / 2 ** 32)

const smoothAt = (chance: Chance, step: number): number => {
  let from = 0
  let span = 2 ** levels
  let left = 0
  let right = Math.round((bell(chance(drawn.end)) / bellUnit) * deviationOfStep * 2 ** (levels / 2))
  for (let level = levels; from < step; level -= 1) {
    span /= 2
    const middle = from + span
    const bent =
      (bell(chance(drawn.middle, level, low(middle), high(middle))) / bellUnit) *
      (deviationOfMiddle[level] ?? 0)
    const between = Math.round((left + right) / 2 + bent)
    if (step < middle) right = between
    else {
      from = middle
      left = between
    }
  }
  return left
}

/** A jump, given back evenly over its stretch: too slowly to be seen, and the walk keeps its ends. */
const jumpAt = (chance: Chance, step: number): number => {
  const index = Math.floor(step / stretch)
  const place = [low(index), high(index)] as const
  if (chance(drawn.jump, ...place) % jumpOnceIn !== 0) return 0
  const at = chance(drawn.jumpAt, ...place) % stretch
  const size = chance(drawn.jumpSize, ...place)
  const height = jumpMin + Math.round(((size >>> 1) / 2 ** 31) * jumpSpan)
  const signed = size % 2 === 1 ? height : -height
  const into = step - index * stretch
  return Math.round(signed * ((into >= at ? 1 : 0) - into / stretch))
}

const reflected = (log: number): number => {
  const period = 4 * logMost
  const into = (((log + logMost) % period) + period) % period
  return (into <= 2 * logMost ? into : period - into) - logMost
}

/** One, of the fixed-point numbers that `exponential` answers. */
export const exponentialUnit = 1n << 60n

/** e to the power of a logarithm, in whole numbers: the series for a sixteenth of it, then to the sixteenth power. */
export const exponential = (log: number): bigint => {
  const x = (BigInt(log) * exponentialUnit) / BigInt(logUnit * 16)
  let term = exponentialUnit
  let sum = term
  for (let n = 1n; n <= 20n; n += 1n) {
    term = (term * x) / (n * exponentialUnit)
    sum += term
  }
  for (let n = 0; n < 4; n += 1) sum = (sum * sum) / exponentialUnit
  return sum
}
