/** Amendments in a log, rightly and in each wrong way. */
import { describe, expect, test } from 'vitest'
import { amendmentFindings } from './amendments.ts'
import { altered, at, brokenIn, type Draft, logOf } from './testing/drafts.ts'

const terms = { account: 'main', symbol: 'BTC/USDT', side: 'buy', quantity: '2' }
const own = { orderId: 'a', amendmentId: 'x', terms }
const requested: Draft = ['OrderAmendRequested', 'order-a', own]
const approved: Draft = ['AmendApproved', 'risk-main', { ...own, expiresAt: at(5) }, { id: 'ok' }]
const denied: Draft = ['AmendDenied', 'risk-main', own]
const started: Draft = ['OrderAmendStarted', 'order-a', { ...own, approvalId: 'ok' }]
const done: Draft = ['OrderAmended', 'order-a', own]
const later: Draft = ['MarksTaken', 'risk-main', {}, { occurredAt: at(60) }]
const broken = (...drafts: readonly Draft[]) => brokenIn(amendmentFindings(logOf(drafts)))

test('one that was asked for, approved, sent and done, and one that was denied', () => {
  expect(broken(requested, approved, started, done)).toStrictEqual([])
  expect(broken(requested, denied, later)).toStrictEqual([])
  const ended: Draft = ['OrderCancelled', 'order-a', { orderId: 'a' }]
  expect(broken(requested, ended, later)).toStrictEqual([])
})

describe('is found to be wrong', () => {
  const other = { ...terms, quantity: '3' }
  test.each<[string, readonly Draft[]]>([
    ['never approved', [requested, denied, started]],
    ['approved afterwards', [requested, started, approved]],
    ['approved for another', [requested, altered(approved, { amendmentId: 'y' }), started]],
    ['sent with other terms', [requested, approved, altered(started, { terms: other })]],
    [
      'approved and sent with other terms than were asked for',
      [requested, altered(approved, { terms: other }), altered(started, { terms: other })],
    ],
    ['sent too late', [requested, approved, altered(started, {}, { occurredAt: at(6) })]],
    ['sent twice', [requested, approved, started, started]],
    ['done and never sent', [requested, approved, done]],
    ['done otherwise', [requested, approved, started, altered(done, { terms: other })]],
  ])('where it was %s', (_, drafts) => {
    expect(broken(...drafts)).toContain('P2 amend')
  })
  test.each<[string, readonly Draft[]]>([
    ['decided twice', [requested, approved, denied]],
    ['asked for by nobody', [denied]],
    ['left undecided', [requested, later]],
  ])('where it was %s', (_, drafts) => {
    expect(broken(...drafts)).toContain('I12 amend')
  })
})
