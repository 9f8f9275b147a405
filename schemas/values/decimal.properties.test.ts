import * as E from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'
import { describe, expect, test } from 'vitest'
import { arbitraryOf } from '#schemas/testing/values'
import {
  Amount,
  formatDecimal,
  parseDecimal,
  PositiveAmount,
  PositiveQuantity,
  PositiveRatio,
  Price,
  Quantity,
  Ratio,
  SignedQuantity,
} from '#schemas/values/decimal'
import { fc, prop } from '#testing/prop'

interface Kind {
  readonly codec: t.Type<bigint, string, unknown>
  readonly places: number
  readonly digits: number
}
/** Without its brand. */
const plain = (codec: t.Any): Kind['codec'] => codec as unknown as Kind['codec']
const eighteen = { places: 18, digits: 20 }
const kinds = [
  { name: 'Price', codec: plain(Price), ...eighteen },
  { name: 'Quantity', codec: plain(Quantity), ...eighteen },
  { name: 'SignedQuantity', codec: plain(SignedQuantity), ...eighteen },
  { name: 'Ratio', codec: plain(Ratio), ...eighteen },
  { name: 'Amount', codec: plain(Amount), places: 36, digits: 40 },
  { name: 'PositiveQuantity', codec: plain(PositiveQuantity), ...eighteen },
  { name: 'PositiveRatio', codec: plain(PositiveRatio), ...eighteen },
  { name: 'PositiveAmount', codec: plain(PositiveAmount), places: 36, digits: 40 },
]
const accepts = (codec: Kind['codec'], text: unknown): boolean => E.isRight(codec.decode(text))

describe.each(kinds)('$name', ({ codec, places, digits }) => {
  const anyValue = arbitraryOf(codec)

  prop('is read back as it was written', anyValue, (value) => {
    expect(codec.decode(codec.encode(value))).toStrictEqual(E.right(value))
  })
  prop('is written in the shortest way, without exponent', anyValue, (value) => {
    const text = codec.encode(value)
    expect(text).toMatch(/^-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?$/)
    expect(text).not.toBe('-0')
  })
  prop(
    'is written the same way, however it was said',
    fc.tuple(anyValue, fc.nat(5)),
    ([value, zeros]) => {
      const text = codec.encode(value)
      const longer = (text.includes('.') ? text : `${text}.0`) + '0'.repeat(zeros)
      const decoded = codec.decode(longer)
      expect(E.isRight(decoded) && codec.encode(decoded.right)).toBe(text)
    },
  )
  test('has as many digits as it may have, and not one more', () => {
    const nines = `${'9'.repeat(digits)}.${'9'.repeat(places)}`
    expect(codec.decode(nines)).toStrictEqual(E.right(10n ** BigInt(digits + places) - 1n))
    expect(accepts(codec, `9${nines}`)).toBe(false)
    expect(accepts(codec, `${nines}9`)).toBe(false)
    expect(accepts(codec, `${nines}0`)).toBe(true)
    expect(codec.is(10n ** BigInt(digits + places))).toBe(false)
    expect(codec.is(-(10n ** BigInt(digits + places)))).toBe(false)
  })
  test('has its smallest step at its last place', () => {
    expect(codec.decode(`0.${'0'.repeat(places - 1)}1`)).toStrictEqual(E.right(1n))
  })
  test.each([
    '',
    ' ',
    '1e5',
    '1E5',
    '+1',
    '.5',
    '5.',
    '01',
    '-01',
    '--1',
    '1,5',
    '1_000',
    ' 1',
    '1 ',
    '1\n',
    'NaN',
    'Infinity',
    '-Infinity',
    '0x10',
    '1n',
    '٣',
    '１',
    '½',
    '1.',
    '1..2',
    '1.2.3',
    '−1',
    'null',
  ])('is not %j', (text) => {
    expect(accepts(codec, text)).toBe(false)
  })
  test.each([1, 1.5, 0, Number.NaN, null, undefined, true, 1n, [], ['1'], {}])(
    'is not %s',
    (value) => {
      expect(accepts(codec, value)).toBe(false)
    },
  )
})

