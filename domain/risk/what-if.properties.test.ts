import { expect } from 'vitest'
import type { SessionLookup } from '#domain/market/sessions'
import { loosens, mergedWith } from '#domain/risk/control'
import { judge } from '#domain/risk/decide'
import { isHolding } from '#domain/risk/holdings'
import { rulesInForce, rulesOf } from '#domain/risk/rules'
import { standingsFold } from '#domain/risk/standing'
import { play } from '#domain/risk/testing/history'
import { history } from '#domain/risk/testing/steps'
import { sessionsInUtc } from '#domain/risk/testing/venue-words'
import { amount, main, quantity, ratio } from '#domain/risk/testing/words'
import { type Compared, type Turn, whatIf, type WhatIfResult } from '#domain/risk/what-if'
import { addAmount, zeroAmount } from '#domain/values/decimal'
import type { RecordedEvent } from '#schemas/envelope'
import type { StrategyId } from '#schemas/values/ids'
import type { Limits, TradingWindow } from '#schemas/values/trading'
import { fc, prop } from '#testing/prop'

const windowUntil = (to: string): TradingWindow => ({
  zone: 'UTC',
  days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'],
  from: '08:00',
  to,
})
const limits: fc.Arbitrary<Limits> = fc
  .record(
    {
      maxOrderNotional: fc.constantFrom('5', '20', '90', '60000'),
      maxOrderQuantity: fc.constantFrom('0.1', '3'),
      maxPosition: fc.constantFrom('0.3', '900'),
      maxPositionNotional: fc.constantFrom('20', '70', '300000'),
      maxGrossExposure: fc.constantFrom('30', '90', '300', '900000'),
      maxNetExposure: fc.constantFrom('30', '90', '900000'),
      maxLeverage: fc.constantFrom('1', '2', '5'),
      maxConcentration: fc.constantFrom('0.1', '0.5', '1'),
      maxOpenOrders: fc.constantFrom(0, 1, 3, 500),
      maxUnknownOrders: fc.constantFrom(0, 9),
      maxOrdersPerSecond: fc.constantFrom(1, 3, 99),
      priceCollar: fc.constantFrom('0.01', '0.05', '0.5'),
      maxMarkAgeMs: fc.constantFrom(100, 1000, 60000),
      maxLogLagMs: fc.constantFrom(10, 500, 99999),
      maxDailyLoss: fc.constantFrom('0', '2', '900000'),
      maxDrawdown: fc.constantFrom('0', '0.01', '1'),
      robot: fc.constantFrom('5', '60'),
      closesAt: fc.constantFrom('00:00', '09:00', '12:00', '12:01', '24:00'),
    },
    { requiredKeys: [] },
  )
  .map(
    ({
      priceCollar,
      maxLeverage,
      maxConcentration,
      maxDrawdown,
      maxPosition,
      maxOrderQuantity,
      robot,
      closesAt,
      ...some
    }) => ({
      ...(closesAt === undefined ? {} : { tradingWindows: { paper: [windowUntil(closesAt)] } }),
      ...(maxDrawdown === undefined ? {} : { maxDrawdown: ratio(maxDrawdown) }),
      ...(robot === undefined
        ? {}
        : { overrides: [{ strategy: 'robot' as StrategyId, maxOrderNotional: amount(robot) }] }),
      ...Object.fromEntries(
        Object.entries(some).map(([name, value]) => [
          name,
          typeof value === 'string' ? amount(value) : value,
        ]),
      ),
      ...(priceCollar === undefined ? {} : { priceCollar: ratio(priceCollar) }),
      ...(maxLeverage === undefined ? {} : { maxLeverage: ratio(maxLeverage) }),
      ...(maxConcentration === undefined ? {} : { maxConcentration: ratio(maxConcentration) }),
      ...(maxPosition === undefined ? {} : { maxPosition: { 'BTC/USDT': quantity(maxPosition) } }),
      ...(maxOrderQuantity === undefined
        ? {}
        : { maxOrderQuantity: { 'BTC/USDT': quantity(maxOrderQuantity) } }),
    }),
  )

interface Told {
  readonly compared: readonly (Compared & { readonly limits: Limits })[]
  readonly result: WhatIfResult
}
/** Each decision beside the limits that were in force when it was taken. */
const toldOf = (
  events: readonly RecordedEvent[],
  limits: (inForce: Limits) => Limits,
  sessionAt: SessionLookup = sessionsInUtc,
): Told => {
  const asking = whatIf({ book: main, limits, isAsked: () => true, rowsMax: 5, sessionAt })
  const compared: (Compared & { readonly limits: Limits })[] = []
  let inForce: Limits = {}
  for (const recorded of events) {
    const one = asking.apply(recorded)
    if (one !== undefined) compared.push({ ...one, limits: inForce })
    const { event } = recorded
    if ((event.type === 'BookOpened' || event.type === 'RiskLimitsSet') && event.book === main)
      inForce = event.limits
  }
  return { compared, result: asking.result() }
}

