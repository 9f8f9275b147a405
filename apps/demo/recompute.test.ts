/** A proof is worth what it can refuse: each finding is shown a log that is wrong in just that way. */
import { describe, expect, test } from 'vitest'
import { positionLimitFinding } from '#apps/demo/recompute-limits'
import {
  cashFinding,
  findingsOf,
  holdingsOf,
  type LogRow,
  positionsFinding,
  spotCashOf,
  trialBalanceFinding,
} from '#apps/demo/recompute'

const terms = { account: 'main', symbol: 'BTC/USDT', side: 'buy', quantity: '1' }
const instrument = { kind: 'spot', base: 'BTC', quote: 'USDT', settle: 'USDT', contractSize: '1' }
const at = (second: number): string => `2026-01-01T00:00:${String(second).padStart(2, '0')}Z`

type Draft = readonly [type: string, stream: string, data: object, metadata?: object]
const intent: Draft = [
  'OrderIntentRecorded',
  'order-a',
  { orderId: 'a', terms },
  { idempotencyKey: 'k1', actor: { person: 'owner' } },
]
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
const fill: Draft = [
  'OrderFilled',
  'order-a',
  {
    orderId: 'a',
    tradeId: 't1',
    account: 'main',
    strategy: 'manual',
    venue: 'paper',
    symbol: 'BTC/USDT',
    side: 'buy',
    quantity: '1',
    price: '100',
    fee: { currency: 'BTC', amount: '0.001' },
    instrument,
  },
]
const good = [intent, approval, submission, fill]

const logOf = (drafts: readonly Draft[]): readonly LogRow[] =>
  drafts.map(([type, stream, data, metadata], index) => ({
    position: BigInt(index + 1),
    stream,
    revision: BigInt(drafts.slice(0, index).filter((draft) => draft[1] === stream).length),
    type,
    data: { ...data },
    metadata: { id: `e${String(index)}`, occurredAt: at(index), ...metadata },
  }))
const brokenIn = (drafts: readonly Draft[]): readonly string[] =>
  findingsOf(logOf(drafts))
    .filter((finding) => finding.verdict === 'broken')
    .map((finding) => finding.invariant)

describe('a log that is as it must be', () => {
  test('holds in everything, and something was examined', () => {
    for (const finding of findingsOf(logOf(good))) {
      expect(finding).toMatchObject({ verdict: 'holds' })
      expect(finding.examined).toBeGreaterThan(0)
    }
  })
})

describe('a log that is wrong in one way is found', () => {
  const with_ = (draft: Draft, data: object, metadata?: object): Draft => [
    draft[0],
    draft[1],
    { ...draft[2], ...data },
    { ...draft[3], ...metadata },
  ]
  const cases: readonly (readonly [string, readonly Draft[], readonly string[]])[] = [
    ['sent without an approval', [intent, submission], ['P2']],
    ['approved afterwards', [intent, submission, approval], ['P2']],
    [
      'sent with other terms',
      [intent, approval, with_(submission, { terms: { ...terms, quantity: '2' } })],
      ['P2'],
    ],
    [
      'sent with a limit price that was not approved',
      [intent, approval, with_(submission, { terms: { ...terms, limitPrice: '1' } })],
      ['P2'],
    ],
    [
      'sent after the approval had expired',
      [intent, approval, with_(submission, {}, { occurredAt: at(10) })],
      ['P2'],
    ],
    ['sent twice', [...good, submission], ['P2', 'P3']],
    ['decided twice', [intent, approval, with_(approval, {}, { id: 'other' })], ['I12']],
    ['never decided', [intent, [...fill.slice(0, 3), { occurredAt: at(30) }] as never], ['I12']],
    ['a fill twice', [...good, fill], ['I14']],
    ['one key, two orders', [...good, with_(intent, { orderId: 'b' })], ['I24']],
    [
      'an effect before its cause',
      [with_(intent, {}, { causationId: 'approval' }), approval, submission, fill],
      ['I23'],
    ],
  ]
  test.each(cases)('%s', (_name, drafts, invariants) => {
    expect(brokenIn(drafts)).toEqual(expect.arrayContaining([...invariants]))
  })
  test('a young intent without a decision is pending, not broken', () => {
    const undecided = findingsOf(logOf([intent])).find(({ invariant }) => invariant === 'I12')
    expect(undecided).toMatchObject({ verdict: 'pending' })
  })
  test('a dropped event', () => {
    const rows = logOf(good).filter((row) => row.type !== 'OrderSubmissionStarted')
    const broken = findingsOf(rows).filter(({ verdict }) => verdict === 'broken')
    expect(broken.map(({ invariant }) => invariant)).toEqual(['I23'])
  })
})

