/** Limits of every kind for laws about all of them: from none to figures and names as long as can be written. */
import { amount, quantity, ratio, symbolOf } from '#domain/risk/testing/words'
import type { Amount } from '#schemas/values/decimal'
import type { AccountId, StrategyId } from '#schemas/values/ids'
import type { LimitOverride, Limits } from '#schemas/values/trading'
import { fc } from '#testing/prop'

const money = fc.oneof(
  fc.constantFrom('0', '1', '0.5', `0.${'0'.repeat(35)}1`).map(amount),
  fc.constant((10n ** 76n - 1n) as Amount),
)
const coins = fc
  .constantFrom('0', '7', `0.${'0'.repeat(17)}1`, `${'9'.repeat(20)}.${'9'.repeat(18)}`)
  .map(quantity)
const share = fc
  .constantFrom('0', '0.05', `0.${'0'.repeat(17)}1`, `${'9'.repeat(20)}.${'9'.repeat(18)}`)
  .map(ratio)
const count = fc.constantFrom(0, 7, 999_999_999, Number.MAX_SAFE_INTEGER)
const name = fc.constantFrom('a', 'main', 'z'.repeat(32))
const account = name.map((text) => text as AccountId)
const strategy = name.map((text) => text as StrategyId)
const symbol = fc
  .constantFrom('B/U', 'BTC/USDT', `${'A'.repeat(20)}/${'B'.repeat(20)}:${'B'.repeat(20)}`)
  .map(symbolOf)
const by = <A>(key: fc.Arbitrary<string>, value: fc.Arbitrary<A>) =>
  fc.dictionary(key, value, { noNullPrototype: true })

const scoped = {
  maxOrderNotional: money,
  maxOrderQuantity: by(symbol, coins),
  maxPosition: by(symbol, coins),
  maxPositionNotional: money,
  maxGrossExposure: money,
  maxNetExposure: money,
  maxOpenOrders: count,
  maxUnknownOrders: count,
  maxOrdersPerSecond: count,
  maxOrdersPerMinute: count,
  maxOrdersPerHour: count,
  priceCollar: share,
  maxMarkAgeMs: count,
}
/** A part of a book, perhaps one that has been named before. */
export const anyOverride: fc.Arbitrary<LimitOverride> = fc.record(
  { account, strategy, symbol, ...scoped },
  { requiredKeys: [] },
)
const window = fc.record(
  {
    zone: fc.constantFrom('UTC', 'America/Argentina/ComodRivadavia'),
    days: fc.array(fc.constantFrom('mon' as const, 'sun' as const)),
    from: fc.constant('00:00'),
    to: fc.constant('24:00'),
    except: fc.array(fc.constant('2026-12-25')),
  },
  { requiredKeys: ['zone', 'days', 'from', 'to'] },
)
export const anyLimits: fc.Arbitrary<Limits> = fc.record(
  {
    ...scoped,
    maxLeverage: share,
    maxConcentration: share,
    maxLogLagMs: count,
    maxMarkJump: share,
    maxDailyLoss: money,
    maxDrawdown: share,
    duplicateWindowMs: count,
    maxStrategyCapital: by(name, money),
    maxStrategyPositions: by(name, count),
    tradingWindows: by(name, fc.array(window, { maxLength: 3 })),
    overrides: fc.array(anyOverride, { maxLength: 5 }),
  },
  { requiredKeys: [] },
)
