import * as E from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'
import { describe, expect, test } from 'vitest'
import * as accounts from '#schemas/api/accounts'
import * as books from '#schemas/api/books'
import * as control from '#schemas/api/control'
import * as holdings from '#schemas/api/holdings'
import * as keys from '#schemas/api/keys'
import * as market from '#schemas/api/market'
import * as orders from '#schemas/api/orders'
import * as pnl from '#schemas/api/pnl'
import * as risk from '#schemas/api/risk'
import { ClosedType } from '#schemas/codec'
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

const modules = [accounts, books, control, holdings, keys, market, orders, pnl, risk]
const requests = modules
  .flatMap((module) => Object.values(module) as readonly unknown[])
  .filter((each) => each instanceof ClosedType) as readonly t.Type<unknown, unknown, unknown>[]

test('there are requests of all kinds', () => {
  expect(requests.length).toBeGreaterThan(15)
})

describe.each(requests.map((codec) => ({ name: codec.name, codec })))('$name', ({ codec }) => {
  const anyRequest = arbitraryOf(codec).map((value) => codec.encode(value))
  prop(
    'is read as its codec reads it, and refused for what is wrong by it',
    fc.oneof(
      { weight: 2, arbitrary: anyRequest },
      { weight: 4, arbitrary: damaged(anyRequest) },
      { weight: 1, arbitrary: fc.jsonValue() },
    ),
    (given) => {
      const body: unknown = given === undefined ? null : JSON.parse(JSON.stringify(given))
      const faults = faultsIn(codec, body)
      expect(decodeRequest(codec, body)).toStrictEqual(
        faults.length === 0 ? codec.decode(body) : E.left(faults),
      )
    },
    { numRuns: 200 },
  )
})

test.each(['"__proto__":1', '"limits":{"__proto__":"1"}', '"constructor":"1"', '"toString":null'])(
  'a name that every record has is a field like any other: %s',
  (field) => {
    const text = JSON.stringify(validBody).replace('}', `,${field}}`)
    expect(E.isLeft(decodeRequest(Body, JSON.parse(text)))).toBe(true)
  },
)

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
