/** What rules 4 check that rules 3 did not. */
import { openDesk } from '#domain/risk/testing/desk-of'
import { decidedOn, type GoldenLog, told } from '#domain/risk/testing/golden-stories'
import { amount, engaged, filled, later, markAt, unknown } from '#domain/risk/testing/words'
import {
  breakDetected,
  connected,
  disconnected,
  reconciled,
} from '#domain/risk/testing/venue-words'
import type { Limits } from '#schemas/values/trading'

const limit = { at: '64000' } as const

const venueStories = (): readonly GoldenLog[] => {
  const away = () => openDesk({}, filled(1, { quantity: '1' }), disconnected())
  const broken = () => openDesk({}, breakDetected(1))
  return [
    told(
      'venueReconciled, away',
      decidedOn(decidedOn(away(), limit), { side: 'sell', at: '65000' }),
    ),
    told('venueReconciled, connected again', decidedOn(away().given(connected()), limit)),
    told('venueReconciled, a break', decidedOn(broken(), limit)),
    told(
      'venueReconciled, nothing more found',
      decidedOn(broken().given(reconciled(undefined, 1), reconciled()), limit),
    ),
  ]
}

const windowStories = (): readonly GoldenLog[] => {
  const window = { zone: 'UTC', days: ['mon', 'tue'], from: '00:00', to: '12:00' } as const
  const within = (to: string) => openDesk({ tradingWindows: { paper: [{ ...window, to }] } })
  const nowhere = openDesk({ tradingWindows: { paper: [{ ...window, days: [] }] } })
  return [
    told('tradingWindow, open', decidedOn(within('24:00'), limit)),
    told('tradingWindow, closed', decidedOn(within('12:00'), limit)),
    told('tradingWindow, none', decidedOn(nowhere, limit)),
  ]
}

const strategyStories = (): readonly GoldenLog[] => {
  const alpha = { ...limit, strategy: 'alpha', quantity: '0.1' }
  const open = (limits: Limits) => openDesk(limits).approved(1, limit)
  return [
    told(
      'strategyCapital',
      decidedOn(open({ maxStrategyCapital: { alpha: amount('6499') } }), alpha),
    ),
    told('strategyPositions', decidedOn(open({ maxStrategyPositions: { alpha: 0 } }), limit)),
    told(
      'strategyPositions, one too many',
      decidedOn(openDesk({ maxStrategyPositions: { alpha: 0 } }), alpha),
    ),
  ]
}
const orderStories = (): readonly GoldenLog[] => {
  const twice = () => openDesk({ duplicateWindowMs: 1000 }).approved(1, limit)
  const selling = { side: 'sell', at: '65500', quantity: '0.1' } as const
  const offering = () => openDesk({}, filled(9, { quantity: '1' })).inFlight(1, selling)
  const leaving = () =>
    openDesk({}, filled(9, { quantity: '1' })).inFlight(1, { ...selling, timeInForce: 'ioc' })
  const last = markAt('65000', later(1000))
  return [
    told('duplicateIntent', decidedOn(decidedOn(twice(), limit), limit, last, later(1000))),
    told('selfTrade', decidedOn(decidedOn(offering(), { at: '65499.99' }), { at: '65500' })),
    told('selfTrade, at the market', decidedOn(offering().given(unknown(1)), {})),
    told('selfTrade, gone at once', decidedOn(leaving(), { at: '65500', timeInForce: 'ioc' })),
  ]
}

/** What a kill switch would still let through is part of its words. */
const closingStories = (): readonly GoldenLog[] => {
  const exit = { side: 'sell', quantity: '0.1' } as const
  const held = () =>
    openDesk({}, filled(1, { quantity: '0.1' })).inFlight(2, {
      side: 'sell',
      at: '66000',
      quantity: '0.06',
    })
  const reduced = () => held().given(engaged(1, 'reduce'))
  return [
    told('killSwitch, an exit that is claimed', decidedOn(reduced(), exit)),
    told('killSwitch, nothing to close', decidedOn(reduced(), limit)),
    told('killSwitch, a halt', decidedOn(held().given(engaged(1, 'halt')), exit)),
    told('reduceOnly, under a kill switch', decidedOn(reduced(), { ...exit, reduceOnly: true })),
    told('reduceOnly, nothing held', decidedOn(openDesk(), { ...exit, reduceOnly: true })),
  ]
}

export const fourthChecksStories = (): readonly GoldenLog[] => [
  ...venueStories(),
  ...windowStories(),
  ...strategyStories(),
  ...orderStories(),
  ...closingStories(),
]
