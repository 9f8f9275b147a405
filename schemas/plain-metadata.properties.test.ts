import { expect, test } from 'vitest'
import { compileDecoder } from '#schemas/compile'
import { compileEncoder } from '#schemas/encode'
import { Metadata } from '#schemas/envelope'
import { plainMetadata } from '#schemas/plain-metadata'
import { arbitraryOf } from '#schemas/testing/arbitraries'
import { fc, prop } from '#testing/prop'

const encode = compileEncoder<Metadata>(Metadata)
const decode = compileDecoder<Metadata>(Metadata)
const decoded = (text: string): Metadata | undefined => {
  try {
    return decode(JSON.parse(text))
  } catch {
    return undefined
  }
}

const some = arbitraryOf(Metadata) as fc.Arbitrary<Metadata>
/** As apps write what follows from other events. */
const usual = fc.tuple(some, fc.constantFrom('risk-guard', 'gateway', 'api'), fc.boolean()).map(
  ([{ id, version, correlationId, occurredAt, nonce }, app, isCaused]): Metadata => ({
    id,
    type: 'OrderFilled',
    version: 1 + (version % 9),
    correlationId,
    actor: { app },
    occurredAt,
    nonce,
    ...(isCaused ? { causationId: id } : {}),
  }),
)

prop('what is usual is read, and as the codec reads it', usual, (metadata) => {
  expect(plainMetadata(encode(metadata))).toStrictEqual(decoded(encode(metadata)))
})
prop('whatever is read is what the codec reads', some, (metadata) => {
  const read = plainMetadata(encode(metadata))
  if (read !== undefined) expect(read).toStrictEqual(decoded(encode(metadata)))
})
prop(
  'a text with a character changed, left out or put in is read as the codec reads it, or not at all',
  fc.tuple(
    usual,
    fc.nat(),
    fc.constantFrom('"', '\\', '{', '}', ':', ',', '0', 'a', 'Z', '-', ' ', '\n'),
    fc.nat(2),
  ),
  ([metadata, where, character, how]) => {
    const text = encode(metadata)
    const at = where % text.length
    const put = how === 0 ? '' : character
    const changed = text.slice(0, at) + put + text.slice(how === 2 ? at : at + 1)
    const read = plainMetadata(changed)
    if (read !== undefined) expect(read).toStrictEqual(decoded(changed))
  },
)
test('a person, a key, a request or another order of names is left to the codec', () => {
  expect(plainMetadata('{}')).toBeUndefined()
  expect(plainMetadata('{"actor":{"app":"api","person":"ann"},')).toBeUndefined()
})
