/** Values read where they stand among bytes, without a text made for each: what it costs to read a long log back. */

/** Bytes of UTF-8, and up to where they are read. */
export interface Cursor {
  readonly bytes: Uint8Array
  at: number
  /** What stands from one place until just before another, as a text of its own. */
  readonly cut: (from: number, to: number) => string
}
/**
 * The value that stands at the cursor, which then is behind it. Undefined where it is refused, and also where it is not
 * written as our encoder writes it: which of the two only JSON.parse and the codec can tell. The cursor is then anywhere.
 */
export type Scan<A> = (cursor: Cursor) => A | undefined

export const quote = 34
const backslash = 92
const firstPrintable = 32
const lastPrintable = 126

/** Of a text in quotes at `at`: where its closing quote stands. -1 where it is not ASCII without any escape. */
export const endOfText = (bytes: Uint8Array, at: number): number => {
  if (bytes[at] !== quote) return -1
  for (let end = at + 1; end < bytes.length; end += 1) {
    const byte = bytes[end] as number
    if (byte === quote) return end
    if (byte < firstPrintable || byte > lastPrintable || byte === backslash) return -1
  }
  return -1
}

/** A text that differs nearly every time. */
export const scanText =
  <A>(parse: (text: string) => A | undefined): Scan<A> =>
  (cursor) => {
    const from = cursor.at + 1
    const end = endOfText(cursor.bytes, cursor.at)
    if (end === -1) return undefined
    cursor.at = end + 1
    return parse(cursor.cut(from, end))
  }

const placesOfMemory = 512
const longestRemembered = 40
interface Remembered<A> {
  readonly bytes: Uint8Array
  readonly value: A
}
/** What comes of the bytes between two places; where the same bytes came before, what came of them is given again. */
export const familiar = <A>(
  parse: (text: string) => A | undefined,
): ((cursor: Cursor, from: number, to: number) => A | undefined) => {
  const memory: (Remembered<A> | undefined)[] = Array.from({ length: placesOfMemory })
  return ({ bytes, cut }, from, to) => {
    const place = placeOf(bytes, from, to)
    const known = memory[place]
    if (known !== undefined && isSame(known.bytes, bytes, from, to)) return known.value
    const value = parse(cut(from, to))
    if (value !== undefined && to - from <= longestRemembered)
      // A copy: the slice of a Buffer would be the very bytes that come next.
      memory[place] = { bytes: new Uint8Array(bytes.subarray(from, to)), value }
    return value
  }
}
/** A text that is often one of a few. */
export const scanFamiliar = <A>(parse: (text: string) => A | undefined): Scan<A> => {
  const valueOf = familiar(parse)
  return (cursor) => {
    const from = cursor.at + 1
    const end = endOfText(cursor.bytes, cursor.at)
    if (end === -1) return undefined
    cursor.at = end + 1
    return valueOf(cursor, from, end)
  }
}
const placeOf = (bytes: Uint8Array, from: number, to: number): number => {
  let hash = to - from
  for (let at = from; at < to; at += 1) hash = (Math.imul(hash, 31) + (bytes[at] as number)) | 0
  return (hash ^ (hash >>> 9)) & (placesOfMemory - 1)
}
const isSame = (known: Uint8Array, bytes: Uint8Array, from: number, to: number): boolean => {
  if (known.length !== to - from) return false
  for (let at = 0; at < known.length; at += 1) if (known[at] !== bytes[from + at]) return false
  return true
}

/** 1 for 0-9 and a-f. */
const isHex = Uint8Array.from({ length: 256 }, (_, byte) =>
  /[0-9a-f]/.test(String.fromCharCode(byte)) ? 1 : 0,
)
const areHex = (bytes: Uint8Array, from: number, to: number): boolean => {
  for (let at = from; at < to; at += 1) if (isHex[bytes[at] as number] !== 1) return false
  return true
}
/** So many hexadecimal digits, with a dash before each of these places: the form of a UUID, of a hash. */
export const scanHex =
  <A extends string>(length: number, dashes: readonly number[] = []): Scan<A> =>
  (cursor) => {
    const { bytes } = cursor
    const from = cursor.at + 1
    const end = from + length
    // Past the end there is no byte, and no quote.
    if (bytes[from - 1] !== quote || bytes[end] !== quote) return undefined
    let at = from
    for (const dash of dashes) {
      if (bytes[from + dash] !== 45 || !areHex(bytes, at, from + dash)) return undefined
      at = from + dash + 1
    }
    if (!areHex(bytes, at, end)) return undefined
    cursor.at = end + 1
    return cursor.cut(from, end) as A
  }

const zero = 48
/** So many digits a number holds exactly. */
export const digitsOfNumber = 15
/** A digit's value; -1 where none stands there, also past the end. */
export const digitAt = (bytes: Uint8Array, at: number): number => {
  const digit = (bytes[at] as number) - zero
  return digit >= 0 && digit <= 9 ? digit : -1
}
/** A whole number from 0 without needless zeros, of at most 15 digits. */
export const scanWhole: Scan<number> = (cursor) => {
  const { bytes, at: from } = cursor
  let value = digitAt(bytes, from)
  if (value === -1) return undefined
  let at = from + 1
  for (let digit = digitAt(bytes, at); digit >= 0; digit = digitAt(bytes, at)) {
    value = value * 10 + digit
    at += 1
  }
  if (at - from > digitsOfNumber || (bytes[from] === zero && at - from > 1)) return undefined
  cursor.at = at
  return value
}
