/** What may be done next in a generated history, and limits that are tight enough to matter. */
import { amendStep, type AmendStep } from '#domain/risk/testing/amending'
import type { VenueStep } from '#domain/risk/testing/venue'
import { amount, quantity, ratio } from '#domain/risk/testing/words'
import type { BookControl, Limits, OrderType } from '#schemas/values/trading'
import { fc } from '#testing/prop'

export type Step =
  | {
      readonly does: 'ask'
      readonly who: number
      readonly what: number
      readonly side: 'buy' | 'sell'
      readonly lots: number
      readonly type: OrderType
      /** The limit, and the stop price, in per cent off the first price. */
      readonly off: number
      readonly stop: number
      readonly kind: 'plain' | 'postOnly' | 'fok' | 'gtd'
      readonly lives: number
      /** How far it goes on at once: decided, sent, acknowledged, filled in part. */
      readonly then: number
    }
  /** Against what was filled last, perhaps more than that. */
  | { readonly does: 'exit'; readonly fifths: number; readonly only: boolean }
  | { readonly does: 'tick'; readonly what: number; readonly off: number }
  | { readonly does: 'wait'; readonly ms: number }
  | { readonly does: 'read'; readonly guard: number; readonly events: number }
  | { readonly does: 'decide'; readonly guard: number; readonly readsFirst: boolean }
  | ({ readonly does: 'venue' } & VenueStep)
  | ({ readonly does: 'amend' } & AmendStep)
  | {
      readonly does: 'foreign'
      readonly who: number
      readonly what: number
      readonly side: 'buy' | 'sell'
      readonly lots: number
      readonly inKind: boolean
    }
  | { readonly does: 'deposit'; readonly who: number; readonly coins: boolean }
  | { readonly does: 'withdraw'; readonly who: number; readonly coins: boolean }
  | { readonly does: 'fund'; readonly who: number; readonly pays: boolean; readonly coins: boolean }
  /** The venue goes away, comes back, is asked for everything, or has what nobody can explain. */
  | {
      readonly does: 'tell'
      readonly who: number
      readonly what: 'away' | 'back' | 'all' | 'break'
    }
  | { readonly does: 'propose'; readonly which: number; readonly by: number }
  /** Of the kill switches that were ever engaged: the first, the second, the third, or all. */
  | {
      readonly does: 'release'
      readonly which: number
      readonly stranger: boolean
      readonly by: number
    }
  | {
      readonly does: 'engage'
      readonly n: number
      readonly halt: boolean
      readonly scope: number
      readonly by: number
    }
  | { readonly does: 'control'; readonly dual: boolean; readonly by: number }
  /** What was asked for so many requests ago. */
  | { readonly does: 'endorse'; readonly back: number; readonly by: number }

