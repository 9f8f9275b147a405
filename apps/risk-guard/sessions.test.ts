/** The guard looks up the session of the venue, records it, and derives from what it recorded. */
import { expect, test } from 'vitest'
import { faultsIn, openStage } from '#apps/risk-guard/testing/stage'
import { instant } from '#domain/testing/fixed'
import { msBetween } from '#domain/values/instant'
import type { TradingWindow } from '#schemas/values/trading'

const window: TradingWindow = { zone: 'London', days: ['mon'], from: '08:00', to: '16:30' }
const whenIn = async (windows: readonly TradingWindow[], moment: string) => {
  const stage = await openStage({ tradingWindows: { paper: windows }, maxLogLagMs: 5000 })
  stage.clock.advance(msBetween(stage.clock.now(), instant(moment)))
  stage.trade('65000')
  await stage.ask(1)
  await stage.guard().read()
  expect(faultsIn(await stage.events())).toStrictEqual([])
  const decision = (await stage.risk()).at(-1)
  const session = decision !== undefined && 'session' in decision ? decision.session : undefined
  return [(await stage.decisions())[0], session]
}

test('before and after the clocks go forward, by the clocks of its zone', async () => {
  expect(await whenIn([window], '2026-03-23T08:00:00Z')).toStrictEqual([
    '1: approved',
    { opensAt: instant('2026-03-23T08:00:00Z'), closesAt: instant('2026-03-23T16:30:00Z') },
  ])
  expect(await whenIn([window], '2026-03-30T07:00:00Z')).toStrictEqual([
    '1: approved',
    { opensAt: instant('2026-03-30T07:00:00Z'), closesAt: instant('2026-03-30T15:30:00Z') },
  ])
  expect(await whenIn([window], '2026-03-30T15:30:00Z')).toStrictEqual([
    '1: tradingWindow',
    { opensAt: instant('2026-04-06T07:00:00Z'), closesAt: instant('2026-04-06T15:30:00Z') },
  ])
})
test('of a zone that nobody knows nothing is said, and nothing that increases is approved', async () => {
  expect(
    await whenIn([window, { ...window, zone: 'Atlantis' }], '2026-03-23T08:00:00Z'),
  ).toStrictEqual(['1: tradingWindow', undefined])
})
