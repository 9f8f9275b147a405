import { Ajv2020 } from 'ajv/dist/2020.js'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { describe, expect, test } from 'vitest'
import { PlaceOrder } from '#schemas/api/orders'
import { closed } from '#schemas/codec'
import { Metadata } from '#schemas/envelope'
import { facts } from '#schemas/events/ledger'
import { jsonSchema } from '#schemas/json-schema'
import { arbitraryOf } from '#schemas/testing/arbitraries'
import { Body } from '#schemas/testing/body'
import { damaged } from '#schemas/testing/mutations'
import { fc, prop } from '#testing/prop'

/** An instant by the language's own calendar, which the codec does not use. */
const isDateTime = (text: string): boolean => {
  const milliseconds = Date.parse(text.replace(/(\.[0-9]{3})[0-9]+Z$/, '$1Z'))
  if (Number.isNaN(milliseconds)) return false
  const date = new Date(milliseconds)
  const year = date.getUTCFullYear()
  return date.toISOString().slice(0, 19) === text.slice(0, 19) && year >= 1685 && year < 2255
}

const codecs: readonly t.Any[] = [Body, PlaceOrder, Metadata, ...facts.map(({ data }) => data)]

describe.each(codecs.map((codec) => ({ name: codec.name, codec })))(
  'the JSON Schema of $name',
  ({ codec }) => {
    const ajv = new Ajv2020({
      strict: true,
      strictTypes: false,
      strictTuples: false,
      formats: { 'date-time': isDateTime },
    })
    const validate = ajv.compile(jsonSchema(codec))
    const anyEncoded = arbitraryOf(codec as t.Type<unknown>).map(
      (value) => codec.encode(value) as unknown,
    )
    prop(
      'has the verdict of the codec',
      fc.oneof({ weight: 1, arbitrary: anyEncoded }, { weight: 4, arbitrary: damaged(anyEncoded) }),
      (value) => {
        const json: unknown = value === undefined ? null : JSON.parse(JSON.stringify(value))
        expect(validate(json)).toBe(E.isRight(codec.decode(json)))
      },
      { numRuns: 200 },
    )
  },
)

test('a codec that says nothing of itself has to be annotated', () => {
  const own = new t.Type<string>('Own', t.string.is, t.string.validate, t.identity)
  expect(() => jsonSchema(closed(t.type({ own })))).toThrow(
    'no JSON Schema for codec Own: annotate() it',
  )
})
