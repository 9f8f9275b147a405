import * as E from 'fp-ts/lib/Either.js'
import { expect, test } from 'vitest'
import { faultsIn } from '#schemas/faults'
import { nearest } from '#schemas/nearest'
import { decodeRequest } from '#schemas/request'
import { arbitraryOf } from '#schemas/testing/arbitraries'
import { Body, validBody } from '#schemas/testing/body'
import { damaged } from '#schemas/testing/mutations'
import { fc, prop } from '#testing/prop'

const anyBody = arbitraryOf(Body).map((body) => Body.encode(body) as Record<string, unknown>)

prop('has faults where, and only where, the codec refuses', damaged(anyBody), (given) => {
  const body: unknown = given === undefined ? null : JSON.parse(JSON.stringify(given))
  const decoded = decodeRequest(Body, body)
  expect(E.isRight(decoded)).toBe(E.isRight(Body.decode(body)))
  if (E.isRight(decoded)) return expect(decoded).toStrictEqual(Body.decode(body))
  expect(decoded.left.length).toBeGreaterThan(0)
  for (const { pointer, detail } of decoded.left) {
    expect(pointer).toMatch(/^(\/([^/~]|~[01])*)*$/)
    expect(detail).toMatch(/\S[.?]$/)
  }
})

const anyWrong = fc.constantFrom<unknown>({ a: 1 }, [null], 7.5, '', 'no such thing\n')
prop(
  'names every field that is wrong, and no other',
  fc.tuple(
    anyBody,
    fc.dictionary(
      fc.constantFrom(
        ...Object.keys(validBody),
        'account',
        'expireAt',
        'postOnly',
        'count',
        'owner',
        'protection',
      ),
      anyWrong,
      { minKeys: 1 },
    ),
  ),
  ([body, wrong]) => {
    const named = faultsIn(Body, { ...body, ...wrong }).map(
      ({ pointer }) => pointer.split('/')[1] ?? '',
    )
    expect([...new Set(named)].toSorted()).toStrictEqual(Object.keys(wrong).toSorted())
  },
)

const names = ['symbol', 'side', 'quantity', 'limitPrice', 'timeInForce', 'clientTag', 'account']
prop(
  'one slip of the pen is understood',
  fc.tuple(
    fc.constantFrom(...names),
    fc.nat(),
    fc.constantFrom('drop', 'double', 'swap', 'case', 'snake'),
  ),
  ([name, place, slip]) => {
    const at = place % (name.length - 1)
    const [before, here, next, after] = [
      name.slice(0, at),
      name[at] ?? '',
      name[at + 1] ?? '',
      name.slice(at + 2),
    ]
    const misspelt = {
      drop: before + next + after,
      double: before + here + here + next + after,
      swap: before + next + here + after,
      case: name.toUpperCase(),
      snake: name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    }[slip]
    expect(nearest(misspelt, names)).toBe(name)
  },
)
test('what is far from everything is not guessed at', () => {
  expect(nearest('colour', names)).toBeUndefined()
  expect(nearest('', names)).toBeUndefined()
  expect(nearest('x'.repeat(60_000), names)).toBeUndefined()
})
