/** The best price of what stands in the market, against a plain list of everything in it. */
import { expect, test } from 'vitest'
import { type Market, restingSums, type Stand } from '#domain/risk/resting'
import { price, terms } from '#domain/risk/testing/words'
import { fc, prop } from '#testing/prop'

const stand: fc.Arbitrary<Stand> = fc.record({
  price: fc.oneof(
    { weight: 5, arbitrary: fc.integer({ min: 1, max: 9 }).map((n) => price(String(n))) },
    { weight: 1, arbitrary: fc.constant(undefined) },
  ),
  rests: fc.boolean(),
})
const sides = ['buy', 'sell'] as const
const step = fc.record({
  side: fc.constantFrom(...sides),
  stands: fc.array(stand, { maxLength: 2 }),
  removes: fc.option(fc.nat(), { nil: undefined }),
})

prop('is what a plain list says, whatever comes and goes', fc.array(step), (steps) => {
  const sums = restingSums()
  const there: { readonly market: Market; readonly stands: readonly Stand[] }[] = []
  for (const { side, stands, removes } of steps) {
    const market = terms({ side })
    if (removes === undefined || there.length === 0) {
      there.push({ market, stands })
      sums.add(market, stands)
    } else {
      const [gone] = there.splice(removes % there.length, 1)
      if (gone !== undefined) sums.remove(gone.market, gone.stands)
    }
    for (const asking of sides) {
      const against = there
        .filter(({ market: { side: other } }) => other !== asking)
        .flatMap((each) => each.stands)
      const best = (rests: boolean) =>
        against
          .filter((each) => each.rests === rests)
          .flatMap((each) => each.price ?? [])
          .toSorted((a, b) => Number(a - b))
          .at(asking === 'buy' ? 0 : -1)
      expect(sums.against(terms({ side: asking }))).toStrictEqual({
        resting: best(true),
        taking: best(false),
        hasMarket: against.some((each) => each.price === undefined),
      })
    }
  }
})

test('ten thousand prices come and go, and the best is found, in far less than a second', () => {
  const sums = restingSums()
  const market = terms({ side: 'sell' })
  const prices = Array.from({ length: 10_000 }, (_, n) => price(String(1 + ((n * 7919) % 10_000))))
  for (const each of prices) sums.add(market, [{ price: each, rests: true }])
  for (let n = 0; n < 10_000; n += 1)
    expect(sums.against(terms()).resting === price('1')).toBe(true)
  for (const each of prices) sums.remove(market, [{ price: each, rests: true }])
  expect(sums.against(terms())).toStrictEqual({
    resting: undefined,
    taking: undefined,
    hasMarket: false,
  })
})
