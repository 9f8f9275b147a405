/** What rules 4 check that rules 3 did not. */
import { openDesk } from '#domain/risk/testing/desk-of'
import { decidedOn, type GoldenLog, told } from '#domain/risk/testing/golden-stories'
import { filled } from '#domain/risk/testing/words'
import {
  breakDetected,
  connected,
  disconnected,
  reconciled,
} from '#domain/risk/testing/venue-words'

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

export const fourthChecksStories = (): readonly GoldenLog[] => [
  ...venueStories(),
  ...windowStories(),
]