prop(
  'the limits in force change nothing, whatever has happened',
  history,
  (each) => {
    const { log } = play(each, () => undefined)
    const { compared, result } = toldOf(
      log.events,
      (inForce) => structuredClone(inForce),
      () => {
        throw new Error('the session is on the log')
      },
    )
    for (const { inForce, other, turn } of compared) {
      expect(other).toStrictEqual(inForce)
      expect(turn).toBeUndefined()
    }
    expect([result.rows, result.rowsLeftOut, result.byStrategy.size]).toStrictEqual([[], 0, 0])
    // By the same rules the same limits decide what was decided.
    if (result.byFormerRules === 0) expect(result.otherByRules).toBe(0)
  },
  { numRuns: 100 },
)
prop(
  'limits that loosen nothing allow nothing more, and those that only loosen deny nothing more',
  fc.tuple(history, limits),
  ([each, proposed]) => {
    const { log } = play(each, () => undefined)
    const { compared } = toldOf(log.events, (inForce) => mergedWith(inForce, proposed))
    for (const { limits: inForce, turn } of compared) {
      const merged = mergedWith(inForce, proposed)
      if (loosens(inForce, merged).length === 0) expect(turn).not.toBe('newlyApproved')
      // A limit that did not bind before is no looser one, whatever it is.
      const isKnown = Object.keys(proposed).every((name) => Object.hasOwn(inForce, name))
      if (isKnown && loosens(merged, inForce).length === 0) expect(turn).not.toBe('newlyDenied')
    }
  },
  { numRuns: 300 },
)

/** For each decision everything from the beginning, with other limits written into the log itself. */
const naively = (events: readonly RecordedEvent[], proposed: Limits) => {
  const rewritten = events.map((recorded): RecordedEvent => {
    const { event } = recorded
    return (event.type === 'BookOpened' || event.type === 'RiskLimitsSet') && event.book === main
      ? { ...recorded, event: { ...event, limits: mergedWith(event.limits, proposed) } }
      : recorded
  })
  return events.flatMap((recorded, index) => {
    const { event } = recorded
    if (event.type !== 'OrderApproved' && event.type !== 'OrderDenied') return []
    const outcomes = [events, rewritten].map((log, which) => {
      const standings = standingsFold()
      let folded = 0
      for (const earlier of log.slice(0, index)) {
        if (isHolding(earlier.stream)) {
          if (folded === event.basis.count) continue
          folded += 1
        }
        standings.apply(earlier)
      }
      const standing = standings.of(main)
      if (standing === undefined) throw new Error('the book comes first')
      const { mark, clock } = event
      const intent = standing.holdings.order(event.orderId)?.intent.event
      if (intent === undefined) throw new Error('a decision answers an intent')
      const windows = standing.desk.opened()?.limits.tradingWindows?.[intent.terms.venue]
      const session =
        which === 0 || windows === undefined ? event.session : sessionsInUtc(windows, clock)
      const isOpen = standing.desk.day().open !== undefined
      const rules = isOpen ? rulesInForce : (rulesOf(event.rules) ?? rulesInForce)
      return judge(standing, { intent, mark, session, clock }, rules)
    })
    const [before, after] = outcomes
    if (before === undefined || after === undefined) throw new Error('two outcomes')
    const turn: Turn | undefined =
      before.reason === undefined && after.reason !== undefined
        ? 'newlyDenied'
        : before.reason !== undefined && after.reason === undefined
          ? 'newlyApproved'
          : undefined
    return [{ turn, notional: before.view.notional ?? after.view.notional }]
  })
}
prop(
  'counts and sums are those of a naive recomputation of each decision',
  fc.tuple(history, limits),
  ([each, proposed]) => {
    const { log } = play(each, () => undefined)
    const { compared, result } = toldOf(log.events, (inForce) => mergedWith(inForce, proposed))
    const expected = naively(log.events, proposed)
    expect(compared.map(({ turn }) => turn)).toStrictEqual(expected.map(({ turn }) => turn))
    const sumOf = (which: Turn) => {
      const those = expected.filter(({ turn }) => turn === which)
      return {
        count: those.length,
        notional: those.reduce(
          (sum, { notional }) => addAmount(sum, notional ?? zeroAmount),
          zeroAmount,
        ),
      }
    }
    const { total } = result
    expect({ count: total.newlyDenied, notional: total.deniedNotional }).toStrictEqual(
      sumOf('newlyDenied'),
    )
    expect({ count: total.newlyApproved, notional: total.approvedNotional }).toStrictEqual(
      sumOf('newlyApproved'),
    )
    expect(result.rows.length + result.rowsLeftOut).toBe(
      expected.filter(({ turn }) => turn !== undefined).length,
    )
    expect(result.decisions).toBe(expected.length)
  },
  { numRuns: 60 },
)
