import { describe, expect, test } from 'vitest'
import {
  abs,
  addAmount,
  addQuantity,
  amountFromQuantity,
  amountOf,
  contractPriceHalfEven,
  divideHalfEven,
  inverseAmountHalfEven,
  inversePriceHalfEven,
  larger,
  lessQuantity,
  negateAmount,
  priceHalfEven,
  quantityHalfEven,
  ratioHalfEven,
  scaleHalfEven,
  shareHalfEven,
  signed,
  smaller,
  unscaleHalfEven,
} from '#domain/values/decimal'
import { arbitraryOf } from '#schemas/testing/values'
import {
  Amount,
  formatDecimal,
  parseDecimal,
  Price,
  Quantity,
  type Ratio,
  SignedQuantity,
} from '#schemas/values/decimal'
import { fc, prop } from '#testing/prop'

const anyWhole = fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n })
const anySmall = fc.bigInt({ min: -60n, max: 60n })
const anyPair = fc.oneof(fc.tuple(anySmall, anySmall), fc.tuple(anyWhole, anyWhole))
const anyFraction = anyPair.filter(([, denominator]) => denominator !== 0n)

/** By the definition of rounding: the nearest whole of three that must hold it, the even one of two as near. */
const nearest = (numerator: bigint, denominator: bigint): bigint => {
  const distance = (whole: bigint) => abs(whole * denominator - numerator)
  const about = numerator / denominator
  return [about - 1n, about, about + 1n].reduce((best, whole) => {
    if (distance(whole) !== distance(best)) return distance(whole) < distance(best) ? whole : best
    return whole % 2n === 0n ? whole : best
  })
}

describe('divideHalfEven', () => {
  prop('is the nearest whole, and of two as near the even one', anyFraction, ([n, d]) => {
    expect(divideHalfEven(n, d)).toBe(nearest(n, d))
  })
  prop('is off by at most a half', anyFraction, ([n, d]) => {
    expect(abs(divideHalfEven(n, d) * d - n) * 2n).toBeLessThanOrEqual(abs(d))
  })
  prop('mirrors', anyFraction, ([n, d]) => {
    expect(divideHalfEven(-n, d)).toBe(-divideHalfEven(n, d))
    expect(divideHalfEven(n, -d)).toBe(-divideHalfEven(n, d))
  })
  prop(
    'never falls when what is divided rises',
    fc.tuple(anyWhole, anyWhole, anyWhole),
    ([a, b, d]) => {
      const denominator = abs(d) + 1n
      expect(divideHalfEven(smaller(a, b), denominator)).toBeLessThanOrEqual(
        divideHalfEven(larger(a, b), denominator),
      )
    },
  )
  test.each<[bigint, bigint, bigint]>([
    [1n, 2n, 0n],
    [3n, 2n, 2n],
    [5n, 2n, 2n],
    [-1n, 2n, 0n],
    [-3n, 2n, -2n],
    [-5n, 2n, -2n],
    [7n, 3n, 2n],
    [8n, 3n, 3n],
    [0n, -7n, 0n],
  ])('%d ÷ %d is %d', (n, d, whole) => {
    expect(divideHalfEven(n, d)).toBe(whole)
  })
})

const of = <A extends bigint>(text: string, places: number): A => {
  const parsed = parseDecimal(text, places, 60)
  if (parsed._tag === 'Left') throw new Error(`not a decimal: ${text}`)
  return parsed.right as A
}
const price = (text: string) => of<Price>(text, 18)
const quantity = (text: string) => of<Quantity>(text, 18)
const ratio = (text: string) => of<Ratio>(text, 18)
const amount = (text: string) => of<Amount>(text, 36)

