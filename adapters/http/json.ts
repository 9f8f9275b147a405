/** A request's body as JSON, and nothing that two readers could take for two different things. */
import * as E from 'fp-ts/lib/Either.js'

/** A record inside a record inside a list …: deeper than any request is meant to be. */
const depthMax = 16

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The value, or a sentence about what is wrong with the text. Repeated keys are refused: readers differ on which one counts. */
export const parseJson = (bytes: Uint8Array): E.Either<string, unknown> => {
  const text = decodeText(bytes)
  if (text === undefined) return E.left('The body is not UTF-8.')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return E.left('The body is not JSON.')
  }
  const fault = isPlain(text, value) ? undefined : faultIn(text)
  return fault === undefined ? E.right(value) : E.left(fault)
}

const decodeText = (bytes: Uint8Array): string | undefined => {
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}

/**
 * No key repeated, and not too deep: each key of the text has one colon behind it, and keys that are repeated are
 * fewer in the value than in the text.
 */
const isPlain = (text: string, value: unknown): boolean => {
  const { keys, depth } = sizeOf(value, 0)
  return depth <= depthMax && colonsIn(text) === keys
}

/** Of what was parsed; beyond what is allowed it is not looked any deeper. */
const sizeOf = (
  value: unknown,
  above: number,
): { readonly keys: number; readonly depth: number } => {
  if (typeof value !== 'object' || value === null) return { keys: 0, depth: above }
  let depth = above + 1
  if (depth > depthMax) return { keys: 0, depth }
  const inside: readonly unknown[] = Object.values(value)
  let keys = Array.isArray(value) ? 0 : inside.length
  for (const each of inside) {
    if (typeof each !== 'object' || each === null) continue
    const below = sizeOf(each, above + 1)
    keys += below.keys
    depth = Math.max(depth, below.depth)
  }
  return { keys, depth }
}

const [quote, backslash, colonSign] = [0x22, 0x5c, 0x3a]
/** Outside of its texts. */
const colonsIn = (text: string): number => {
  let colons = 0
  let isText = false
  for (let at = 0; at < text.length; at += 1) {
    const sign = text.charCodeAt(at)
    if (isText && sign === backslash) at += 1
    else if (sign === quote) isText = !isText
    else if (sign === colonSign && !isText) colons += 1
  }
  return colons
}

const token = /"(?:[^"\\]|\\.)*"|[{}[\]]/gs
const colon = /\s*:/y

/** Repeated keys and too much depth in a text that is known to be JSON. */
const faultIn = (text: string): string | undefined => {
  const open: (Set<string> | undefined)[] = []
  for (const match of text.matchAll(token)) {
    const word = match[0]
    if (word === '{' || word === '[') {
      open.push(word === '{' ? new Set() : undefined)
      if (open.length > depthMax) {
        return `The body has more than ${String(depthMax)} levels of records and lists.`
      }
    } else if (word === '}' || word === ']') {
      open.pop()
    } else {
      const keys = open.at(-1)
      colon.lastIndex = match.index + word.length
      if (keys === undefined || !colon.test(text)) continue
      const key = JSON.parse(word) as string
      if (keys.has(key)) return `The body has the field ${JSON.stringify(key)} twice in one record.`
      keys.add(key)
    }
  }
  return undefined
}