describe('what may be 0 or below', () => {
  test.each<[string, Kind['codec'], boolean, boolean]>([
    ['Price', plain(Price), false, false],
    ['Quantity', plain(Quantity), true, false],
    ['SignedQuantity', plain(SignedQuantity), true, true],
    ['Amount', plain(Amount), true, true],
    ['Ratio', plain(Ratio), true, true],
  ])('%s', (_, codec, zero, below) => {
    expect([accepts(codec, '0'), accepts(codec, '0.000'), codec.is(0n)]).toStrictEqual([
      zero,
      zero,
      zero,
    ])
    expect([accepts(codec, '-1'), codec.is(-1n)]).toStrictEqual([below, below])
    // A venue may say minus zero; it is zero.
    expect(accepts(codec, '-0.0')).toBe(zero)
  })
})

// By the language's own arithmetic, digit by digit.
const anyDigits = fc.tuple(
  fc.boolean(),
  // Around 2^53 a number would no longer do.
  fc.oneof(
    fc.bigInt({ min: 0n, max: 10n ** 20n - 1n }),
    fc.bigInt({ min: 10n ** 13n, max: 10n ** 18n }),
  ),
  fc.stringMatching(/^[0-9]{0,18}$/),
)
prop('a decimal is its digits', anyDigits, ([negative, whole, fraction]) => {
  const text = `${negative ? '-' : ''}${whole.toString()}${fraction === '' ? '' : `.${fraction}`}`
  const naive = fraction
    .padEnd(18, '0')
    .split('')
    .reduce((sum, digit) => sum * 10n + BigInt(digit), whole)
  expect(parseDecimal(text, 18)).toStrictEqual(E.right(negative ? 0n - naive : naive))
})
prop(
  'and its digits are the decimal',
  fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }),
  (value) => {
    const text = formatDecimal(value, 18)
    const [whole = '', fraction = ''] = text.replace('-', '').split('.')
    const magnitude = BigInt(whole) * 10n ** 18n + BigInt(fraction.padEnd(18, '0'))
    expect(text.startsWith('-') ? 0n - magnitude : magnitude).toBe(value)
  },
)
prop(
  'and the shortest that says it, at any scale',
  fc.tuple(
    fc.oneof(
      fc.bigInt({ min: -(10n ** 80n), max: 10n ** 80n }),
      fc
        .tuple(fc.bigInt({ min: -999n, max: 999n }), fc.nat({ max: 60 }))
        .map(([value, zeros]) => value * 10n ** BigInt(zeros)),
    ),
    fc.nat({ max: 40 }),
  ),
  ([value, places]) => {
    const digits = String(value < 0n ? -value : value).padStart(places + 1, '0')
    const whole = digits.slice(0, digits.length - places)
    const fraction = digits.slice(digits.length - places).replace(/0+$/, '')
    const shortest = fraction === '' ? whole : `${whole}.${fraction}`
    expect(formatDecimal(value, places)).toBe(value < 0n ? `-${shortest}` : shortest)
  },
)
test('a fault is told by its kind', () => {
  expect(parseDecimal('1e5', 18)).toStrictEqual(E.left('notDecimal'))
  expect(parseDecimal('x'.repeat(1000), 18)).toStrictEqual(E.left('notDecimal'))
  expect(parseDecimal('1'.repeat(21), 18)).toStrictEqual(E.left('tooManyDigits'))
  expect(parseDecimal('1'.repeat(60_000), 18)).toStrictEqual(E.left('tooManyDigits'))
  expect(parseDecimal('1'.repeat(21), 18, 40)).toStrictEqual(
    E.right(BigInt('1'.repeat(21)) * 10n ** 18n),
  )
})
