/** Anything that can happen at the paper venue, for as long as a day is to last. */
import { type Asked, bitcoin } from '#domain/testing/paper'
import { linear } from '#domain/testing/pit'
import type { AccountId } from '#schemas/values/ids'
import { fc } from '#testing/prop'

const anySymbol = fc.constantFrom(bitcoin, linear, linear)
const halves = (min: number, max: number) =>
  fc.integer({ min, max }).map((count) => String(count / 2))
const anyPrice = halves(194, 206)
const anySize = fc.integer({ min: 1, max: 30 }).map((tenths) => String(tenths / 10))
/** Some are larger than what is shown, and than what a limit allows. */
const anyOrdered = fc.oneof(
  { weight: 4, arbitrary: anySize },
  { weight: 1, arbitrary: fc.integer({ min: 500, max: 6_000 }).map(String) },
)
const anySide = fc.constantFrom('buy' as const, 'sell' as const)
const anyAccount = fc.constantFrom('main', 'main', 'other').map((id) => id as AccountId)
const waits = fc.constantFrom('gtc' as const, 'gtc' as const, 'gtd' as const)

/** What may only reduce is mostly against what the account holds at the beginning. */
const anyTerms = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      symbol: anySymbol,
      side: anySide,
      quantity: anyOrdered,
      account: anyAccount,
      reduceOnly: fc.constant(false),
    }),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({ quantity: anySize, account: anyAccount, against: fc.nat(9) })
      .map(({ account, quantity: size, against }) => {
        const isLong = (account === 'main') === against > 0
        return {
          symbol: against === 1 ? bitcoin : linear,
          side: isLong ? ('sell' as const) : ('buy' as const),
          quantity: size,
          account,
          reduceOnly: true,
        }
      }),
  },
)
/** On the side of the market where it waits; now and then on the other. */
const anyStop = (side: 'buy' | 'sell') =>
  fc.oneof(
    { weight: 6, arbitrary: side === 'buy' ? halves(200, 208) : halves(192, 200) },
    { weight: 1, arbitrary: anyPrice },
  )
const anyAsked: fc.Arbitrary<Asked> = anyTerms.chain((terms) => {
  const kind = <T extends object>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<Asked> =>
    arbitrary.map((more) => ({ ...terms, ...more }))
  const stop = anyStop(terms.side)
  return fc.oneof(
    kind(fc.record({ timeInForce: fc.constantFrom('ioc' as const, 'fok' as const) })),
    kind(
      fc.record({
        limit: anyPrice,
        timeInForce: fc.constantFrom(
          'gtc' as const,
          'gtd' as const,
          'ioc' as const,
          'fok' as const,
        ),
      }),
    ),
    kind(fc.record({ limit: anyPrice, timeInForce: waits, postOnly: fc.constant(true) })),
    kind(fc.record({ stop, timeInForce: waits })),
    kind(fc.record({ stop, limit: anyPrice, timeInForce: waits })),
  )
})
const anyHappening = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      is: fc.constant('place' as const),
      asked: anyAsked,
      endsIn: fc.integer({ min: 0, max: 12 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ is: fc.constant('cancel' as const), n: fc.nat(40) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      is: fc.constant('amend' as const),
      n: fc.nat(40),
      quantity: anyOrdered,
      limit: fc.option(anyPrice, { nil: undefined }),
      stop: fc.option(anyPrice, { nil: undefined }),
      // Mostly to something that fits its kind.
      fits: fc.constantFrom(true, true, true, false),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      is: fc.constant('trade' as const),
      symbol: anySymbol,
      at: anyPrice,
      size: anySize,
      aggressor: anySide,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      is: fc.constant('quote' as const),
      symbol: anySymbol,
      bid: fc.integer({ min: 195, max: 204 }),
      spread: fc.integer({ min: -1, max: 3 }),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ is: 'pass' as const }) },
)
export type Happening = typeof anyHappening extends fc.Arbitrary<infer H> ? H : never
/** A market in both symbols; one account is long, and the other short. */
const dawn: readonly Happening[] = [
  ...[bitcoin, linear].flatMap((symbol) => [
    { is: 'trade' as const, symbol, at: '100', size: '0.1', aggressor: 'buy' as const },
    { is: 'quote' as const, symbol, bid: 199, spread: 2 },
  ]),
  ...(['buy', 'sell'] as const).map((side) => ({
    is: 'place' as const,
    asked: {
      symbol: linear,
      side,
      quantity: '4',
      account: (side === 'buy' ? 'main' : 'other') as AccountId,
    },
    endsIn: 0,
  })),
]
export const anyDay = fc
  .array(anyHappening, { minLength: 1, maxLength: 120, size: 'max' })
  .map((day) => [...dawn, ...day])
