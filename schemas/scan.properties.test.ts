import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import * as t from 'io-ts'
import { toCanonicalJson } from '#schemas/canonical-json'
import type { Cursor, Scan } from '#schemas/bytes'
import { compileDecoder } from '#schemas/compile'
import { compileEncoder } from '#schemas/encode'
import { Metadata } from '#schemas/envelope'
import { facts } from '#schemas/events/ledger'
import { compileEventScanner, compileScanner } from '#schemas/scan'
import { arbitraryOf } from '#schemas/testing/arbitraries'
import { sampleOf } from '#schemas/testing/golden'
import { damaged, hostileTexts } from '#schemas/testing/mutations'
import { Count, Whole } from '#schemas/values/count'
import * as decimals from '#schemas/values/decimal'
import * as ids from '#schemas/values/ids'
import { Instant } from '#schemas/values/instant'
import { fc, prop } from '#testing/prop'

const cursorOver = (text: string): Cursor => {
  const bytes = Buffer.from(text, 'utf8')
  return { bytes, at: 0, cut: (from, to) => bytes.toString('latin1', from, to) }
}
/** What is read of the whole text; undefined where something is left over. */
const scanned = <A>(scan: Scan<A>, text: string): A | undefined => {
  const cursor = cursorOver(text)
  const value = scan(cursor)
  return value !== undefined && cursor.at === cursor.bytes.length ? value : undefined
}
const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Shapes that no fact has today, so that the next one may. */
const Odd = t.exact(
  t.intersection([
    t.type({ middle: decimals.Price, nested: t.strict({ a: t.boolean }) }),
    t.partial({ first: t.string, last: Count, lists: t.array(t.readonlyArray(t.boolean)) }),
  ]),
  'Odd',
)
const Choices = t.exact(
  t.partial({ b: t.string, a: Count, c: t.tuple([t.boolean, t.string]), d: t.strict({}) }),
  'Choices',
)
const Wide = t.strict(
  {
    either: t.union([t.strict({ a: decimals.Price }), t.strict({ b: t.number }), t.null]),
    literal: t.literal('here'),
    table: t.record(t.string, decimals.Price),
    short: t.refinement(t.string, (text) => text.length < 10, 'Short'),
  },
  'Wide',
)
const records: readonly t.Any[] = [
  ...facts.map(({ data }) => data),
  Metadata,
  Odd,
  Choices,
  Wide,
  t.strict({ short: t.refinement(t.string, (text) => text.length < 10, 'Short') }, 'Short'),
]

/** Characters that mean something in JSON, digits that are none, and halves of characters. */
const letters = [...Array.from('"\\{}[]:,09aFZT-+.e \n\u0000\u0001\u007f\u0080ı٣０😀'), '\ud800']
const mutated = (text: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .tuple(text, fc.nat(), fc.constantFrom(...letters), fc.constantFrom('out', 'in', 'instead'))
    .map(([whole, where, letter, how]) => {
      const at = where % (whole.length + 1)
      return (
        whole.slice(0, at) + (how === 'out' ? '' : letter) + whole.slice(how === 'in' ? at : at + 1)
      )
    })

describe.each(records.map((codec) => ({ name: codec.name, codec: codec as t.Type<unknown> })))(
  '$name',
  ({ codec }) => {
    const [decode, scan, encode] = [
      compileDecoder(codec),
      compileScanner(codec),
      compileEncoder(codec),
    ]
    const anyValue = arbitraryOf(codec)
    const anyText = anyValue.map(encode)
    const agrees = (text: string): void => {
      const value = scanned(scan, text)
      // What the text is once it has been bytes: halves of characters are none any more.
      const json = parsed(Buffer.from(text, 'utf8').toString('utf8'))
      if (value !== undefined) expect(value).toStrictEqual(decode(json))
    }
    prop('what we wrote is read as by the codec, or not at all', anyText, agrees)
    prop(
      'what is damaged is read as by the codec, or not at all',
      damaged(anyValue.map((value) => codec.encode(value))).map(
        (json) => JSON.stringify(json) ?? 'null',
      ),
      agrees,
      { numRuns: 300 },
    )
    prop(
      'and so is what is damaged and written in order',
      damaged(anyValue.map((value) => codec.encode(value)))
        .map((json) => toCanonicalJson(parsed(JSON.stringify(json) ?? 'null')))
        .map((json) => (E.isRight(json) ? json.right : 'null')),
      agrees,
      { numRuns: 300 },
    )
    prop('and a text with one character changed', mutated(anyText), agrees, { numRuns: 300 })
    prop(
      'a text that ends too early is not read',
      fc.tuple(anyText, fc.nat()).map(([text, at]) => text.slice(0, at % text.length)),
      (text) => expect(scanned(scan, text)).toBeUndefined(),
    )
  },
)

const leaves: readonly t.Any[] = [
  ...Object.values(decimals).filter((one) => one instanceof t.Type),
  ...Object.values(ids),
  Instant,
  Count,
  Whole,
]
describe.each(leaves.map((codec) => ({ name: codec.name, codec: codec as t.Type<unknown> })))(
  '$name',
  ({ codec }) => {
    const [decode, scan] = [compileDecoder(codec), compileScanner(codec)]
    const values = arbitraryOf(codec).map((value) => JSON.stringify(codec.encode(value)))
    const anyText = fc.oneof(
      values,
      mutated(values),
      fc.constantFrom(...hostileTexts).map((text) => JSON.stringify(text)),
      fc.constantFrom(...hostileTexts),
      fc.string().map((text) => `"${text}"`),
    )
    prop(
      'is read as by the codec, or not at all, also where it was read before',
      fc.array(anyText, { minLength: 1, maxLength: 8 }),
      (texts) => {
        for (const text of [...texts, ...texts]) {
          const value = scanned(scan, text)
          const json = parsed(Buffer.from(text, 'utf8').toString('utf8'))
          if (value !== undefined) expect(value).toStrictEqual(decode(json))
        }
      },
      { numRuns: 500 },
    )
  },
)

test('every fact is read in place but those that hold a table by name', () => {
  const left = facts.filter((fact) => {
    const { event } = sampleOf(fact, 'whole')
    const text = compileEncoder(fact.data as t.Type<unknown>)(event).replaceAll(/\\.|[^ -~]/gu, 'x')
    return scanned(compileEventScanner(fact.type, fact.data as t.Type<object>), text) === undefined
  })
  expect(left.map(({ type }) => type)).toStrictEqual([
    'BookOpened',
    'RiskLimitsSet',
    'RiskLimitsProposed',
  ])
})