/** Each in the figures of a person, so that a lost or doubled factor of 10^18 shows. */
describe('units', () => {
  const inAmount = (value: bigint) => formatDecimal(value, 36)
  const inPrice = (value: bigint) => formatDecimal(value, 18)
  test('price × quantity', () => {
    expect(inAmount(amountOf(price('64000.5'), quantity('0.25')))).toBe('16000.125')
    expect(
      inAmount(
        amountOf(price('0.000000000000000001'), signed('sell', quantity('0.000000000000000001'))),
      ),
    ).toBe('-0.000000000000000000000000000000000001')
  })
  test('amount × ratio and ÷ ratio', () => {
    expect(inAmount(scaleHalfEven(amount('16000'), ratio('0.0006')))).toBe('9.6')
    expect(inAmount(unscaleHalfEven(amount('9.6'), ratio('0.0006')))).toBe('16000')
    expect(inAmount(unscaleHalfEven(amount('10'), ratio('3')))).toBe(`3.${'3'.repeat(36)}`)
  })
  test('a share of an amount', () => {
    expect(inAmount(shareHalfEven(amount('100'), quantity('1'), quantity('3')))).toBe(
      `33.${'3'.repeat(36)}`,
    )
  })
  test('amount ÷ quantity is a price', () => {
    expect(inPrice(priceHalfEven(amount('16000.125'), quantity('0.25')))).toBe('64000.5')
    expect(inPrice(priceHalfEven(amount('2'), quantity('3')))).toBe('0.666666666666666667')
  })
  test('a ÷ b is a ratio', () => {
    expect(inPrice(ratioHalfEven(amount('1'), amount('8')))).toBe('0.125')
    expect(inPrice(ratioHalfEven(price('70000'), price('64000')))).toBe('1.09375')
  })
  test('contracts, linear and inverse', () => {
    const size = quantity('100')
    expect(inAmount(inverseAmountHalfEven(quantity('5'), size, price('50000')))).toBe('0.01')
    expect(inPrice(inversePriceHalfEven(quantity('5'), size, amount('0.01')))).toBe('50000')
    expect(inPrice(contractPriceHalfEven(amount('640'), quantity('1'), quantity('0.01')))).toBe(
      '64000',
    )
  })
  test('an amount of a currency as a quantity of it', () => {
    expect(inPrice(quantityHalfEven(amount('0.0005')))).toBe('0.0005')
    expect(inAmount(amountFromQuantity(quantity('0.0005')))).toBe('0.0005')
  })
})

const anyPrice = arbitraryOf(Price)
const anyQuantity = arbitraryOf(Quantity)
const anyAmount = arbitraryOf(Amount)

prop('what was multiplied is divided again exactly', fc.tuple(anyPrice, anyQuantity), ([p, q]) => {
  if (q > 0n) expect(priceHalfEven(amountOf(p, q), q)).toBe(p)
})
prop(
  'price × quantity of anything allowed is an amount allowed',
  fc.tuple(anyPrice, anyQuantity),
  ([p, q]) => {
    expect(Amount.is(amountOf(p, q))).toBe(true)
    expect(Amount.is(amountOf(p, signed('sell', q)))).toBe(true)
  },
)
prop(
  'an amount shared out adds up to within one last digit for each part',
  fc.tuple(anyAmount, fc.array(anyQuantity, { minLength: 1, maxLength: 8 })),
  ([whole, parts]) => {
    const sum = parts.reduce<bigint>((a, b) => a + b, 0n)
    if (sum === 0n) return
    const shared = parts.reduce<bigint>(
      (total, part) => total + shareHalfEven(whole, part, sum),
      0n,
    )
    expect(abs(shared - whole)).toBeLessThanOrEqual(BigInt(parts.length))
  },
)
prop('a side mirrors', anyQuantity, (q) => {
  expect(signed('buy', q) + signed('sell', q)).toBe(0n)
  expect(SignedQuantity.is(signed('sell', q))).toBe(true)
})
prop(
  'what is taken away is never more than there is',
  fc.tuple(anyQuantity, anyQuantity),
  ([a, b]) => {
    expect(Quantity.is(lessQuantity(a, b))).toBe(true)
    if (a >= b) expect(addQuantity(lessQuantity(a, b), b)).toBe(a)
  },
)
prop('an amount and its negation are nothing', anyAmount, (a) => {
  expect(addAmount(a, negateAmount(a))).toBe(0n)
})
