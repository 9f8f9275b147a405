/** Kill switches, limits that change, and who may do what: each promise broken in one way. */
import { describe, expect, test } from 'vitest'
import { controlFindings } from './control.ts'
import { killSwitchFindings } from './kill-switches.ts'
import { rolesFinding } from './roles.ts'
import {
  accepted,
  altered,
  at,
  brokenIn,
  type Draft,
  ended,
  fill,
  intent,
  logOf,
} from './testing/drafts.ts'

const terms = { account: 'main', strategy: 'robot', symbol: 'BTC/USDT', quantity: '1' }
const approved = (order: string, more: object = {}): Draft => [
  'OrderApproved',
  'risk-main',
  { orderId: order, book: 'main', terms, reducing: false, ...more },
  { id: `approval-${order}` },
]
const engaged: Draft = [
  'KillSwitchEngaged',
  'risk-main',
  { book: 'main', killSwitchId: 'k', mode: 'reduce', scope: { strategy: 'robot' } },
]
const releaseAsked: Draft = [
  'KillSwitchReleaseRequested',
  'control-main',
  { book: 'main', proposalId: 'p', killSwitchIds: ['k'], reason: 'enough' },
  { occurredAt: at(0) },
]
const released: Draft = [
  'KillSwitchReleased',
  'risk-main',
  { book: 'main', proposalId: 'p', killSwitchIds: ['k'], clock: at(60) },
]

describe('while a kill switch stands', () => {
  const brokenBy = (...drafts: readonly Draft[]): number =>
    brokenIn(killSwitchFindings(logOf(drafts))).length
  test('what reduces and what it does not cover is approved, and all else before and after it', () => {
    const other = approved('c', { terms: { ...terms, strategy: 'other' } })
    const log = [engaged, approved('b', { reducing: true }), other, released, approved('d')]
    expect(brokenBy(...log)).toBe(0)
  })
  test.each([
    ['something that increases is not', [engaged, approved('a')]],
    [
      'under halt nothing is',
      [altered(engaged, { mode: 'halt' }), approved('a', { reducing: true })],
    ],
    [
      'a scope of the whole book covers everybody',
      [altered(engaged, { scope: {} }), approved('a')],
    ],
    [
      'a second engagement of another name stands by itself',
      [engaged, altered(engaged, { killSwitchId: 'l' }), released, approved('a')],
    ],
  ])('%s', (_says, log) => {
    expect(brokenBy(...log)).toBeGreaterThan(0)
  })

  const sent = (riskRevision: string): Draft => [
    'OrderSubmissionStarted',
    'order-a',
    { orderId: 'a', terms, riskRevision },
  ]
  test('nothing is sent that it forbids as far as the gateway had read', () => {
    const begun = [intent('a', terms), approved('a'), engaged]
    const ends = ended('a', 'OrderCancelled', 3)
    expect(brokenBy(...begun, sent('0'), ends)).toBe(0)
    expect(brokenBy(...begun, sent('1'), ends)).toBe(1)
  })
  test('what it found open is cancelled, or ends', () => {
    const open = [intent('a', terms), approved('a'), accepted('a', 1), engaged]
    const cancel: Draft = ['OrderCancelRequested', 'order-a', { orderId: 'a', killSwitchId: 'k' }]
    expect(brokenBy(...open)).toBe(1)
    expect(brokenBy(...open, cancel)).toBe(0)
    expect(brokenBy(...open, ended('a', 'OrderExpired', 5))).toBe(0)
    const [asked, approval] = [intent('a', terms), approved('a')]
    expect(brokenBy(asked, approval, fill({}), engaged)).toBe(0)
    expect(brokenBy(asked, approval, fill({ quantity: '0.5' }), engaged)).toBe(1)
  })
})

describe('limits', () => {
  const opened: Draft = [
    'BookOpened',
    'risk-main',
    {
      book: 'main',
      limits: { maxOpenOrders: 10, priceCollar: '0.05', maxPosition: { 'BTC/USDT': '1' } },
    },
  ]
  const proposed = (limits: object): Draft => [
    'RiskLimitsProposed',
    'control-main',
    { book: 'main', proposalId: 'p', limits, reason: 'because' },
    { occurredAt: at(0) },
  ]
  const set = (change: object, seconds: number): Draft => [
    'RiskLimitsSet',
    'risk-main',
    {
      book: 'main',
      proposalId: 'p',
      limits: {
        maxOpenOrders: 10,
        priceCollar: '0.05',
        maxPosition: { 'BTC/USDT': '1' },
        ...change,
      },
      clock: at(seconds),
    },
  ]
  const brokenBy = (...drafts: readonly Draft[]): readonly string[] =>
    controlFindings(logOf(drafts)).flatMap(({ offences }) => offences)
  test('are tightened at once, and loosened after a minute', () => {
    expect(brokenBy(opened, proposed({ maxOpenOrders: 9 }), set({ maxOpenOrders: 9 }, 0))).toEqual(
      [],
    )
    expect(
      brokenBy(opened, proposed({ maxOpenOrders: 11 }), set({ maxOpenOrders: 11 }, 60)),
    ).toEqual([])
  })
  test.each([
    ['greater', { maxOpenOrders: 11 }],
    ['another collar', { priceCollar: '0.04' }],
    ['a symbol left out', { maxPosition: {} }],
    ['a symbol with more', { maxPosition: { 'BTC/USDT': '1.1' } }],
  ])('loosened by %s too early', (_says, change) => {
    expect(brokenBy(opened, proposed(change), set(change, 59.9))).toEqual([
      expect.stringContaining('after 59.9 s'),
    ])
  })
  test('that nobody proposed, or others than were proposed', () => {
    expect(brokenBy(opened, set({ maxOpenOrders: 9 }, 70))).toEqual([
      expect.stringContaining('proposed by nobody'),
    ])
    const other = set({ maxOpenOrders: 8 }, 70)
    expect(brokenBy(opened, proposed({ maxOpenOrders: 9 }), other)).toEqual([
      expect.stringContaining('others than proposed'),
    ])
  })
  test('a release that came too early, or of what nobody named', () => {
    expect(brokenBy(opened, engaged, releaseAsked, released)).toEqual([])
    const early = altered(released, { clock: at(59) })
    expect(brokenBy(opened, engaged, releaseAsked, early)).toEqual([
      expect.stringContaining('came after 59.0 s'),
    ])
    const more = altered(released, { killSwitchIds: ['k', 'l'] })
    expect(brokenBy(opened, engaged, releaseAsked, more)).toEqual([
      expect.stringContaining('releases l'),
    ])
    expect(brokenBy(opened, engaged, released)).toEqual([
      expect.stringContaining('asked by nobody'),
    ])
  })
})

