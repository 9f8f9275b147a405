/** What "loosens" means, tried out: nothing that was denied is approved by limits that loosen nothing. */
import { expect } from 'vitest'
import { loosens, mergedWith } from '#domain/risk/control'
import { openDesk, outcomeOf } from '#domain/risk/testing/desk-of'
import {
  accepted,
  amount,
  btc,
  deposited,
  foreignFill,
  intent,
  later,
  listed,
  markAt,
  marksTaken,
  noon,
  quantity,
  ratio,
  submitted,
  symbolOf,
} from '#domain/risk/testing/words'
import type { Limits } from '#schemas/values/trading'
import { fc, prop } from '#testing/prop'

const perpetual = symbolOf('BTC/USDT:USDT')
const money = fc.constantFrom('0', '6500', '6825', '13000', '20000', '90000').map(amount)
const coins = fc.constantFrom('0', '0.05', '0.1', '0.3', '2').map(quantity)
const share = fc.constantFrom('0', '0.01', '0.05', '0.5', '1', '3').map(ratio)
const count = fc.constantFrom(0, 1, 2, 3, 50)
const milliseconds = fc.constantFrom(0, 100, 1000, 5000)
const bySymbol = fc.dictionary(fc.constantFrom(btc as string, perpetual as string), coins, {
  noNullPrototype: true,
})
const byStrategy = <A>(value: fc.Arbitrary<A>) =>
  fc.dictionary(fc.constantFrom('manual', 'other'), value, { noNullPrototype: true })
const every: fc.Arbitrary<Required<Limits>> = fc.record({
  maxOrderNotional: money,
  maxOrderQuantity: bySymbol,
  maxPosition: bySymbol,
  maxPositionNotional: money,
  maxGrossExposure: money,
  maxNetExposure: money,
  maxLeverage: share,
  maxConcentration: share,
  maxOpenOrders: count,
  maxUnknownOrders: count,
  maxOrdersPerSecond: count,
  maxOrdersPerMinute: count,
  maxOrdersPerHour: count,
  priceCollar: share,
  maxMarkAgeMs: milliseconds,
  maxLogLagMs: milliseconds,
  maxMarkJump: share,
  maxDailyLoss: money,
  maxDrawdown: share,
  duplicateWindowMs: milliseconds,
  maxStrategyCapital: byStrategy(money),
  maxStrategyPositions: byStrategy(count),
  tradingWindows: fc.constantFrom({}, { paper: [] }),
  overrides: fc.constantFrom([], [{ maxOpenOrders: 1 }]),
})
/** Few at a time, so that one of them decides; the same ones before and after, more or less. */
const pair = fc
  .tuple(every, every, fc.nat(), fc.nat(), fc.nat())
  .map(([before, after, ...picks]) => {
    const names = Object.keys(before)
    // The collar is in half of them, because it is two limits in one.
    const most = 2 * names.length
    const picked = picks.map((pick) => names[pick % most] ?? 'priceCollar')
    const some = (limits: Limits, count: number): Limits =>
      Object.fromEntries(
        Object.entries(limits).filter(([name]) => picked.slice(0, count).includes(name)),
      )
    return { current: some(before, 2), change: some(after, 3) }
  })
const asked = fc
  .record({
    symbol: fc.constantFrom(btc, perpetual),
    side: fc.constantFrom('buy' as const, 'sell' as const),
    quantity: fc.constantFrom('0.1', '0.1', '0.3'),
    at: fc.option(fc.constantFrom('62000', '65000', '66000'), { nil: undefined }),
    stop: fc.option(fc.constantFrom('60000', '65000', '70000'), { nil: undefined }),
  })
  .map(({ at, stop, ...rest }) => ({
    ...rest,
    ...(at === undefined ? {} : { at }),
    ...(stop === undefined ? {} : { stop }),
  }))

/** Something held, something open, and a mark that is a little old. */
const outcomeUnder = (some: Limits, of: typeof asked extends fc.Arbitrary<infer A> ? A : never) => {
  const types = { orderTypes: ['market', 'limit', 'stop', 'stopLimit'] } as const
  const open = { symbol: perpetual, side: 'buy', quantity: '0.05', at: '65000' } as const
  const blank: Limits = Object.fromEntries(
    Object.keys(openDesk().standing().desk.opened()?.limits ?? {}).map((key) => [key, undefined]),
  )
  const desk = openDesk(
    { ...blank, ...some },
    listed(btc, types),
    listed(perpetual, types),
    deposited('20000'),
    foreignFill({ quantity: '0.1', strategy: 'other' }),
    marksTaken(noon, markAt('65000'), markAt('65000', noon, perpetual)),
    intent(1, open),
    submitted(1, open),
    accepted(1),
  )
  return outcomeOf(desk.decides(of, markAt('65000', later(-500), of.symbol), later(50)))
}

prop(
  'what one person may set at once lets no order through that was denied before',
  fc.record({ limits: pair, order: asked }),
  ({ limits: { current, change }, order }) => {
    const loosening: readonly string[] = loosens(current, change)
    const kept = Object.entries(change).filter(([name]) => !loosening.includes(name))
    const tighter: Limits = Object.fromEntries(kept)
    expect(loosens(current, tighter)).toStrictEqual([])
    const before = outcomeUnder(current, order)
    const after = outcomeUnder(mergedWith(current, tighter), order)
    if (after === 'approved') expect(before).toBe('approved')
  },
  { numRuns: 600 },
)
