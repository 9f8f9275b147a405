import { describe, expect, test } from 'vitest'
import type { RiskDecision } from '#domain/risk/decide'
import { derivation, type Verdict } from '#domain/risk/derive'
import { openDayIfDue } from '#domain/risk/testing/day-words'
import { openDesk } from '#domain/risk/testing/desk-of'
import {
  deposited,
  engaged,
  intent,
  lapsed,
  later,
  markAt,
  marksTaken,
  noon,
  orderId,
  main,
} from '#domain/risk/testing/words'
import { testLog } from '#domain/risk/testing/log'
import type { LedgerEvent } from '#schemas/events/ledger'
import type { OrderApproved } from '#schemas/events/risk'
import type { BookId, Code, EventId, Line, StrategyId } from '#schemas/values/ids'

/** Book, account and money, and the day begun. */
const begun = () => {
  const desk = openDesk()
  openDayIfDue(desk.standing(), noon, (event) => desk.given(event))
  return desk
}
const beginning = begun().log.events.map(({ event }) => event)
/** The verdicts on the decisions of a log with these events. */
const verdicts = (...events: readonly LedgerEvent[]): readonly Verdict[] => {
  const log = testLog()
  const { apply } = derivation(main)
  for (const event of beginning) apply(log.append(event))
  return events.flatMap((event) => apply(log.append(event))?.verdict ?? [])
}
const asked = (n: number) => intent(n, {})
/** What a guard that has seen these decides of order n, which comes last. */
const decisionAfter = (n: number, ...events: readonly LedgerEvent[]): RiskDecision => {
  const desk = begun().given(...events)
  const decision = desk.decides()
  return { ...decision, orderId: orderId(n) }
}

describe('a decision derived again', () => {
  const approval = decisionAfter(1) as OrderApproved
  test('is the same', () => {
    expect(verdicts(asked(1), approval)).toStrictEqual([{ _tag: 'Same' }])
  })
  test('is the same where the log went on before it was appended', () => {
    expect(verdicts(asked(1), deposited('1'), approval)).toStrictEqual([{ _tag: 'Same' }])
  })
  const altered: readonly (readonly [string, Partial<OrderApproved>])[] = [
    ['terms', { terms: { ...approval.terms, strategy: 'other' as StrategyId } }],
    ['checks', { checks: approval.checks.with(3, ['killSwitch' as Code, 'halt', 'halt']) }],
    ['checks', { checks: approval.checks.slice(1) }],
    ['reducing', { reducing: true }],
    ['expiresAt', { expiresAt: later(6000) }],
    ['at', { at: later(1) }],
  ]
  for (const [field, change] of altered) {
    test(`is not the same with other ${field}`, () => {
      expect(verdicts(asked(1), { ...approval, ...change })).toMatchObject([
        { _tag: 'Different', fields: [field] },
      ])
    })
  }
  test('is not the same by another clock, which shows in its life', () => {
    expect(verdicts(asked(1), { ...approval, clock: later(-1) })).toMatchObject([
      { _tag: 'Different', fields: ['expiresAt'] },
    ])
  })
  test('is the same where the clock had been set back, and not before the one before it', () => {
    const taken = marksTaken(later(10_000), markAt('65000'))
    const behind = { ...approval, at: later(10_000) }
    expect(verdicts(asked(1), taken, behind)).toStrictEqual([{ _tag: 'Same' }])
    expect(verdicts(asked(1), taken, approval)).toMatchObject([
      { _tag: 'Different', fields: ['at'] },
    ])
  })
  test('is not the same at another mark, which shows in its checks', () => {
    const change = { mark: markAt('65001') }
    expect(verdicts(asked(1), { ...approval, ...change })).toMatchObject([
      { _tag: 'Different', fields: ['checks'] },
    ])
  })
  test('is not the same with a denial in the place of an approval', () => {
    const { expiresAt: _, terms: __, ...rest } = approval
    const reason = { code: 'killSwitch' as Code, message: 'It was not.' as Line }
    const denial: RiskDecision = { ...rest, type: 'OrderDenied', reason, checks: [] }
    expect(verdicts(asked(1), denial)).toMatchObject([{ _tag: 'Different' }])
  })
})

describe('a decision that could not have been taken', () => {
  const approval = decisionAfter(1) as OrderApproved
  test('about nothing', () => {
    expect(
      verdicts(deposited('1'), { ...approval, basis: { count: 6, eventId: idOf(8) } }),
    ).toStrictEqual([{ _tag: 'NothingToDecide' }])
  })
  test('twice', () => {
    expect(verdicts(asked(1), approval, approval)).toMatchObject([
      { _tag: 'Same' },
      { _tag: 'NothingToDecide' },
    ])
  })
  test('after a lapse that it says it knew', () => {
    const knowing = { ...approval, basis: { count: 7, eventId: idOf(9) } }
    expect(verdicts(asked(1), lapsed(1), knowing)).toStrictEqual([{ _tag: 'NothingToDecide' }])
  })
  test('by less than the one before it was based on', () => {
    const second = decisionAfter(2, asked(1), approval)
    const less = { ...second, basis: { count: 6, eventId: idOf(8) } }
    expect(
      verdicts(asked(1), asked(2), { ...approval, basis: { count: 7, eventId: idOf(9) } }, less),
    ).toMatchObject([{}, { _tag: 'OtherBasis', count: 7 }])
  })
  test("by less than stood in the log before somebody else's event on the stream", () => {
    const elsewhere = engaged(1, 'halt', { strategy: 'other' as StrategyId })
    expect(verdicts(asked(1), elsewhere, approval)).toStrictEqual([{ _tag: 'Same' }])
    expect(verdicts(asked(1), deposited('1'), elsewhere, approval)).toStrictEqual([
      { _tag: 'OtherBasis', count: 7 },
    ])
  })
  test('by an event that is not the one it names', () => {
    const other = { ...approval, basis: { count: 6, eventId: idOf(5) } }
    expect(verdicts(asked(1), other)).toStrictEqual([{ _tag: 'OtherBasis', count: 6 }])
  })
  test('by other rules than it says', () => {
    expect(verdicts(asked(1), { ...approval, rules: 1 })).toMatchObject([
      { _tag: 'Different', fields: ['checks'] },
    ])
  })
  test('by rules that nobody knows', () => {
    expect(verdicts(asked(1), { ...approval, rules: 99 })).toStrictEqual([
      { _tag: 'OtherRules', rules: 99 },
    ])
  })
})

test("another book's decisions are not looked at", () => {
  const approval = decisionAfter(1) as OrderApproved
  expect(verdicts(asked(1), { ...approval, book: 'other' as BookId })).toStrictEqual([])
})

/** The n-th event of a test's log. */
const idOf = (n: number): EventId =>
  `00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}` as EventId