describe('under dual control', () => {
  const by = (draft: Draft, person: string): Draft =>
    altered(draft, {}, { actor: { app: 'api', person } })
  const opened: Draft = ['BookOpened', 'risk-main', { book: 'main', control: 'dual', limits: {} }]
  const endorsed: Draft = ['KillSwitchReleaseEndorsed', 'control-main', { proposalId: 'p' }]
  const early = altered(released, { clock: at(1) })
  const killed = [opened, by(engaged, 'kim'), by(releaseAsked, 'ann')]
  const brokenBy = (...drafts: readonly Draft[]): readonly string[] =>
    controlFindings(logOf(drafts)).flatMap(({ offences }) => offences)
  test('a kill switch is released by two persons, at once', () => {
    expect(brokenBy(...killed, by(endorsed, 'ben'), early)).toEqual([])
  })
  test.each<readonly [string, readonly Draft[]]>([
    ['by one', [...killed, released]],
    ['by one twice', [...killed, by(endorsed, 'ann'), released]],
    ['with whoever engaged it', [...killed, by(endorsed, 'kim'), released]],
    [
      'by whoever engaged it',
      [
        killed[0] ?? opened,
        by(engaged, 'ann'),
        by(releaseAsked, 'ann'),
        by(endorsed, 'ben'),
        released,
      ],
    ],
    ['before the second agreed', [...killed, released, by(endorsed, 'ben')]],
  ])('it is not released %s', (_says, log) => {
    expect(brokenBy(...log)).toEqual([expect.stringContaining('under dual control by')])
  })
  const asked: Draft = [
    'ControlChangeRequested',
    'control-main',
    { book: 'main', proposalId: 'c', control: 'single' },
  ]
  const changed: Draft = [
    'ControlChanged',
    'risk-main',
    { book: 'main', proposalId: 'c', control: 'single', clock: at(90) },
  ]
  const agreed: Draft = ['ControlChangeEndorsed', 'control-main', { proposalId: 'c' }]
  test('control goes back to one person by two', () => {
    expect(brokenBy(opened, by(asked, 'ann'), by(agreed, 'ben'), changed)).toEqual([])
    expect(brokenBy(opened, by(asked, 'ann'), changed)).toEqual([
      expect.stringContaining('the change of control at 3 came under dual control by ann'),
    ])
    expect(brokenBy(opened, changed)).toEqual([expect.stringContaining('asked by nobody')])
    // From then on one person waits a minute.
    const one = [opened, by(asked, 'ann'), by(agreed, 'ben'), changed, engaged, releaseAsked]
    expect(brokenBy(...one, released)).toEqual([])
    expect(brokenBy(...one, early)).toEqual([expect.stringContaining('came after 1.0 s')])
  })
})

describe('whoever asks', () => {
  const issued: Draft = [
    'ApiKeyIssued',
    'access-ada',
    { person: 'ada', keyId: 'key1', roles: ['trader'] },
  ]
  const by = (draft: Draft, actor: object): Draft =>
    altered(draft, {}, { actor: { person: 'ada', key: 'key1', role: 'trader', ...actor } })
  const placed = by(intent('a', terms), {})
  const proposed: Draft = ['RiskLimitsProposed', 'control-main', { proposalId: 'p' }]
  const revoked: Draft = ['ApiKeyRevoked', 'access-ada', { person: 'ada', keyId: 'key1' }]
  const verdictOn = (...drafts: readonly Draft[]): string => rolesFinding(logOf(drafts)).verdict
  test('has a key that was good, and the role', () => {
    const own = by(['OrderCancelRequested', 'order-a', { orderId: 'a' }], {})
    expect(verdictOn(issued, placed, own)).toBe('holds')
  })
  test.each([
    ['has no key', [placed]],
    ["has another's", [issued, by(placed, { person: 'ben' })]],
    ['had it revoked', [issued, revoked, placed]],
    ['had not the role', [issued, by(proposed, { role: 'risk' })]],
    ['used a role that is not enough', [issued, by(proposed, {})]],
    [
      "cancels another's order as a trader",
      [
        issued,
        altered(issued, { person: 'ben', keyId: 'key2' }),
        placed,
        by(['OrderCancelRequested', 'order-a', { orderId: 'a' }], { person: 'ben', key: 'key2' }),
      ],
    ],
  ])('%s', (_says, log) => {
    expect(verdictOn(...log)).toBe('broken')
  })
})