const one = (most: number) => fc.nat({ max: most - 1 })
const side = fc.constantFrom('buy', 'sell')
/** One of three persons; now and then nobody. */
const by = fc.constantFrom(0, 1, 2, 0, 1, 2, 3)
const lots = fc.integer({ min: 1, max: 8 })
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 24,
    arbitrary: fc.record({
      does: fc.constant('ask'),
      who: one(6),
      what: fc.constantFrom(0, 1, 1, 1, 2, 2, 3, 4),
      side,
      lots,
      type: fc.constantFrom('market', 'limit', 'limit', 'stop', 'stopLimit'),
      off: fc.integer({ min: -4, max: 6 }),
      stop: fc.integer({ min: -6, max: 9 }),
      kind: fc.constantFrom('plain', 'plain', 'plain', 'plain', 'postOnly', 'fok', 'gtd'),
      lives: fc.constantFrom(100, 5000),
      then: fc.constantFrom(0, 0, 1, 2, 3, 3, 3, 4),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      does: fc.constant('exit'),
      fifths: fc.constantFrom(2, 5, 5, 5, 6),
      only: fc.boolean(),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      does: fc.constant('tick'),
      what: one(6),
      off: fc.integer({ min: -5, max: 5 }),
    }),
  },
  {
    weight: 9,
    arbitrary: fc.record({
      does: fc.constant('wait'),
      ms: fc.constantFrom(1, 150, 700, 1500, 59_999, 60_000, 60_000),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      does: fc.constant('read'),
      guard: one(2),
      events: fc.constantFrom(1, 5, 99, 99),
    }),
  },
  {
    weight: 24,
    arbitrary: fc.record({
      does: fc.constant('decide'),
      guard: one(2),
      readsFirst: fc.constantFrom(true, true, true, false),
    }),
  },
  {
    weight: 48,
    arbitrary: fc.record({
      does: fc.constant('venue'),
      pick: one(5),
      what: fc.constantFrom(
        'submit',
        'submit',
        'submit',
        'accept',
        'accept',
        'unknown',
        'found',
        'absent',
        'refuse',
        'fill',
        'fill',
        'fill',
        'cancel',
        'expire',
        'lapse',
      ),
      part: fc.integer({ min: 1, max: 5 }),
      missing: one(3),
    }),
  },
  {
    weight: 24,
    arbitrary: amendStep.map((each): Step => ({ does: 'amend', ...each })),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      does: fc.constant('foreign'),
      who: one(3),
      what: one(4),
      side,
      lots,
      inKind: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      does: fc.constant('tell'),
      who: one(2),
      what: fc.constantFrom('away', 'back', 'all', 'all', 'all', 'all', 'break'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ does: fc.constant('deposit'), who: one(2), coins: fc.boolean() }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ does: fc.constant('withdraw'), who: one(2), coins: fc.boolean() }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant('fund'),
      who: one(2),
      pays: fc.boolean(),
      coins: fc.boolean(),
    }),
  },
  { weight: 4, arbitrary: fc.record({ does: fc.constant('propose'), which: one(9), by }) },
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constant('release'),
      which: fc.constantFrom(0, 1, 2, 3, 3, 3, 3, 3),
      stranger: fc.constantFrom(false, false, false, true),
      by,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant('engage'),
      n: one(3),
      halt: fc.boolean(),
      scope: one(4),
      by,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ does: fc.constant('control'), dual: fc.boolean(), by }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      does: fc.constant('endorse'),
      back: fc.constantFrom(0, 0, 0, 1, 2),
      by,
    }),
  },
)

const limits: fc.Arbitrary<Limits> = fc
  .record({
    maxPositionNotional: fc.constantFrom('60', '150', '100000'),
    maxGrossExposure: fc.constantFrom('150', '300', '100000'),
    maxNetExposure: fc.constantFrom('100', '250', '100000'),
    maxPosition: fc.constantFrom('1.5', '1000'),
    maxLeverage: fc.constantFrom('1', '3'),
    maxOpenOrders: fc.constantFrom(3, 200, 200),
    maxUnknownOrders: fc.constantFrom(0, 1, 5),
    maxOrdersPerSecond: fc.constantFrom(3, 20, 20),
    maxMarkAgeMs: fc.constantFrom(1000, 5000),
    duplicateWindowMs: fc.constantFrom(0, 0, 0, 1000),
    maxDailyLoss: fc.constantFrom('0.5', '10', '1000', undefined),
    maxDrawdown: fc.constantFrom('0.002', '0.02', undefined, undefined),
    maxLogLagMs: fc.constantFrom(500, 2000),
  })
  .map(({ maxDailyLoss, maxDrawdown, ...some }) => ({
    ...some,
    maxPositionNotional: amount(some.maxPositionNotional),
    maxGrossExposure: amount(some.maxGrossExposure),
    maxNetExposure: amount(some.maxNetExposure),
    maxPosition: { 'BTC/USDT': quantity(some.maxPosition) },
    maxLeverage: ratio(some.maxLeverage),
    ...(maxDailyLoss === undefined ? {} : { maxDailyLoss: amount(maxDailyLoss) }),
    ...(maxDrawdown === undefined ? {} : { maxDrawdown: ratio(maxDrawdown) }),
  }))

/** What may be proposed: some of it tightens, some loosens, by what is in force; one is invalid. */
export const proposals: readonly Limits[] = [
  { maxGrossExposure: amount('120') },
  { maxGrossExposure: amount('90000') },
  { maxPositionNotional: amount('50'), maxOpenOrders: 500 },
  { maxPosition: {} },
  { maxPosition: { 'BTC/USDT': quantity('1'), 'ETH/BTC': quantity('5') } },
  { priceCollar: ratio('0.02') },
  { maxOpenOrders: 2 },
  { maxNetExposure: amount('-1') },
  { maxOrdersPerSecond: 99, maxLeverage: ratio('2') },
]

export interface History {
  readonly limits: Limits
  readonly control: BookControl
  readonly steps: readonly Step[]
}
export const history: fc.Arbitrary<History> = fc.record({
  limits,
  control: fc.constantFrom('single', 'dual'),
  steps: fc.array(step, { minLength: 8, maxLength: 24, size: 'max' }),
})
