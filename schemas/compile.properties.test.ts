import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { describe, expect, test } from 'vitest'
import { canonicalJson } from '#schemas/canonical-json'
import { compileDecoder, compileEventDecoder } from '#schemas/compile'
import { compileEncoder } from '#schemas/encode'
import { Metadata } from '#schemas/envelope'
import { facts } from '#schemas/events/ledger'
import { HubFrame } from '#schemas/market/tick'
import { arbitraryOf } from '#schemas/testing/arbitraries'
import { damaged } from '#schemas/testing/mutations'
import { Price } from '#schemas/values/decimal'
import { fc, prop } from '#testing/prop'

/** Shapes that no fact has today, so that the next one may. */
const Odd = t.strict(
  {
    either: t.union([t.strict({ a: Price }), t.strict({ b: t.number }), t.null]),
    literal: t.literal('here'),
    pair: t.tuple([t.string, Price]),
    table: t.record(t.string, t.strict({ price: Price })),
    refined: t.refinement(t.string, (text) => text.length < 10, 'Short'),
    lists: t.array(t.readonlyArray(t.boolean)),
  },
  'Odd',
)
const codecs: readonly t.Any[] = [...facts.map(({ data }) => data), Metadata, HubFrame, Odd]

/** What JSON.parse would give for it: the io-ts codecs are also asked about what JSON has no word for. */
const asJson = (value: unknown): unknown =>
  value === undefined ? null : JSON.parse(JSON.stringify(value))

describe.each(codecs.map((codec) => ({ name: codec.name, codec })))('$name', ({ codec }) => {
  const decode = compileDecoder(codec as t.Type<unknown>)
  const encode = compileEncoder(codec as t.Type<unknown>)
  const anyValue = arbitraryOf(codec as t.Type<unknown>)
  const anyEncoded = anyValue.map((value) => codec.encode(value) as unknown)

  prop('is written as canonical JSON of what the codec encodes', anyValue, (value) => {
    expect(encode(value)).toBe(canonicalJson(codec.encode(value), { stored: true }))
  })
  prop('is read back as it was', anyValue, (value) => {
    expect(decode(JSON.parse(encode(value)))).toStrictEqual(value)
  })
  prop(
    'is accepted and refused like by the codec, with the same value',
    fc.oneof(
      { weight: 4, arbitrary: damaged(anyEncoded) },
      { weight: 1, arbitrary: fc.jsonValue() },
    ),
    (input) => {
      const json = asJson(input)
      const decoded = codec.decode(json) as E.Either<unknown, unknown>
      expect(decode(json)).toStrictEqual(E.isRight(decoded) ? decoded.right : undefined)
    },
    { numRuns: 400 },
  )
  prop('is not written where it could not be read', damaged(anyValue), (value) => {
    const text = attempt(() => encode(value))
    if (text !== undefined) expect(decode(JSON.parse(text))).not.toBeUndefined()
  })
})

const attempt = <A>(make: () => A): A | undefined => {
  try {
    return make()
  } catch (error) {
    expect(error).toBeInstanceOf(TypeError)
    return undefined
  }
}

test('damage is sometimes harmless and sometimes not, or the laws above would say little', () => {
  const [codec] = codecs
  if (codec === undefined) throw new Error('there are no codecs')
  const encoded = arbitraryOf(codec as t.Type<unknown>).map(
    (value) => codec.encode(value) as unknown,
  )
  const verdicts = fc
    .sample(damaged(encoded), 300)
    .map((json) => codec.is(json) || E.isRight(codec.decode(json)))
  expect(verdicts.filter(Boolean).length).toBeGreaterThan(15)
  expect(verdicts.filter((verdict) => !verdict).length).toBeGreaterThan(100)
})

test('an event has its name first, and not from its data', () => {
  const decode = compileEventDecoder('Named', t.strict({ a: t.string }, 'Named'))
  expect(decode({ type: 'Other', a: 'x' })).toStrictEqual({ type: 'Named', a: 'x' })
})

test('a record that keeps unknown keys is not compiled', () => {
  expect(() => compileDecoder(t.type({ a: t.string }))).toThrow('make it exact')
  expect(() => compileDecoder(t.strict({ a: t.unknown }))).toThrow('cannot be compiled')
})
