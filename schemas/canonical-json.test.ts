import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { canonicalJson, pointerOf, toCanonicalJson } from '#schemas/canonical-json'
import { fc, prop } from '#testing/prop'

const refused = (value: unknown, options = {}) => {
  const text = toCanonicalJson(value, options)
  return E.isLeft(text) ? text.left : text.right
}

describe('the examples of RFC 8785', () => {
  test('3.2.2: numbers, texts, literals', () => {
    const value: unknown = JSON.parse(String.raw`{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    }`)
    expect(canonicalJson(value)).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    )
  })
  test('3.2.3: names in the order of their UTF-16 code units', () => {
    const value: unknown = JSON.parse(String.raw`{
      "\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh",
      "1": "One", "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control",
      "\u00f6": "Latin Small Letter O With Diaeresis"
    }`)
    expect(canonicalJson(value)).toBe(
      `{"\\r":"Carriage Return","1":"One","\u0080":"Control","ö":"Latin Small Letter O With Diaeresis","€":"Euro Sign","😀":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}`,
    )
  })
  // RFC 8785, appendix B.
  test.each([
    [0, '0'],
    [-0, '0'],
    [5e-324, '5e-324'],
    [-5e-324, '-5e-324'],
    [1.7976931348623157e308, '1.7976931348623157e+308'],
    [9007199254740992, '9007199254740992'],
    [295147905179352830000, '295147905179352830000'],
    [9.999999999999997e22, '9.999999999999997e+22'],
    [1e23, '1e+23'],
    [333333333.3333332, '333333333.3333332'],
    [0.000001, '0.000001'],
    [1e-7, '1e-7'],
  ])('appendix B: %d', (number, text) => {
    expect(canonicalJson(number)).toBe(text)
  })
})

describe('refuses what is not JSON, and says where', () => {
  test.each([
    ['undefined', { a: undefined }, '/a', 'is undefined'],
    ['bigint', { a: [1n] }, '/a/0', 'is a bigint'],
    ['a function', { a: () => 1 }, '/a', 'is a function'],
    ['NaN', [Number.NaN], '/0', 'is NaN, which JSON has no number for'],
    [
      'what 1e400 is parsed to',
      JSON.parse('1e400'),
      '',
      'is Infinity, which JSON has no number for',
    ],
    ['half a character', { a: '\ud83d' }, '/a', 'holds half of a character (a lone surrogate)'],
    [
      'half a character in a name',
      { '\ude00': 1 },
      '/\ude00',
      'has half of a character in its name',
    ],
    ['a date', { 'a/b~c': new Date(0) }, '/a~1b~0c', 'is not a plain object'],
    ['a hole', { a: Array(1) }, '/a/0', 'is undefined'],
  ])('%s', (_, value, pointer, detail) => {
    expect(refused(value)).toStrictEqual({ pointer, detail })
    expect(() => canonicalJson(value)).toThrow(detail)
  })
  test('a name like an integer, where it is to be stored', () => {
    expect(refused({ 7: 'x' })).toBe('{"7":"x"}')
    expect(refused({ b: { 7: 'x' } }, { stored: true })).toMatchObject({ pointer: '/b/7' })
    expect(refused({ '07': 'x', '-7': 'y' }, { stored: true })).toBe('{"-7":"y","07":"x"}')
  })
  test('what is nested too deep, without falling off the stack', () => {
    const deep: unknown = JSON.parse('['.repeat(30_000) + ']'.repeat(30_000))
    expect(refused(deep)).toMatchObject({ detail: 'is nested deeper than 100 levels' })
  })
})

const anyJson = fc.jsonValue({ stringUnit: 'grapheme', depthSize: 'medium' })

/** Rebuilds every record with its keys the other way round. */
const turned = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(turned)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, item]) => [key, turned(item)]),
  )
}

prop('says the same value', anyJson, (value) => {
  expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)))
})
prop('says equal values in equal bytes', anyJson, (value) => {
  expect(canonicalJson(turned(value))).toBe(canonicalJson(value))
})
prop('changes nothing the second time', anyJson, (value) => {
  const once = canonicalJson(value)
  expect(canonicalJson(JSON.parse(once))).toBe(once)
})
prop('never throws at what JSON.parse gives', fc.json(), (text) => {
  expect(E.isRight(toCanonicalJson(JSON.parse(text)))).toBe(true)
})

test('a pointer escapes what it must', () => {
  expect(pointerOf([])).toBe('')
  expect(pointerOf(['a/b', 'm~n', '', '~1'])).toBe('/a~1b/m~0n//~01')
})
