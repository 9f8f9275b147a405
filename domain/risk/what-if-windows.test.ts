import { describe, expect, test } from 'vitest'
import type { SessionLookup } from '#domain/market/sessions'
import { mergedWith } from '#domain/risk/control'
import { type Desk, openDesk } from '#domain/risk/testing/desk-of'
import { sessionsInUtc } from '#domain/risk/testing/venue-words'
import { type Asked, intent, main } from '#domain/risk/testing/words'
import { whatIf, type WhatIfResult } from '#domain/risk/what-if'
import type { Limits, TradingWindow } from '#schemas/values/trading'

/** All that is decided here is decided on a Monday at noon, UTC. */
const until = (to: string, some: Partial<TradingWindow> = {}): Limits => ({
  tradingWindows: { paper: [{ zone: 'UTC', days: ['mon'], from: '09:00', to, ...some }] },
})
const [open, closed] = [until('19:00'), until('10:00')]
const one: Asked = { quantity: '0.01' }

const resultOf = (
  { log }: Desk,
  proposed: Limits,
  sessionAt: SessionLookup = sessionsInUtc,
): WhatIfResult => {
  const limits = (inForce: Limits) => mergedWith(inForce, proposed)
  const asking = whatIf({ book: main, limits, isAsked: () => true, rowsMax: 10, sessionAt })
  for (const recorded of log.events) asking.apply(recorded)
  return asking.result()
}
const denied = (inForce: Limits): Desk => {
  const desk = openDesk(inForce)
  return desk.given(intent(1, one)).given(desk.decides(one))
}

describe('under other trading windows', () => {
  test('an order within them stays approved, where there were none', () => {
    const { total, byOtherWindows } = resultOf(openDesk().inFlight(1, one), open)
    expect([total.newlyDenied, total.newlyApproved, byOtherWindows]).toStrictEqual([0, 0, 1])
  })
  test('an order outside them would have been denied, and is told when it could have been', () => {
    const { total, rows } = resultOf(openDesk().inFlight(1, one), closed)
    expect(total.newlyDenied).toBe(1)
    const message = 'paper is closed until its next session: order from 2026-01-12T09:00:00Z on.'
    expect(rows).toMatchObject([{ reason: { code: 'tradingWindow', message } }])
  })
  test('an order that was denied as closed would have been approved within them', () => {
    const desk = denied(closed)
    for (const proposed of [open, { tradingWindows: {} }]) {
      const { total, otherByRules, rows } = resultOf(desk, proposed)
      expect([total.newlyApproved, total.newlyDenied, otherByRules]).toStrictEqual([1, 0, 0])
      expect(rows).toMatchObject([{ reason: { code: 'tradingWindow' } }])
    }
  })
  test('an order that was approved within a session is denied where that is cut short', () => {
    expect(resultOf(openDesk(open).inFlight(1, one), closed).total.newlyDenied).toBe(1)
  })
  test('of a zone that nobody knows nothing passes', () => {
    const { total, rows } = resultOf(openDesk().inFlight(1, one), until('19:00', { zone: 'Mars' }))
    expect(total.newlyDenied).toBe(1)
    expect(rows[0]?.reason.message).toContain('does not know a time zone of them')
  })
})
describe('the session that was recorded', () => {
  const unheard: SessionLookup = () => {
    throw new Error('it is on the log')
  }
  test('is that of the same windows, whatever the tables say now', () => {
    for (const desk of [openDesk(open).inFlight(1, one), denied(closed)]) {
      const same = desk.standing().desk.opened()?.limits.tradingWindows ?? {}
      for (const proposed of [{}, { tradingWindows: structuredClone(same) }]) {
        const { total, byOtherWindows } = resultOf(desk, proposed, unheard)
        expect([total.newlyDenied, total.newlyApproved, byOtherWindows]).toStrictEqual([0, 0, 0])
      }
    }
  })
  test('is looked up for no venue but those whose windows are others', () => {
    const elsewhere = { tradingWindows: { ...open.tradingWindows, other: [] } }
    const { total } = resultOf(openDesk(open).inFlight(1, one), elsewhere, unheard)
    expect([total.newlyDenied, total.newlyApproved]).toStrictEqual([0, 0])
  })
})
