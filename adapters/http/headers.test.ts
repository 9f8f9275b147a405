import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { Sha256 } from '#schemas/values/ids'
import { bearerOf, presentedKey, sameHash } from './bearer.ts'
import { waitSecondsOf } from './prefer.ts'

const secret = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNO_-'
const hash = (text: string) => createHash('sha256').update(text).digest('hex') as Sha256

describe('a bearer key', () => {
  test('is named by its public half and known by the hash of the whole', () => {
    const key = `dbk_0123abcd_${secret}`
    expect(presentedKey(key)).toStrictEqual({ keyId: '0123abcd', secretHash: hash(key) })
  })
  test.each([
    '',
    'dbk_0123abcd',
    `dbk_0123ABCD_${secret}`,
    `dbk_0123abcd_${secret}x`,
    `dbk_0123abcd_${secret}\n`,
    ` dbk_0123abcd_${secret}`,
  ])('that does not look like one is none: %j', (key) => {
    expect(presentedKey(key)).toBeUndefined()
  })
  test('stands behind the word Bearer, in any case', () => {
    expect(bearerOf('Bearer abc')).toBe('abc')
    expect(bearerOf('bearer  abc ')).toBe('abc')
    for (const wrong of [undefined, '', 'Bearer', 'Bearer ', 'Basic abc', 'abc', 'Bearer a b']) {
      expect(bearerOf(wrong)).toBeUndefined()
    }
  })
  test('is the same only with the same hash', () => {
    expect(sameHash(hash('a'), hash('a'))).toBe(true)
    expect(sameHash(hash('a'), hash('b'))).toBe(false)
    expect(sameHash(hash('a'), 'ab' as Sha256)).toBe(false)
  })
})

describe('a preference to wait', () => {
  test.each([
    ['wait=2', 2],
    ['wait=0', 0],
    ['wait="5"', 5],
    ['respond-async, wait = 10', 10],
    ['wait=3; foo=bar', 3],
    ['wait=31', 30],
    ['wait=99999', 30],
  ])('is read: %s', (header, seconds) => {
    expect(waitSecondsOf(header)).toBe(seconds)
  })
  test.each([undefined, '', 'wait', 'wait=', 'wait=-1', 'wait=soon', 'wait=1.5', 'awaiting=3'])(
    'that is none is ignored: %s',
    (header) => {
      expect(waitSecondsOf(header)).toBeUndefined()
    },
  )
})
