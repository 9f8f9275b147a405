import * as E from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'
import { describe, expect, test } from 'vitest'
import { arbitraryOf } from '#schemas/testing/values'
import { Count, Whole } from '#schemas/values/count'
import * as ids from '#schemas/values/ids'
import { fc, prop } from '#testing/prop'

const codecs = Object.entries(ids).map(([name, codec]) => ({
  name,
  codec: codec as unknown as t.Type<string, string, unknown>,
}))

describe.each(codecs)('$name', ({ codec }) => {
  prop('is read back as it was written, byte for byte', arbitraryOf(codec), (id) => {
    expect(codec.encode(id)).toBe(id)
    expect(codec.decode(codec.encode(id))).toStrictEqual(E.right(id))
  })
  prop(
    'is told by `is` as by `decode`',
    fc.oneof(fc.string(), fc.stringMatching(/^[a-z0-9_]{0,40}$/)),
    (text) => {
      expect(codec.is(text)).toBe(E.isRight(codec.decode(text)))
    },
  )
  prop(
    'holds no control character and no end of line',
    fc.tuple(arbitraryOf(codec), fc.constantFrom('\n', '\0', '\u007f', '\u0085')),
    ([id, control]) => {
      expect(codec.is(id + control)).toBe(false)
      expect(codec.is(control + id)).toBe(false)
    },
  )
  test.each(['', null, undefined, 1, true, {}, ['a']])('is not %j', (value) => {
    expect(E.isLeft(codec.decode(value))).toBe(true)
  })
})

describe('what an id looks like', () => {
  const right: readonly (readonly [keyof typeof ids, readonly string[], readonly string[]])[] = [
    [
      'OrderId',
      ['019b8d5e-6c00-7a3b-9f21-000000000001'],
      [
        '019B8D5E-6C00-7A3B-9F21-000000000001',
        '019b8d5e6c007a3b9f21000000000001',
        '{019b8d5e-6c00-7a3b-9f21-000000000001}',
      ],
    ],
    [
      'AccountId',
      ['main', '0', 'a'.repeat(32)],
      ['Main', '_main', 'a'.repeat(33), 'ma in', 'ma-in', 'ä'],
    ],
    [
      'MarketSymbol',
      ['BTC/USDT', 'BTC/USDT:USDT', 'BTC/USD:BTC', '1INCH/USDT'],
      [
        'BTCUSDT',
        'btc/usdt',
        'BTC/',
        '/USDT',
        'BTC/USDT:',
        'BTC/USDT:USDT:USDT',
        'BTC-USDT',
        `${'A'.repeat(21)}/B`,
      ],
    ],
    ['Currency', ['USDT', '1INCH'], ['usdt', 'US DT', 'A'.repeat(21)]],
    ['KeyId', ['abcd1234'], ['abcd123', 'abcd12345', 'ABCD1234']],
    [
      'ClientOrderId',
      ['019b8d5e6c007a3b9f21000000000001'],
      ['019b8d5e-6c00-7a3b-9f21-000000000001'],
    ],
    ['Sha256', ['a'.repeat(64)], ['A'.repeat(64), 'a'.repeat(63), 'g'.repeat(64)]],
    ['IdempotencyKey', [' ', '~'.repeat(255), '{"a":1}'], ['~'.repeat(256), 'ä']],
    [
      'Line',
      ['Grüße, 世界 😀', '😀'.repeat(500), '"\\'],
      ['a\nb', 'a\u2028b', 'a\u2029', '😀'.repeat(501), '\ud83d'],
    ],
    ['Code', ['killSwitch', 'a1'], ['KillSwitch', 'kill-switch', '1a', 'a'.repeat(65)]],
    ['VenueOrderId', ['12:34/56', '~'.repeat(64)], ['12 34', '~'.repeat(65), 'ü']],
  ]
  test.each(right)('%s', (name, taken, refused) => {
    const codec = codecs.find((one) => one.name === name)?.codec
    expect(taken.filter((text) => codec?.is(text) !== true)).toStrictEqual([])
    expect(refused.filter((text) => codec?.is(text) !== false)).toStrictEqual([])
  })
})

describe('counts', () => {
  prop('a count is read back as it was written', arbitraryOf(Count), (count) => {
    expect(Count.decode(Count.encode(count))).toStrictEqual(E.right(count))
  })
  prop('a whole number is read back as it was written', arbitraryOf(Whole), (whole) => {
    expect(Whole.decode(Whole.encode(whole))).toStrictEqual(E.right(whole))
  })
  test.each([-1, 0.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY, '1', null])(
    '%s is no count',
    (value) => {
      expect(E.isLeft(Count.decode(value))).toBe(true)
    },
  )
  test.each(['', '-1', '01', '1.0', '1e3', '10000000000000000000', 1, 1n, null])(
    '%s is no whole number in a string',
    (value) => {
      expect(E.isLeft(Whole.decode(value))).toBe(true)
    },
  )
  test('a position as large as PostgreSQL has them', () => {
    expect(Whole.decode('9223372036854775807')).toStrictEqual(E.right(2n ** 63n - 1n))
  })
})
