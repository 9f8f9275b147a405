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
  const fault = faultIn(text)
  return fault === undefined ? E.right(value) : E.left(fault)
}

const decodeText = (bytes: Uint8Array): string | undefined => {
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
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
