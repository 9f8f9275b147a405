/** Decisions that were once recorded are derived again for ever, each by the rules of its own time. */
import { describe, expect, test } from 'vitest'
import { derivation, type Verdict } from '#domain/risk/derive'
import { rulesInForce, rulesOf } from '#domain/risk/rules'
import { deskOn } from '#domain/risk/testing/desk-of'
import type { GoldenLog } from '#domain/risk/testing/golden-stories'
import { later, main, markAt } from '#domain/risk/testing/words'
import { readGolden } from '#domain/testing/golden-logs'
import { controlCodes } from '#schemas/codes'
import type { RiskEvent } from '#schemas/events/risk'

type Decided = Extract<RiskEvent, { readonly rules: number }>
const decidedIn = ({ events }: GoldenLog): readonly Decided[] =>
  events.flatMap(({ event }) =>
    'rules' in event && 'book' in event && event.book === main ? [event] : [],
  )
const verdictsOn = ({ events }: GoldenLog): readonly Verdict[] => {
  const { apply } = derivation(main)
  return events.flatMap((recorded) => apply(recorded)?.verdict ?? [])
}
const codesIn = (all: readonly Decided[]): readonly string[] => {
  const approved = all.find(({ type }) => type === 'OrderApproved')
  return approved?.type === 'OrderApproved' ? approved.checks.map(([code]) => code) : []
}
const reasonsIn = (all: readonly Decided[]): ReadonlySet<string> =>
  new Set(all.flatMap((each) => ('reason' in each ? [each.reason.code] : [])))

const inForce = rulesInForce.version
const written = [1, 2, 3, 4]
test('the rules in force have golden logs: npx tsx domain/testing/write-golden-logs.ts', () => {
  expect(written).toStrictEqual(
    Array.from({ length: rulesInForce.version }, (_, index) => index + 1),
  )
})
describe.each(written)('rules %d', (version) => {
  const logs = readGolden(version)
  test.each(logs)('derive what was decided in: $name', (log) => {
    const decided = decidedIn(log)
    expect(decided.filter(({ rules }) => rules !== version)).toStrictEqual([])
    expect(verdictsOn(log)).toStrictEqual(decided.map(() => ({ _tag: 'Same' })))
  })
  test('have each of their checks in them, as the reason of a denial', () => {
    const all = logs.flatMap(decidedIn)
    const reasons = reasonsIn(all)
    // Nothing is decided for a book that nobody has opened.
    expect(codesIn(all).filter((code) => !reasons.has(code))).toStrictEqual(['bookOpen'])
    expect(codesIn(all)).toStrictEqual(rulesOf(version)?.checks.map(({ code }) => code))
    expect(reasons.has('stale')).toBe(true)
    expect(all.length).toBeGreaterThan(60)
  })
})

test.each([2, 3, 4])(
  'rules %d have every reason in them why a request on control is refused',
  (n) => {
    const reasons = reasonsIn(readGolden(n).flatMap(decidedIn))
    // Under rules 4 what needs two persons waits for the second, and control can be asked for.
    const never = n < 4 ? 'controlUnchanged' : 'secondPersonNeeded'
    expect(controlCodes.filter((code) => !reasons.has(code))).toStrictEqual([never])
  },
)

test('a ledger goes on under the next rules, and all of it is derived, each by its own', () => {
  const told = readGolden(1).filter(({ name }) => !name.startsWith('generated'))
  for (const log of told) {
    const desk = deskOn(...log.events.map(({ event }) => event))
    const order = { at: '64000', quantity: '0.001', decideBy: later(86_400_000) }
    for (const asked of [order, { ...order, reduceOnly: true }, { ...order, stop: '64000' }])
      desk.given(desk.decides(asked, markAt('65000', later(7_200_000)), later(7_200_000)))
    const all = { name: log.name, events: desk.log.events }
    const orders = decidedIn(all).filter((each) => 'orderId' in each)
    const versions = orders.map(({ rules }) => rules)
    expect(versions.slice(-4)).toStrictEqual([
      versions.length > 3 ? 1 : inForce,
      inForce,
      inForce,
      inForce,
    ])
    expect(verdictsOn(all).filter(({ _tag }) => _tag !== 'Same')).toStrictEqual([])
  }
})
