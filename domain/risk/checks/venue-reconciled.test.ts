/** What increases waits until the venue has told all that the account has there. */
import { describe, expect, test } from 'vitest'
import { deskOn, lineOf, openDesk, outcomeOf } from '#domain/risk/testing/desk-of'
import {
  accepted,
  accountOpened,
  bookOpened,
  deposited,
  filled,
  listed,
  unknown,
} from '#domain/risk/testing/words'
import {
  breakDetected,
  connected,
  disconnected,
  reconciled,
  settledAt,
} from '#domain/risk/testing/venue-words'
import type { LedgerEvent } from '#schemas/events/ledger'
import type { AccountId, VenueId } from '#schemas/values/ids'

const second = 'second' as AccountId
const opened = [bookOpened(), accountOpened(), deposited('1000000'), listed()]
const after = (...events: readonly LedgerEvent[]) => deskOn(...opened, ...events)
const elsewhere = (event: LedgerEvent): LedgerEvent =>
  ({ ...event, venue: 'other' as VenueId }) as LedgerEvent

describe('an order that increases', () => {
  const cases: readonly (readonly [string, readonly LedgerEvent[], string, string])[] = [
    ['of an account that nothing was heard of', [], 'unknown', 'venueReconciled'],
    ['of one that was only connected', [connected()], 'connected', 'venueReconciled'],
    ['of one that was reconciled', settledAt(), 'reconciled', 'approved'],
    [
      'after the connection was lost',
      [...settledAt(), disconnected()],
      'disconnected',
      'venueReconciled',
    ],
    ['after it was connected again', [...settledAt(), connected()], 'connected', 'venueReconciled'],
    [
      'after it was reconciled again',
      [...settledAt(), disconnected(), ...settledAt()],
      'reconciled',
      'approved',
    ],
    ['after a break', [...settledAt(), breakDetected(1)], 'breaks', 'venueReconciled'],
    [
      'after a break that it was asked about',
      [connected(), breakDetected(1), reconciled(undefined, 1)],
      'breaks',
      'venueReconciled',
    ],
    [
      'when nothing more was found',
      [...settledAt(), breakDetected(1), reconciled(undefined, 1), reconciled()],
      'reconciled',
      'approved',
    ],
    [
      'as long as an order of a stranger works there, or one of ours is missing there',
      [...settledAt(), breakDetected(1), { ...reconciled(), breaksOpen: 1 } as LedgerEvent],
      'breaks',
      'venueReconciled',
    ],
    [
      'after a break while it was away',
      [...settledAt(), disconnected(), breakDetected(1)],
      'disconnected',
      'venueReconciled',
    ],
    [
      'of an account while another is in doubt',
      [...settledAt(), connected(second), breakDetected(1, second)],
      'reconciled',
      'approved',
    ],
    [
      'at a venue while another is away',
      [...settledAt(), elsewhere(disconnected())],
      'reconciled',
      'approved',
    ],
  ]
  test.each(cases)('%s', (_, events, state, outcome) => {
    const decision = after(...events).decides()
    expect([lineOf(decision, 'venueReconciled'), outcomeOf(decision)]).toStrictEqual([
      `${state}/reconciled`,
      outcome,
    ])
  })
  test('is told what to wait for', () => {
    const said = (...events: readonly LedgerEvent[]): string => {
      const decision = after(...events).decides()
      return decision.type === 'OrderDenied' ? decision.reason.message : ''
    }
    expect(said()).toMatch(/has not been asked yet .* order again/)
    expect(said(connected())).toMatch(/is connected again.* order again in a moment/)
    expect(said(disconnected())).toBe('paper is away: order again when it is back.')
    expect(said(...settledAt(), breakDetected(1))).toMatch(
      /the log does not explain.*has lost counts in full until .* names it again.*another account.*order again/,
    )
    for (const words of [said(), said(connected()), said(breakDetected(1))])
      expect(words.length).toBeLessThan(400)
  })
})

describe('an order that reduces', () => {
  test('is never stopped by it, and records what was seen', () => {
    const desk = openDesk({}, filled(1, { quantity: '1' }), disconnected(), breakDetected(1))
    const exit = desk.decides({ side: 'sell', quantity: '1' })
    expect(outcomeOf(exit)).toBe('reducing')
    expect(lineOf(exit, 'venueReconciled')).toBe('disconnected/reconciled')
    expect(outcomeOf(desk.decides({ side: 'sell', quantity: '1.00001' }))).not.toBe('reducing')
  })
  test('also beside what is in flight, unknown, or filled in part', () => {
    const desk = openDesk()
      .inFlight(1, { at: '64000', quantity: '0.2' })
      .inFlight(2, { at: '64000', quantity: '0.2' })
      .inFlight(3, { at: '64000', quantity: '0.2' })
      .given(unknown(2), accepted(3), filled(3, { quantity: '0.1' }), disconnected())
    expect(outcomeOf(desk.decides({ side: 'sell', quantity: '0.1' }))).toBe('reducing')
    expect(outcomeOf(desk.decides({ at: '64000' }))).toBe('venueReconciled')
  })
})
