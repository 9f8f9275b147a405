/** What somebody sent, decoded, or everything that is wrong with it. */
import * as E from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'
import { type FieldFault, faultsIn } from '#schemas/faults'

export { type FieldFault, fieldFault } from '#schemas/faults'

/** The body is the value of some JSON; the codec is `closed()`, so that no misspelt field is overlooked. */
export const decodeRequest = <A>(
  codec: t.Type<A, unknown, unknown>,
  body: unknown,
): E.Either<readonly FieldFault[], A> => {
  const decoded = codec.decode(body)
  return E.isRight(decoded) ? decoded : E.left(faultsIn(codec, body))
}
