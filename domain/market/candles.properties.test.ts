import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Price, Quantity } from '#schemas/values/decimal'
import type { Instant } from '#schemas/values/instant'
import { type Candle, candlesOf, type Print, secondsIn, startOf } from './candles.ts'

const seconds = fc.constantFrom(...Object.values(secondsIn))
/** Few times, so that they meet; around 1970, so that some lie before it. */
const anyPrint: fc.Arbitrary<Print> = fc.record({
  venueAt: fc
    .tuple(fc.integer({ min: -4, max: 40 }), fc.constantFrom(0, 1, 999_999))
    .map(([second, micro]) => (second * 1_000_000 + micro) as Instant),
  price: fc.bigInt({ min: 1n, max: 50n }).map((price) => price as Price),
  quantity: fc.bigInt({ min: 0n, max: 9n }).map((quantity) => quantity as Quantity),
})
const prints = fc.array(anyPrint, { maxLength: 60 })

/** Candle by candle, by looking through all trades for each figure. */
const naive = (length: number, all: readonly Print[]): readonly Candle[] => {
  const starts = [...new Set(all.map(({ venueAt }) => startOf(length, venueAt)))]
  return starts
    .toSorted((a, b) => a - b)
    .map((start) => {
      const mine = all
        .filter(({ venueAt }) => venueAt >= start && venueAt < start + length * 1_000_000)
        // The sort is stable: at one time the first heard stays first.
        .toSorted((a, b) => a.venueAt - b.venueAt)
      const prices = mine.map(({ price }) => price)
      const [first] = mine
      const last = mine.at(-1)
      if (first === undefined || last === undefined) throw new Error('a candle without a trade')
      return {
        start,
        firstAt: first.venueAt,
        lastAt: last.venueAt,
        open: first.price,
        high: prices.reduce((a, b) => (b > a ? b : a)),
        low: prices.reduce((a, b) => (b < a ? b : a)),
        close: last.price,
        volume: mine.reduce((sum, { quantity }) => sum + quantity, 0n) as Quantity,
        quoteVolume: mine.reduce((sum, { price, quantity }) => sum + price * quantity, 0n),
        trades: mine.length,
      } as Candle
    })
}

test('candles are what a look through all trades says', () => {
  fc.assert(
    fc.property(seconds, prints, (length, all) => {
      expect(candlesOf(length, all)).toStrictEqual(naive(length, all))
    }),
  )
})

test('no trade is lost or counted twice, whatever the interval', () => {
  fc.assert(
    fc.property(seconds, prints, (length, all) => {
      const candles = candlesOf(length, all)
      const sum = (of: (candle: Candle) => bigint) => candles.reduce((a, c) => a + of(c), 0n)
      expect(sum(({ trades }) => BigInt(trades))).toBe(BigInt(all.length))
      expect(sum(({ volume }) => volume)).toBe(all.reduce((a, { quantity }) => a + quantity, 0n))
      for (const { open, close, high, low } of candles) {
        expect(low <= open && open <= high && low <= close && close <= high).toBe(true)
      }
    }),
  )
})

test('the order in which trades at different times are heard changes nothing', () => {
  const atDifferentTimes = fc.uniqueArray(anyPrint, { selector: ({ venueAt }) => venueAt })
  const shuffled = atDifferentTimes.chain((all) =>
    fc.tuple(
      fc.constant(all),
      fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }),
    ),
  )
  fc.assert(
    fc.property(seconds, shuffled, (length, [all, other]) => {
      expect(candlesOf(length, other)).toStrictEqual(candlesOf(length, all))
    }),
  )
})
