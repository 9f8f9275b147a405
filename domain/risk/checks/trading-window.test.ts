/** What increases waits for the venue's session; the bounds are those that the decision records. */
import { describe, expect, test } from 'vitest'
import { derivation } from '#domain/risk/derive'
import { lineOf, openDesk, outcomeOf } from '#domain/risk/testing/desk-of'
import { engaged, filled, intent, later, main, markAt, unknown } from '#domain/risk/testing/words'
import { instant } from '#domain/testing/fixed'
import type { LedgerEvent } from '#schemas/events/ledger'
import type { Instant } from '#schemas/values/instant'
import type { TradingWindow, Weekday } from '#schemas/values/trading'

/** A Monday, at noon, is when these tests begin. */
const workdays: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri']
const window: TradingWindow = { zone: 'UTC', days: workdays, from: '12:00', to: '12:01' }
const desk = (windows: readonly TradingWindow[] = [window], ...more: readonly LedgerEvent[]) =>
  openDesk({ tradingWindows: { paper: windows }, maxLogLagMs: 999_999 }, ...more)
const at = (clock: Instant, asked = {}) =>
  desk().decides({ decideBy: later(999_999), ...asked }, markAt('65000', clock), clock)
const bounds = '2026-01-05T12:00:00Z/2026-01-05T12:01:00Z'

describe('an order that increases', () => {
  test('passes from the opening until just before the close, and records both in UTC', () => {
    const open = at(instant('2026-01-05T12:00:00Z'))
    expect(outcomeOf(open)).toBe('approved')
    expect(lineOf(open, 'tradingWindow')).toBe(`2026-01-05T12:00:00Z/${bounds}`)
    expect(open).toMatchObject({
      session: {
        opensAt: instant('2026-01-05T12:00:00Z'),
        closesAt: instant('2026-01-05T12:01:00Z'),
      },
    })
    expect(outcomeOf(at(instant('2026-01-05T12:00:59.999999Z')))).toBe('approved')
  })
  test('is denied one microsecond before the opening and at the close, and told when it opens', () => {
    const early = at(instant('2026-01-05T11:59:59.999999Z'))
    expect(outcomeOf(early)).toBe('tradingWindow')
    expect(early).toMatchObject({
      reason: {
        message: 'paper is closed until its next session: order from 2026-01-05T12:00:00Z on.',
      },
    })
    const late = at(instant('2026-01-05T12:01:00Z'))
    expect(late).toMatchObject({
      reason: {
        code: 'tradingWindow',
        message: 'paper is closed until its next session: order from 2026-01-06T12:00:00Z on.',
      },
    })
    const check = late.checks.find((each) => 'code' in each && each.code === 'tradingWindow')
    expect(check).toMatchObject({
      unit: 'instant',
      observed: '2026-01-05T12:01:00Z',
      limit: '2026-01-06T12:00:00Z/2026-01-06T12:01:00Z',
    })
  })
  test('is denied where no session is known, and told why', () => {
    const cases = [[], [{ ...window, zone: 'Mars/Olympus' }], [{ ...window, days: [] }]]
    for (const windows of cases) {
      const decision = desk(windows).decides()
      expect(outcomeOf(decision)).toBe('tradingWindow')
      expect(decision).toMatchObject({ reason: { message: /^Not evaluated: none of the trading/ } })
      expect(decision).not.toHaveProperty('session')
    }
  })
  test('may be sent at any time to a venue that has no windows', () => {
    const elsewhere = openDesk({ tradingWindows: { other: [window] } })
    const decision = elsewhere.decides({}, markAt('65000', later(60_000)), later(0))
    expect(lineOf(decision, 'tradingWindow')).toBe('/')
    expect(decision).not.toHaveProperty('session')
    expect(lineOf(openDesk().decides(), 'tradingWindow')).toBe('/')
  })
  test('counts with what is in flight or unknown as before', () => {
    const held = desk().inFlight(1).inFlight(2).given(unknown(2))
    expect(outcomeOf(held.decides())).toBe('approved')
    held.given(engaged(1, 'halt'))
    expect(outcomeOf(held.decides())).toBe('killSwitch')
  })
})

test('an order that reduces is never stopped by a closed venue, and records that it was closed', () => {
  const clock = instant('2026-01-05T13:00:00Z')
  const held = desk([window], filled(1, { quantity: '1' }))
  const sell = { side: 'sell', quantity: '1', decideBy: later(9_999_999) } as const
  const exit = held.decides(sell, markAt('65000', clock), clock)
  expect(outcomeOf(exit)).toBe('reducing')
  expect(lineOf(exit, 'tradingWindow')).toBe(
    '2026-01-05T13:00:00Z/2026-01-06T12:00:00Z/2026-01-06T12:01:00Z',
  )
  const nowhere = desk([], filled(1, { quantity: '1' })).decides(sell, markAt('65000'), later(0))
  expect(outcomeOf(nowhere)).toBe('reducing')
})

describe('derived again', () => {
  const log = desk().approved(1).given(intent(2)).log
  const verdictsOn = (change: object) => {
    const { apply } = derivation(main)
    const verdicts = log.events.flatMap((recorded) => {
      const event = {
        ...recorded.event,
        ...(recorded.event.type === 'OrderApproved' ? change : {}),
      }
      return apply({ ...recorded, event: event as LedgerEvent })?.verdict._tag ?? []
    })
    return verdicts.at(-1)
  }
  test('a decision is the same by the session that it recorded, whatever tables say today', () => {
    expect(verdictsOn({})).toBe('Same')
  })
  test('and is another with another session, or none', () => {
    const session = { opensAt: later(-1), closesAt: later(1) }
    expect(verdictsOn({ session })).toBe('Different')
    expect(verdictsOn({ session: undefined })).toBe('Different')
  })
})