describe('what the fills add up to', () => {
  const key = 'main manual paper BTC/USDT'
  test('a fee in the base currency is taken from the quantity, and paid from cash once', () => {
    const unit = 10n ** 36n
    expect(holdingsOf(logOf(good)).get(key)).toBe((unit * 999n) / 1000n)
    expect(spotCashOf(logOf(good)).get('main USDT')).toBe(-100n * unit)
    expect(spotCashOf(logOf(good)).get('main BTC')).toBe((unit * 999n) / 1000n)
  })
  test('a position that is off by the last digit is found', () => {
    expect(positionsFinding(logOf(good), [{ key, value: '0.999' }]).verdict).toBe('holds')
    expect(positionsFinding(logOf(good), [{ key, value: '0.999000000000000001' }])).toMatchObject({
      verdict: 'broken',
    })
    expect(positionsFinding(logOf(good), []).verdict).toBe('broken')
  })
  test('cash that is off by the last digit is found', () => {
    const btc = { key: 'main BTC', value: '0.999' }
    const usdt = { key: 'main USDT', value: '-100' }
    expect(cashFinding(logOf(good), [btc, usdt]).verdict).toBe('holds')
    expect(cashFinding(logOf(good), [btc, { ...usdt, value: '-99.99' }]).verdict).toBe('broken')
  })
  test('a trial balance that is off after one event is found, though it ends at zero', () => {
    const posting = (position: bigint, amount: string) => ({ position, amount, currency: 'USDT' })
    expect(trialBalanceFinding([posting(1n, '5'), posting(1n, '-5')]).verdict).toBe('holds')
    expect(trialBalanceFinding([posting(1n, '5'), posting(2n, '-5')]).verdict).toBe('broken')
  })
})

describe('the worst case at every approval', () => {
  const approve = (orderId: string, side: string, quantity: string): Draft => [
    'OrderApproved',
    'risk-main',
    { orderId, terms: { ...terms, side, quantity } },
  ]
  const ended = (orderId: string, type: string, filledTotal: string): Draft => [
    type,
    `order-${orderId}`,
    { orderId, filledTotal },
  ]
  const verdict = (...drafts: readonly Draft[]) =>
    positionLimitFinding(logOf(drafts), 'BTC/USDT', '1.5').verdict

  test('open orders of one side add up, and those of the other do not offset them', () => {
    expect(verdict(approve('a', 'buy', '1'), approve('b', 'buy', '0.5'))).toBe('holds')
    expect(verdict(approve('a', 'buy', '1'), approve('b', 'buy', '0.51'))).toBe('broken')
    const sold = approve('s', 'sell', '1')
    expect(verdict(sold, approve('a', 'buy', '1'), approve('b', 'buy', '0.51'))).toBe('broken')
  })
  test('a fill takes the place of what was open', () => {
    expect(verdict(approve('a', 'buy', '1'), fill, approve('b', 'buy', '0.5'))).toBe('holds')
    expect(verdict(approve('a', 'buy', '1'), fill, approve('b', 'buy', '0.51'))).toBe('broken')
  })
  test('an approval that meets a lapse reserves nothing', () => {
    const lapse = ended('a', 'OrderLapsed', '0')
    const more = approve('b', 'buy', '1')
    expect(verdict(lapse, approve('a', 'buy', '1'), more)).toBe('holds')
    expect(verdict(approve('a', 'buy', '1'), more)).toBe('broken')
  })
  test('what ended frees its remainder, but for fills that the venue says are still to come', () => {
    const first = approve('a', 'buy', '1')
    const more = approve('b', 'buy', '1')
    expect(verdict(first, ended('a', 'OrderCancelled', '0'), more)).toBe('holds')
    expect(verdict(first, ended('a', 'OrderCancelled', '0.6'), more)).toBe('broken')
    expect(verdict(first, ended('a', 'OrderRefused', '0'), more)).toBe('holds')
    expect(verdict(first, ended('a', 'OrderOutcomeUnknown', '0'), more)).toBe('broken')
  })
})
