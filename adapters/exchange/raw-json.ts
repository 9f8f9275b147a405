/** JSON whose numbers stay the text they were sent as, so that no digit of a price is lost to float64. */
import * as E from 'fp-ts/lib/Either.js'

/** A string or a number. Strings are matched so that the digits inside them are left alone. */
const token = /"(?:[^"\\]|\\.)*"|-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/g

/** Numbers come out as strings. Undefined: not JSON. */
export const parseRawJson = (text: string): unknown => {
  const parsed = E.tryCatch(
    () => JSON.parse(text.replace(token, quoted)) as unknown,
    () => undefined,
  )
  return E.isRight(parsed) ? parsed.right : undefined
}

const quoted = (found: string): string => (found.startsWith('"') ? found : `"${found}"`)
