/** The demonstration fails where anything is not as it should be, and says what. */
import { describe, expect, test } from 'vitest'
import type { Order } from './client.ts'
import type { Finding } from './judge/finding.ts'
import { complaintsOf, type Played } from './report.ts'

const order = { id: 'a', status: 'denied', reason: { code: 'markFresh', message: 'old' } } as Order
const holds: Finding = { invariant: 'P2', says: 'so', verdict: 'holds', examined: 1, offences: [] }
const clean: Played = {
  orders: [order],
  fills: [],
  tally: { asked: [], surprises: [], tooLate: () => 0, through: () => async () => undefined },
  provocations: [{ check: 'markFresh', order }],
  refusals: [{ who: 'ada', does: 'reads', expected: '401', answered: '401' }],
  requested: [],
  proposals: [{ id: 'p', state: 'effective', effectiveAt: null, reason: '' }],
  showing: { upTo: 1n, rows: [], marks: new Map(), balances: [], positions: [] },
  evidence: {
    rows: [],
    stored: [],
    holdings: [],
    cash: [],
    postings: [],
    tape: { trades: [], hasHoles: false },
  },
  findings: [holds],
  unsettled: [],
  trading: { orders: 1, ms: 1, tradedAgain: undefined },
  sprint: undefined,
}
const complaints = (change: Partial<Played>, isShort = false): readonly string[] =>
  complaintsOf({ ...clean, ...change }, 1, isShort)

describe('what is complained of', () => {
  test('nothing, where all is as it should be', () => {
    expect(complaints({})).toStrictEqual([])
  })
  test.each([
    ['a broken promise', { findings: [{ ...holds, verdict: 'broken' as const }] }, 'P2 is broken'],
    ['a pending one', { findings: [{ ...holds, verdict: 'pending' as const }] }, 'P2 is pending'],
    [
      'a check that did not stop its order',
      { provocations: [{ check: 'logLag', order }] },
      'logLag was to',
    ],
    [
      'one that was no order',
      { provocations: [{ check: 'logLag', order: undefined }] },
      'it was none',
    ],
    [
      'somebody who was let',
      { refusals: [{ who: 'ada', does: 'reads', expected: '401', answered: '200' }] },
      'ada reads: 200, not 401',
    ],
    ['an answer that nobody should get', { tally: { ...clean.tally, surprises: ['500'] } }, '500'],
    ['an order that never ended', { unsettled: [order] }, 'order a is still denied'],
    [
      'a strategy that stayed still',
      { trading: { ...clean.trading, tradedAgain: 0 } },
      'has not traded again',
    ],
    ['too few orders', { orders: [] }, 'there were 0 orders, not 1'],
  ])('%s', (_says, change, says) => {
    expect(complaints(change).join()).toContain(says)
    expect(complaints(change, true).join()).toContain(says)
  })
  test('what proves nothing, and what never took effect, but for the short form', () => {
    const nothing = { findings: [{ ...holds, examined: 0 }] }
    expect(complaints(nothing).join()).toContain('P2 proves nothing')
    expect(complaints(nothing, true)).toStrictEqual([])
    const pending = { proposals: [{ ...clean.proposals[0], state: 'pending' }] } as Partial<Played>
    expect(complaints(pending).join()).toContain('p is pending')
    expect(complaints(pending, true)).toStrictEqual([])
  })
})
