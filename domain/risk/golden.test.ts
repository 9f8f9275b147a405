/** Decisions that were once recorded are derived again for ever, each by the rules of its own time. */
import { describe, expect, test } from 'vitest'
import { derivation } from '#domain/risk/derive'
import type { GoldenLog } from '#domain/risk/testing/golden-stories'
import { main } from '#domain/risk/testing/words'
import { readGolden } from '#domain/testing/golden-logs'
import type { OrderApproved, OrderDenied } from '#schemas/events/risk'

const decisionsIn = ({ events }: GoldenLog): readonly (OrderApproved | OrderDenied)[] =>
  events.flatMap(({ event }) =>
    (event.type === 'OrderApproved' || event.type === 'OrderDenied') && event.book === main
      ? [event]
      : [],
  )

describe('rules 1', () => {
  const logs = readGolden(1)
  test.each(logs)('derive the decisions of: $name', (log) => {
    const { apply } = derivation(main)
    const verdicts = log.events.flatMap((recorded) => apply(recorded)?.verdict ?? [])
    expect(verdicts).toStrictEqual(decisionsIn(log).map(() => ({ _tag: 'Same' })))
  })
  test('every check of theirs has once denied, and once let pass', () => {
    const all = logs.flatMap(decisionsIn)
    const approved = all.find(({ type }) => type === 'OrderApproved')
    const codes = approved?.type === 'OrderApproved' ? approved.checks.map(([code]) => code) : []
    const reasons = new Set(
      all.flatMap((decision) => (decision.type === 'OrderDenied' ? [decision.reason.code] : [])),
    )
    // Nothing is decided for a book that nobody has opened.
    expect(codes.filter((code) => !reasons.has(code))).toStrictEqual(['bookOpen'])
    expect(reasons.has('stale' as (typeof codes)[number])).toBe(true)
    expect(codes.length).toBe(26)
    expect(all.length).toBeGreaterThan(60)
  })
})
