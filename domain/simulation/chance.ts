/** Numbers that look drawn, and are a function of their place: the same on every machine and in any order. */

const rotate = (x: number, by: number): number => (x << by) | (x >>> (32 - by))

const mixIn = (hash: number, word: number): number => {
  const mixed = Math.imul(rotate(Math.imul(word, 0xcc9e2d51), 15), 0x1b873593)
  return (Math.imul(rotate(hash ^ mixed, 13), 5) + 0xe6546b64) | 0
}
const finish = (hash: number): number => {
  const a = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  const b = Math.imul(a ^ (a >>> 13), 0xc2b2ae35)
  return (b ^ (b >>> 16)) >>> 0
}
/** MurmurHash3 (x86, 32 bits) of whole 32-bit words: 0 to 2^32 - 1. */
export const murmur3 = (seed: number, words: readonly number[]): number =>
  finish(words.reduce(mixIn, seed | 0) ^ (4 * words.length))

/** A text as a 32-bit word (FNV-1a). */
export const wordOf = (text: string): number =>
  Array.from(text).reduce(
    (hash, character) => Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0,
    0x811c9dc5,
  )

/** One 32-bit word for each place, a list of whole 32-bit words. */
export type Chance = (...place: readonly number[]) => number

export const chanceOf = (seed: number, name: string): Chance => {
  const root = murmur3(seed, [wordOf(name)])
  return (...place) => murmur3(root, place)
}

/** One standard deviation of `bell`. */
export const bellUnit = 65_536
/** 2^32 divided by the golden ratio: it spreads neighbouring counters far apart. */
const golden = 0x9e3779b9

/**
 * About normal, of mean 0, in units of 1/65,536 of its standard deviation, and never beyond 6 of them: the sum of
 * twelve uniform numbers (Irwin and Hall). All in whole numbers, for logarithms differ between machines.
 */
export const bell = (word: number): number => {
  let sum = -6 * 65_535
  for (let part = 1; part <= 6; part += 1) {
    const uniform = finish((word + Math.imul(part, golden)) | 0)
    sum += (uniform >>> 16) + (uniform & 0xffff)
  }
  return sum
}
