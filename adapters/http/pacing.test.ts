import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { fc, prop } from '#testing/prop'
import type { KeyId, PersonId } from '#schemas/values/ids'
import { buckets, guarded, pacing, ratesOf } from './pacing.ts'
import type { Caller } from './route.ts'

describe('a bucket', () => {
  test('gives a burst, then so many a second', () => {
    const { take } = buckets({ perSecond: 10, burst: 3 })
    expect([1, 2, 3].map(() => take('a', 1_000).remaining)).toStrictEqual([2, 1, 0])
    expect(take('a', 1_000)).toStrictEqual({ waitMs: 100, remaining: 0 })
    expect(take('a', 1_050).waitMs).toBe(50)
    expect(take('a', 1_100)).toStrictEqual({ waitMs: 0, remaining: 0 })
    expect(take('a', 1_100).waitMs).toBe(100)
    expect([1, 2, 3].map(() => take('a', 9_000).waitMs)).toStrictEqual([0, 0, 0])
  })
  test('is everybody’s own', () => {
    const { take } = buckets({ perSecond: 1, burst: 1 })
    take('a', 0)
    const asked = [take('a', 0), take('b', 0), take('a', 1_000)]
    expect(asked.map(({ waitMs }) => waitMs)).toStrictEqual([1_000, 0, 0])
  })
  prop(
    'gives no more in any stretch of time than its burst and what has come in since, and no less to the patient',
    fc.tuple(
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 1, max: 20 }),
      fc.array(fc.nat(400), { minLength: 1, maxLength: 120 }),
    ),
    ([perSecond, burst, gaps]) => {
      const { take } = buckets({ perSecond, burst })
      let now = 0
      const given: number[] = []
      for (const gap of gaps) {
        now += gap
        const { waitMs } = take('a', now)
        if (waitMs === 0) given.push(now)
        // Whoever waits as long as he was told gets what he asked for.
        else if (waitMs < gap) expect(take('a', now + waitMs).waitMs).toBeLessThan(0.001)
        if (waitMs > 0 && waitMs < gap) {
          now += waitMs
          given.push(now)
        }
      }
      for (const [from, start] of given.entries()) {
        for (let to = from; to < given.length; to += 1) {
          const within = ((given[to] ?? 0) - start) / 1_000
          expect(to - from + 1).toBeLessThanOrEqual(burst + within * perSecond + 0.001)
        }
      }
    },
  )
})

const ann: Caller = { person: 'ann' as PersonId, keyId: 'aaaaaaaa' as KeyId, roles: [] }
const bob: Caller = { person: 'bob' as PersonId, keyId: 'bbbbbbbb' as KeyId, roles: [] }

describe('the pace of a key', () => {
  test('is its own, and its cancels have their own', () => {
    const paceOf = pacing(ratesOf(1), () => 0)
    expect(paceOf(ann, 'requests')?.headers).toStrictEqual({
      'ratelimit-policy': '"requests";q=2;w=2',
      ratelimit: '"requests";r=1',
    })
    expect(paceOf(ann, 'requests')?.fault).toBeUndefined()
    expect(paceOf(ann, 'requests')).toMatchObject({
      fault: { _tag: 'TooManyRequests', perSecond: 1, waitMs: 1_000 },
      headers: { ratelimit: '"requests";r=0;t=1' },
    })
    expect(paceOf(bob, 'requests')?.fault).toBeUndefined()
    expect(paceOf(ann, 'cancels')?.fault).toBeUndefined()
    for (let n = 0; n < 9; n += 1) expect(paceOf(ann, 'free')).toBeUndefined()
  })
  test('is not counted where nobody wants that', () => {
    expect(pacing(ratesOf(0), () => 0)(ann, 'requests')).toBeUndefined()
  })
})

describe('whoever tries keys', () => {
  const keys = {
    ann: `Bearer dbk_aaaaaaaa_${'A'.repeat(43)}`,
    bob: `Bearer dbk_bbbbbbbb_${'B'.repeat(43)}`,
  }
  const watched = () => {
    let now = 0
    const admit = guarded(
      (authorization) => {
        if (authorization === keys.ann) return E.right(ann)
        return authorization === keys.bob ? E.right(bob) : E.left({ _tag: 'KeyUnknown' })
      },
      { perSecond: 1, burst: 3 },
      () => now,
    )
    const tag = (authorization: string | undefined, address = 'here') => {
      const admitted = admit(authorization, address)
      return E.isLeft(admitted) ? admitted.left._tag : admitted.right.person
    }
    return { tag, pass: (ms: number) => (now += ms) }
  }
  test('is told only so fast, from that address, that they are wrong', () => {
    const { tag, pass } = watched()
    const guess = (n: number) => `Bearer dbk_bbbbbbbb_${String(n).padStart(43, '0')}`
    expect([1, 2, 3, 4].map((n) => tag(guess(n)))).toStrictEqual([
      'KeyUnknown',
      'KeyUnknown',
      'KeyUnknown',
      'TooManyKeysTried',
    ])
    expect(tag(undefined)).toBe('TooManyKeysTried')
    expect(tag(guess(5), 'elsewhere')).toBe('KeyUnknown')
    pass(1_000)
    expect([tag(guess(6)), tag(guess(7))]).toStrictEqual(['KeyUnknown', 'TooManyKeysTried'])
  })
  test('shuts nobody out who has a good key, seen at that address before or not', () => {
    const { tag, pass } = watched()
    expect(tag(keys.ann)).toBe('ann')
    for (let n = 0; n < 9; n += 1) tag(undefined)
    expect([tag(keys.ann), tag(keys.bob)]).toStrictEqual(['ann', 'bob'])
    // Nor does it make trying any faster.
    expect(tag(undefined)).toBe('TooManyKeysTried')
    pass(1_000)
    expect(tag(undefined)).toBe('KeyUnknown')
  })
})
