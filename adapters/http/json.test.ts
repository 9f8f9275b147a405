import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { fc, prop } from '#testing/prop'
import { parseJson } from './json.ts'

const parse = (text: string) => parseJson(new TextEncoder().encode(text))

describe('a body', () => {
  test('is read', () => {
    expect(parse('{"a":{"b":[1,"x:{"]},"c":"a"}')).toStrictEqual(
      E.right({ a: { b: [1, 'x:{'] }, c: 'a' }),
    )
  })
  test.each(['', '{', '{"a":1,}', "{'a':1}", '\uFEFF{}', 'NaN', '{"a":1}{}'])(
    'that is not JSON is refused: %j',
    (text) => {
      expect(parse(text)).toStrictEqual(E.left('The body is not JSON.'))
    },
  )
  test('that is not UTF-8 is refused', () => {
    expect(parseJson(Uint8Array.of(0x22, 0xff, 0x22))).toStrictEqual(
      E.left('The body is not UTF-8.'),
    )
  })
  test.each(['{"a":1,"a":2}', '{"b":[{"a":1, "\\u0061" : 2}]}', '{"a":{},"a":{}}'])(
    'with a repeated key is refused: %s',
    (text) => {
      expect(parse(text)).toStrictEqual(E.left('The body has the field "a" twice in one record.'))
    },
  )
  test('may have the same key in two records, and as a value', () => {
    expect(E.isRight(parse('[{"a":1},{"a":2},"a","a"]'))).toBe(true)
    expect(E.isRight(parse('{"a":"b","b":"a"}'))).toBe(true)
  })
  test('that is too deep is refused, however deep', () => {
    expect(E.isRight(parse('['.repeat(16) + ']'.repeat(16)))).toBe(true)
    expect(parse('['.repeat(17) + ']'.repeat(17))).toStrictEqual(
      E.left('The body has more than 16 levels of records and lists.'),
    )
    expect(E.isLeft(parse('['.repeat(32_000) + ']'.repeat(32_000)))).toBe(true)
  })
  test('cannot give its record another prototype', () => {
    const value = parse('{"__proto__":{"side":"buy"}}')
    expect(E.isRight(value) && Object.keys(value.right as object)).toStrictEqual(['__proto__'])
    expect(E.isRight(value) && (value.right as { side?: string }).side).toBeUndefined()
  })
})

prop('what JSON.stringify writes is read as it was', fc.jsonValue({ maxDepth: 8 }), (value) => {
  expect(parse(JSON.stringify(value))).toStrictEqual(E.right(JSON.parse(JSON.stringify(value))))
})

/** JSON with all the repetitions and the depth that its parts have, and whether any key is there twice in one record. */
interface Written {
  readonly text: string
  readonly depth: number
  readonly twice: boolean
}
const key = fc.constantFrom('a', 'b', 'c:', '"', '\\', '__proto__', '\u2028', '')
const space = fc.constantFrom('', ' ', '\n')
const { value: anyWritten } = fc.letrec<{ readonly value: Written }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'large', withCrossShrink: true },
    fc
      .oneof(fc.integer(), fc.boolean(), fc.string(), key, fc.constant('{"a":1,"a":[]}'))
      .map((leaf) => ({ text: JSON.stringify(leaf), depth: 0, twice: false })),
    fc.array(tie('value'), { maxLength: 3 }).map((items) => ({
      text: `[${items.map(({ text }) => text).join(',')}]`,
      depth: 1 + Math.max(0, ...items.map(({ depth }) => depth)),
      twice: items.some(({ twice }) => twice),
    })),
    fc.array(fc.tuple(key, space, tie('value')), { maxLength: 3 }).map((members) => ({
      text: `{${members.map(([name, gap, { text }]) => `${JSON.stringify(name)}${gap}:${text}`).join(',')}}`,
      depth: 1 + Math.max(0, ...members.map(([, , { depth }]) => depth)),
      twice:
        new Set(members.map(([name]) => name)).size < members.length ||
        members.some(([, , { twice }]) => twice),
    })),
  ),
}))
prop(
  'a text is refused where a key is repeated or it is too deep, and only there',
  fc.tuple(anyWritten, fc.integer({ min: 0, max: 17 })),
  ([written, more]) => {
    const text = '['.repeat(more) + written.text + ']'.repeat(more)
    const isWrong = written.twice || written.depth + more > 16
    const parsed = parse(text)
    expect(E.isLeft(parsed)).toBe(isWrong)
    if (!isWrong) expect(parsed).toStrictEqual(E.right(JSON.parse(text)))
  },
  { numRuns: 1_000 },
)
