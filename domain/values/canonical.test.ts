import { describe, expect, test } from 'vitest'
import { canonicalPieces, canonicalText } from '#domain/values/canonical'

describe('the same data has the same text, in whatever order it was filled', () => {
  test.each([
    [
      { a: 1, b: 2n },
      { b: 2n, a: 1 },
    ],
    [
      new Map([
        ['a', 1],
        ['b', 2],
      ]),
      new Map([
        ['b', 2],
        ['a', 1],
      ]),
    ],
    [new Set(['x', 'y']), new Set(['y', 'x'])],
    [{ a: 1, gone: undefined }, { a: 1 }],
    [new Map([['m', new Set([2n, 1n])]]), new Map([['m', new Set([1n, 2n])]])],
  ])('%o', (a, b) => {
    expect(canonicalText(a)).toBe(canonicalText(b))
    for (const depth of [0, 1, 3])
      expect([...canonicalPieces(a, depth)].join('')).toBe([...canonicalPieces(b, depth)].join(''))
  })
})
test('other data has another text', () => {
  const all: readonly unknown[] = [
    1,
    1n,
    '1',
    '1n',
    null,
    undefined,
    true,
    [],
    {},
    new Map(),
    new Set(),
    [1, 2],
    [2, 1],
    ['1,2'],
    { a: 1 },
    { a: 1n },
    { a: '1' },
    { b: 1 },
    { a: 1, b: 1 },
    { a: { b: 1 } },
    { a: ['b', 1] },
    { 'a=1,b': 1 },
    new Map([['a', 1]]),
    new Map([['a', 2]]),
    new Map<unknown, unknown>([[1, 1]]),
    new Map<unknown, unknown>([['1', 1]]),
    new Set(['a']),
    new Set(['a', 'b']),
    new Set(['a,1:b']),
  ]
  expect(new Set(all.map(canonicalText)).size).toBe(all.length)
  for (const depth of [0, 1, 2])
    expect(new Set(all.map((each) => [...canonicalPieces(each, depth)].join(''))).size).toBe(
      all.length,
    )
})
