/** What somebody sent, decoded, or everything that is wrong with it. */
import * as E from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'
import { compileDecoder, type Decode } from '#schemas/compile'
import { type FieldFault, faultsIn } from '#schemas/faults'

export { type FieldFault, fieldFault } from '#schemas/faults'

/** The body is the value of some JSON; the codec is `closed()`, so that no misspelt field is overlooked. */
export const decodeRequest = <A>(
  codec: t.Type<A, unknown, unknown>,
  body: unknown,
): E.Either<readonly FieldFault[], A> => {
  const value = compiled(codec)(body)
  if (value !== undefined && !isLossy(body)) return E.right(value as A)
  // What the codec refuses, it says why.
  const decoded = codec.decode(body)
  if (E.isRight(decoded) && !isLossy(body)) return decoded
  const faults = faultsIn(codec, body)
  return E.isRight(decoded) && faults.length === 0 ? decoded : E.left(faults)
}

const decoders = new WeakMap<t.Any, Decode<unknown>>()
/** Made when it is first asked for: a process hears few of all requests that there are. */
const compiled = (codec: t.Any): Decode<unknown> => {
  const known = decoders.get(codec)
  if (known !== undefined) return known
  const decode = compileDecoder(codec)
  decoders.set(codec, decode)
  return decode
}

/** In a record that is built key by key this one sets no field, and is lost without a word. */
const isLossy = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (Object.hasOwn(value, '__proto__') || Object.values(value).some(isLossy))
