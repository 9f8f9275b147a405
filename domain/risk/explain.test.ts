import { describe, expect, test } from 'vitest'
import { stops } from '#domain/risk/checks/all'
import { describedBy, outcomeBy } from '#domain/risk/checks/described'
import { explainApproval } from '#domain/risk/explain'
import { byTightness } from '#domain/risk/tightness'
import { readGolden } from '#domain/testing/golden-logs'
import type { CheckCode } from '#schemas/codes'
import type { OrderApproved, OrderDenied } from '#schemas/events/risk'
import type { Currency } from '#schemas/values/ids'
import type { Terms } from '#schemas/values/trading'

type Line = OrderApproved['checks'][number]
interface Told {
  readonly event: OrderDenied
  readonly terms: Terms
}
/** Every denial that was ever kept of what would have been approved if it only reduced, with what it denied. */
const denialsBy = (version: number): readonly Told[] =>
  readGolden(version).flatMap(({ events }) => {
    const terms = new Map<string, Terms>()
    return events.flatMap(({ event }): readonly Told[] => {
      if (event.type === 'OrderIntentRecorded') terms.set(event.orderId, event.terms)
      const asked = event.type === 'OrderDenied' ? terms.get(event.orderId) : undefined
      return event.type === 'OrderDenied' && asked !== undefined && wouldPassReducing(event)
        ? [{ event, terms: asked }]
        : []
    })
  })
const wouldPassReducing = ({ checks }: OrderDenied): boolean =>
  checks.every(({ code, outcome }) => outcome !== 'failed' || !stops[code as CheckCode].reducing)
const names = { currencyOf: () => 'USDT' as Currency, instrument: () => undefined }

// An approval of what only reduces keeps the figures of such checks and nothing else.
describe.each([1, 2, 3, 4])('by rules %d', (version) => {
  const denials = denialsBy(version)
  test('the figures alone say what a check that stops no exit found', () => {
    for (const { event, terms } of denials)
      for (const { code, observed = '', limit = '', outcome } of event.checks) {
        const described = describedBy(code)
        if (described === undefined) throw new Error(`${code} is not described`)
        const told = outcomeBy(described, { observed, limit, terms })
        expect([code, observed, limit, told]).toStrictEqual([code, observed, limit, outcome])
      }
  })
  test('each can be told in words, that it did not stop an exit too', () => {
    for (const { event, terms } of denials) {
      const { book, rules } = event
      const checks = event.checks.map(({ code, observed = '', limit = '' }): Line => {
        return [code, observed, limit]
      })
      const approval = { book, rules, terms, reducing: true, checks }
      for (const told of explainApproval(approval, names)) {
        expect(told.message ?? '').toMatch(/\.$/)
        expect(told.message ?? '').not.toMatch(/ {2}|undefined|\(\)/)
        const isPassed = told.outcome === 'passed'
        expect(told.message?.endsWith('which only reduces.')).toBe(!isPassed)
      }
    }
  })
})

test('what matters most comes first: what stopped, what failed, what is not known, the tightest', () => {
  const one = { outcome: 'passed', stopped: false, headroom: '5', limit: '10' }
  const told = [
    { ...one, code: 'nothing measured', headroom: null },
    { ...one, code: 'half' },
    { ...one, code: 'none at all', headroom: '0', limit: '0' },
    { ...one, code: 'a tenth', headroom: '1' },
    { ...one, code: 'not evaluated', outcome: 'notEvaluated', headroom: null },
    { ...one, code: 'failed', outcome: 'failed', headroom: '-1' },
    { ...one, code: 'not evaluated, stopped', outcome: 'notEvaluated', stopped: true },
    { ...one, code: 'stopped', outcome: 'failed', stopped: true },
  ]
  expect(byTightness(told).map(({ code }) => code)).toStrictEqual([
    'stopped',
    'not evaluated, stopped',
    'failed',
    'not evaluated',
    'none at all',
    'a tenth',
    'half',
    'nothing measured',
  ])
})
