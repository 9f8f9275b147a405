/** The parts of venues' frames: decimals, times, numbers and ids, each from the text that was sent. */
import * as E from 'fp-ts/lib/Either.js'
import {
  digitsBeforePoint,
  type Price,
  parseDecimal,
  placesOfAmount,
  placesOfQuantity,
  type Quantity,
} from '#schemas/values/decimal'
import { TradeId } from '#schemas/values/ids'
import { type Instant, parseInstant } from '#schemas/values/instant'
import type { Malformed } from './heard.ts'

export type Fields = Readonly<Record<string, unknown>>

const none: Fields = {}
export const fieldsOf = (u: unknown): Fields =>
  typeof u === 'object' && u !== null && !Array.isArray(u) ? (u as Fields) : none
export const listOf = (u: unknown): readonly unknown[] => (Array.isArray(u) ? u : [])
export const textOf = (u: unknown): string => (typeof u === 'string' ? u : '')

/** Or what is wrong with it, as the kind of fault that is counted. */
type Read<A> = E.Either<string, A>

export const priceOf = (u: unknown): Read<Price> => {
  const read = decimalOf(u)
  if (E.isLeft(read)) return E.left(`price: ${read.left}`)
  return read.right > 0n ? E.right(read.right as Price) : E.left('price: not above 0')
}
/** What is quoted may be nothing, what is traded may not. */
export const shownQuantityOf = (u: unknown): Read<Quantity> => {
  const read = decimalOf(u)
  if (E.isLeft(read)) return E.left(`quantity: ${read.left}`)
  return read.right >= 0n ? E.right(read.right as Quantity) : E.left('quantity: below 0')
}
export const tradedQuantityOf = (u: unknown): Read<Quantity> => {
  const read = shownQuantityOf(u)
  return E.isRight(read) && read.right === 0n ? E.left('quantity: not above 0') : read
}

const decimalOf = (u: unknown): Read<bigint> => {
  const text = textOf(u)
  const parsed = parseDecimal(text, placesOfQuantity)
  if (E.isRight(parsed)) return parsed
  return parsed.left === 'notDecimal' ? scientificOf(text) : E.left(says[parsed.left])
}
/** A venue that sends JSON numbers may write a small one as 1e-05. Exact, or no decimal. */
const scientificOf = (text: string): Read<bigint> => {
  const [, mantissa = '', exponent = ''] = /^([^eE]+)[eE]([+-]?[0-9]{1,2})$/.exec(text) ?? []
  const parsed = parseDecimal(mantissa, placesOfAmount)
  if (E.isLeft(parsed)) return E.left(says[parsed.left])
  const shift = Number(exponent)
  const up = parsed.right * 10n ** BigInt(Math.max(0, shift))
  const down = 10n ** BigInt(placesOfAmount - placesOfQuantity + Math.max(0, -shift))
  const value = up / down
  return value * down === up && value < end && value > -end
    ? E.right(value)
    : E.left(says.tooManyDigits)
}
const end = 10n ** BigInt(digitsBeforePoint + placesOfQuantity)
const says = { notDecimal: 'not a decimal', tooManyDigits: 'too many digits' } as const

/** RFC 3339 in UTC; what is finer than a microsecond is left out. */
export const timeOf = (u: unknown): Read<Instant> => {
  const instant = parseInstant(textOf(u).replace(/(\.[0-9]{6})[0-9]{1,3}Z$/, '$1Z'))
  return instant === undefined ? E.left('time') : E.right(instant)
}
/** Milliseconds since 1970, or microseconds, which have 16 digits. */
export const epochOf = (u: unknown): Read<Instant> => {
  const text = textOf(u)
  if (/^[0-9]{16}$/.test(text)) return E.right(Number(text) as Instant)
  return /^[0-9]{12,14}$/.test(text) ? E.right((Number(text) * 1_000) as Instant) : E.left('time')
}
/** Seconds with up to six digits after the point. */
export const secondsOf = (u: unknown): Read<Instant> => {
  const [, seconds, fraction = ''] = /^([0-9]{9,11})(?:\.([0-9]{1,6}))?$/.exec(textOf(u)) ?? []
  return seconds === undefined
    ? E.left('time')
    : E.right((Number(seconds) * 1_000_000 + Number(fraction.padEnd(6, '0'))) as Instant)
}

/** A count that a number holds exactly. */
export const numberOf = (u: unknown): Read<number> => {
  const text = textOf(u)
  return /^[0-9]{1,15}$/.test(text) ? E.right(Number(text)) : E.left('number')
}
export const tradeIdOf = (u: unknown): Read<TradeId> =>
  TradeId.is(u) ? E.right(u) : E.left('trade id')

const shownMax = 160
export const malformed = (kind: string, frame: unknown): Malformed => ({
  type: 'malformed',
  kind,
  detail: (typeof frame === 'string' ? frame : JSON.stringify(frame)).slice(0, shownMax),
})
