import { expect } from 'vitest'
import { judge } from '#domain/risk/decide'
import { holdingsFold } from '#domain/risk/holdings'
import { replayOf } from '#domain/risk/replay'
import { type Rules, rulesInForce } from '#domain/risk/rules'
import { standingOf } from '#domain/risk/standing'
import { accounts, play } from '#domain/risk/testing/history'
import { history as generated } from '#domain/risk/testing/steps'
import { amount, btc, main, quantity, ratio, symbolOf } from '#domain/risk/testing/words'
import type { StrategyId } from '#schemas/values/ids'
import type { LimitOverride, Scope } from '#schemas/values/trading'
import { fc, prop } from '#testing/prop'

const parts: readonly Scope[] = [
  { account: accounts[0] },
  { account: accounts[1], strategy: 'robot' as StrategyId },
  { strategy: 'manual' as StrategyId },
  { symbol: btc },
  { account: accounts[0], symbol: symbolOf('BTC/USDT:USDT') },
]
const tight: fc.Arbitrary<LimitOverride> = fc.record(
  {
    maxOrderNotional: fc.constantFrom('30', '90').map(amount),
    maxPosition: fc.constantFrom('0.4', '2').map((most) => ({ [btc]: quantity(most) })),
    maxPositionNotional: fc.constantFrom('40', '100').map(amount),
    maxGrossExposure: fc.constantFrom('60', '200').map(amount),
    maxNetExposure: fc.constantFrom('60', '200').map(amount),
    maxOpenOrders: fc.constantFrom(1, 2, 4),
    maxUnknownOrders: fc.constantFrom(0, 1),
    maxOrdersPerSecond: fc.constantFrom(1, 2),
    maxOrdersPerHour: fc.constantFrom(2, 5),
    priceCollar: fc.constantFrom('0.01', '0.03').map(ratio),
    maxMarkAgeMs: fc.constantFrom(0, 700),
  },
  { requiredKeys: [] },
)
const overridden = fc
  .record({
    played: generated,
    overrides: fc.array(fc.tuple(fc.constantFrom(...parts), tight), { minLength: 1, maxLength: 3 }),
  })
  .map(({ played, overrides }) => ({
    ...played,
    limits: {
      ...played.limits,
      overrides: overrides.map(([scope, some]) => ({ ...scope, ...some })),
    },
  }))
const withoutOverrides: Rules = { ...rulesInForce, bindsOverrides: false }

prop(
  'an override never lets through what is denied without it, and is why where it alone stops an order',
  overridden,
  (each) => {
    const { log } = play(each, () => undefined)
    const holdings = holdingsFold()
    const standing = standingOf(main, holdings)
    const replay = replayOf(main, holdings, [standing])
    for (const recorded of log.events)
      replay.apply(recorded, (event) => {
        if (event.type !== 'OrderApproved' && event.type !== 'OrderDenied') return
        const order = holdings.order(event.orderId)
        if (order === undefined) throw new Error('it was asked for')
        const { mark, clock } = event
        const question = { intent: order.intent.event, mark, clock }
        const { reason } = judge(standing, question, withoutOverrides)
        if (event.type === 'OrderApproved') expect(reason).toBeUndefined()
        else if (reason === undefined) expect(event.reason.message).toMatch(/^For /)
      })
  },
  { numRuns: 200 },
)
