/** Anything that can happen at the paper venue, for as long as a day is to last. */
import { type Asked, bitcoin, start } from '#domain/testing/paper'
import { linear } from '#domain/testing/pit'
import { plusMs } from '#domain/values/instant'
import type { AccountId } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'
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
  { weight: 2, arbitrary: fc.constant({ is: 'pass' as const, seconds: 0 }) },
)
export type Happening =
  | (typeof anyHappening extends fc.Arbitrary<infer H> ? H : never)
  | { readonly is: 'pass'; readonly seconds: number }

/** Stops of both sides that are all reached while there is no market to take from, and then the quote they wait for. */
const anySilence: fc.Arbitrary<readonly Happening[]> = fc
  .record({
    stops: fc.array(fc.record({ side: anySide, quantity: anySize, reduceOnly: fc.boolean() }), {
      minLength: 2,
      maxLength: 6,
    }),
    account: anyAccount,
    isUpFirst: fc.boolean(),
  })
  .map(({ stops, account, isUpFirst }) => {
    const here = { symbol: linear, account }
    const print = (at: string) =>
      ({ is: 'trade', ...here, at, size: '0.1', aggressor: 'buy' }) as const
    const [first, then] = isUpFirst ? (['106', '94'] as const) : (['94', '106'] as const)
    return [
      print('100'),
      ...stops.map(({ side, ...rest }) => ({
        is: 'place' as const,
        asked: { ...here, side, stop: side === 'buy' ? '105' : '95', ...rest },
        endsIn: 0,
      })),
      { is: 'pass', seconds: 10 },
      print(first),
      print(then),
      { is: 'quote', symbol: linear, bid: 199, spread: 2 },
    ]
  })
const anyEvent: fc.Arbitrary<readonly Happening[]> = fc.oneof(
  { weight: 40, arbitrary: anyHappening.map((happening) => [happening]) },
  { weight: 1, arbitrary: anySilence },
)
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
  .array(anyEvent, { minLength: 1, maxLength: 110, size: 'max' })
  .map((day) => [...dawn, ...day.flat()])

/** Each with its time: a second after the one before it, and later where it is a silence. */
export const timed = (
  day: readonly Happening[],
  from: Instant = start,
): readonly (readonly [Happening, Instant])[] => {
  let at = from
  return day.map((happening) => {
    at = plusMs(at, 1_000 + (happening.is === 'pass' ? happening.seconds * 1_000 : 0))
    return [happening, at]
  })
}
