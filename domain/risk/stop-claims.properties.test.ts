import { expect } from 'vitest'
import {
  addStop,
  emptyStopBook,
  removeStop,
  type StopClaim,
  type StopPricing,
  worthOfStops,
} from '#domain/risk/stop-claims'
import { instrumentTerms, price, quantity, ratio, symbolOf } from '#domain/risk/testing/words'
import type { InstrumentTerms } from '#schemas/values/trading'
import { fc, prop } from '#testing/prop'

const one = 10n ** 18n
/** Spot, contracts of other sizes, some of which never come out even, and inverse ones. */
const instruments: readonly InstrumentTerms[] = [
  instrumentTerms(symbolOf('BTC/USDT')),
  instrumentTerms(symbolOf('BTC/USDT:USDT'), '0.01'),
  instrumentTerms(symbolOf('BTC/USDT:USDT'), '0.333333333333333333'),
  instrumentTerms(symbolOf('BTC/USD:BTC'), '100'),
]
const anyPrice = fc
  .tuple(fc.integer({ min: 90, max: 110 }), fc.constantFrom('', '.5', '.123456789012345678'))
  .map(([whole, part]) => price(`${String(whole)}${part}`))
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      does: fc.constant('add'),
      price: anyPrice,
      quantity: fc.constantFrom('1', '1', '2', '0.3', '0.000000000000000001', '7.77').map(quantity),
      market: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('remove'), which: fc.nat({ max: 30 }) }) },
  { weight: 4, arbitrary: fc.record({ does: fc.constant('mark'), price: anyPrice }) },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant('change'),
      instrument: fc.constantFrom(...instruments),
      collar: fc.constantFrom('0', '0.05', '0.013').map(ratio),
    }),
  },
)
const history = fc.record({
  instrument: fc.constantFrom(...instruments),
  steps: fc.array(step, { minLength: 5, maxLength: 40, size: 'max' }),
})

/** Ties to even; both are above 0. */
const divided = (a: bigint, b: bigint): bigint => {
  const rest = (a % b) * 2n
  return a / b + (rest > b || (rest === b && (a / b) % 2n === 1n) ? 1n : 0n)
}
const valueAt = ({ kind, contractSize }: InstrumentTerms, at: bigint, q: bigint): bigint =>
  kind === 'inverse' ? divided(q * contractSize * one, at) : divided(q * at * contractSize, one)
const naive = (claims: readonly StopClaim[], { instrument, mark, collar }: StopPricing) => {
  const each = claims.map(({ price: own, quantity: q, market }) => {
    const [low, high] = own < mark ? [own, mark] : [mark, own]
    const worth = valueAt(instrument, instrument.kind === 'inverse' ? low : high, q)
    const worst = market ? worth + divided(worth * collar, one) : worth
    return { beyond: worst - valueAt(instrument, mark, q), market: market ? worst : 0n }
  })
  return {
    beyond: each.reduce((all, { beyond }) => all + beyond, 0n),
    market: each.reduce((all, { market }) => all + market, 0n),
  }
}

prop(
  'stops are worth what one pass over them all adds up to, whatever the market has done',
  history,
  ({ instrument, steps }) => {
    const book = emptyStopBook()
    const open: StopClaim[] = []
    let pricing: StopPricing = { instrument, mark: price('100'), collar: ratio('0.05') }
    for (const each of steps) {
      if (each.does === 'add') {
        open.push(each)
        addStop(book, { ...each })
      } else if (each.does === 'remove') {
        const [gone] = open.splice(each.which, 1)
        if (gone !== undefined) removeStop(book, { ...gone })
      } else if (each.does === 'mark') pricing = { ...pricing, mark: each.price }
      else pricing = { ...pricing, instrument: each.instrument, collar: each.collar }
      // Not after each step: what came in between is to be caught up with.
      if (each.does === 'mark' || open.length % 3 === 0)
        expect(worthOfStops(book, pricing)).toStrictEqual(naive(open, pricing))
    }
    expect(worthOfStops(book, pricing)).toStrictEqual(naive(open, pricing))
    expect(book.claims.length).toBe(open.length)
    expect(book.markets).toBe(open.filter(({ market }) => market).length)
  },
  { numRuns: 1000 },
)
