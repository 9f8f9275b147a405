/** A proof is worth what it can refuse: each finding is shown a log that is wrong in just that way. */
import { describe, expect, test } from 'vitest'
import { sendingFindings } from './sending.ts'
import { altered, at, brokenIn, type Draft, fill, intent, logOf } from './testing/drafts.ts'

const terms = { account: 'main', symbol: 'BTC/USDT', side: 'buy', quantity: '1' }
const asked = altered(intent('a', terms), {}, { idempotencyKey: 'k1', actor: { person: 'owner' } })
const approval: Draft = [
  'OrderApproved',
  'risk-main',
  { orderId: 'a', terms, expiresAt: at(9) },
  { id: 'approval' },
]
const submission: Draft = [
  'OrderSubmissionStarted',
  'order-a',
  { orderId: 'a', approvalId: 'approval', terms },
]
const good = [asked, approval, submission, fill({})]
const deposit: Draft = [
  'FundsDeposited',
  'account-main',
  { account: 'main', currency: 'USDT', amount: '1' },
  { idempotencyKey: 'k1', actor: { person: 'owner' } },
]
const brokenBy = (...drafts: readonly Draft[]): readonly string[] =>
  brokenIn(sendingFindings(logOf(drafts)))

test('a log that is as it must be holds in everything, and something was examined', () => {
  for (const finding of sendingFindings(logOf(good))) {
    expect(finding).toMatchObject({ verdict: 'holds' })
    expect(finding.examined).toBeGreaterThan(0)
  }
})

describe('a log that is wrong in one way is found', () => {
  const cases: readonly (readonly [string, readonly Draft[], readonly string[]])[] = [
    ['sent without an approval', [asked, submission], ['P2']],
    ['approved afterwards', [asked, submission, approval], ['P2']],
    [
      'sent with other terms',
      [asked, approval, altered(submission, { terms: { ...terms, quantity: '2' } })],
      ['P2'],
    ],
    [
      'sent with a limit price that was not approved',
      [asked, approval, altered(submission, { terms: { ...terms, limitPrice: '1' } })],
      ['P2'],
    ],
    [
      'approved and sent with other terms than were asked for',
      [
        asked,
        ...[approval, submission].map((draft) => altered(draft, { terms: { side: 'sell' } })),
      ],
      ['P2'],
    ],
    [
      'sent after the approval had expired',
      [asked, approval, altered(submission, {}, { occurredAt: at(10) })],
      ['P2'],
    ],
    ['sent twice', [...good, submission], ['P2', 'P3']],
    ['decided twice', [asked, approval, altered(approval, {}, { id: 'other' })], ['I12']],
    ['never decided', [asked, altered(fill({}), {}, { occurredAt: at(30) })], ['I12']],
    ['a fill twice', [...good, fill({})], ['I14']],
    ['one key, two orders', [...good, altered(asked, { orderId: 'b' })], ['I24']],
    ['one key, money moved twice', [...good, deposit, deposit], ['I24']],
    [
      'an effect before its cause',
      [altered(asked, {}, { causationId: 'approval' }), approval, submission, fill({})],
      ['I23'],
    ],
  ]
  test.each(cases)('%s', (_name, drafts, invariants) => {
    expect(brokenBy(...drafts)).toEqual(expect.arrayContaining([...invariants]))
  })
  test('one key for an order and another thing is no offence: a key is of its route', () => {
    expect(brokenBy(...good, deposit)).toStrictEqual([])
  })
  test('a young intent without a decision is pending, not broken', () => {
    const undecided = sendingFindings(logOf([asked])).find(({ invariant }) => invariant === 'I12')
    expect(undecided).toMatchObject({ verdict: 'pending' })
  })
  test('a dropped event', () => {
    const rows = logOf(good).filter((row) => row.type !== 'OrderSubmissionStarted')
    expect(brokenIn(sendingFindings(rows))).toStrictEqual(['I23'])
  })
})
