/** The naive recomputation of what a guard saw, held against decisions that were once taken, and against wrong ones. */
import { describe, expect, test } from 'vitest'
import { derivedFinding } from './derived.ts'
import { limitFindings } from './limits.ts'
import { list, text } from './log-row.ts'
import { golden, goldenLogs, rowsOf, tampered } from './testing/drafts.ts'

describe('every log with decisions of once', () => {
  test.each([1, 2, 3, 4].flatMap((rules) => goldenLogs(rules)))('%s', (_name, stored) => {
    for (const finding of [...limitFindings(rowsOf(stored)), derivedFinding(stored)])
      expect(finding).toMatchObject({ verdict: 'holds', offences: [] })
  })
  test('together they have something of every figure', () => {
    const codes = goldenLogs(2)
      .flatMap(([, stored]) => rowsOf(stored))
      .filter(({ type }) => type === 'OrderApproved')
      .flatMap(({ data }) => list(data['checks']).map((line) => text(list(line)[0])))
    expect(new Set(codes).size).toBeGreaterThan(20)
  })
})

type Change = Parameters<typeof tampered>[2]
const withCheck =
  (code: string, place: 1 | 2, value: string): Change =>
  ({ checks }) => ({
    checks: list(checks).map((line) => {
      const own = list(line)
      return own[0] === code ? own.with(place, value) : own
    }),
  })
const offencesIn = (name: string, type: string, change: Change): readonly string[] =>
  limitFindings(rowsOf(tampered(golden(name), type, change))).flatMap(({ offences }) => offences)

describe('a decision that was tampered with is named', () => {
  test.each([
    'orderNotional',
    'positionQuantity',
    'positionNotional',
    'grossExposure',
    'netExposure',
    'concentration',
    'buyingPower',
    'openOrders',
    'unknownOrders',
    'ordersPerSecond',
    'ordersPerMinute',
    'ordersPerHour',
    'logLag',
  ])('another figure of %s', (code) => {
    const offences = offencesIn('stop-limits', 'OrderApproved', withCheck(code, 1, '0.1'))
    expect(offences).toEqual([expect.stringContaining(`${code} was`)])
    expect(offences[0]).toContain('0.1 was recorded')
  })
  test('another limit than the one in force', () => {
    const offences = offencesIn(
      'stops',
      'OrderApproved',
      withCheck('grossExposure', 2, '999999999'),
    )
    expect(offences).toEqual([expect.stringContaining('not by 999999999')])
  })
  test('a check that was left out', () => {
    const offences = offencesIn('stops', 'OrderApproved', ({ checks }) => ({
      checks: list(checks).filter((line) => list(line)[0] !== 'netExposure'),
    }))
    expect(offences).toEqual([expect.stringContaining('netExposure was not recorded')])
  })
  test('a larger order than was judged', () => {
    const offences = offencesIn('stops', 'OrderApproved', ({ terms }) => ({
      terms: { ...(terms as object), quantity: '1000' },
    }))
    expect(offences.join()).toContain('above')
  })
  test('an old mark', () => {
    const offences = offencesIn('stops', 'OrderApproved', ({ mark }) => ({
      mark: { ...(mark as object), at: '2025-12-31T00:00:00Z' },
    }))
    expect(offences).toEqual([expect.stringContaining('its mark was')])
  })
  test('one that enlarges, and was let through as reducing', () => {
    const offences = offencesIn('stops', 'OrderApproved', () => ({ reducing: true }))
    expect(offences).toEqual([expect.stringContaining('does not only reduce')])
  })
  test('a basis that is not there', () => {
    const offences = offencesIn('stops', 'OrderApproved', ({ basis }) => ({
      basis: { ...(basis as object), count: 1000 },
    }))
    expect(offences).toEqual([expect.stringContaining('its basis is not on the log')])
  })
  test('limits that nobody set', () => {
    const narrow = tampered(golden('stops'), 'BookOpened', ({ limits }) => ({
      limits: { ...(limits as object), maxOpenOrders: 0 },
    }))
    const offences = limitFindings(rowsOf(narrow)).flatMap((finding) => finding.offences)
    expect(offences.join()).toContain('openOrders was 1, above 0')
  })
})

describe('derived again by the rules themselves', () => {
  test.each(['OrderApproved', 'OrderDenied'])('another %s is found', (type) => {
    const name = type === 'OrderDenied' ? 'netExposure' : 'stops'
    const wrong = tampered(golden(name), type, ({ reducing }) => ({ reducing: reducing !== true }))
    expect(derivedFinding(wrong)).toMatchObject({
      verdict: 'broken',
      offences: [expect.stringContaining(`${type} at`)],
    })
  })
  test('and one that cannot be read', () => {
    const wrong = tampered(golden('stops'), 'OrderApproved', () => ({ expiresAt: 'soon' }))
    expect(derivedFinding(wrong)).toMatchObject({
      verdict: 'broken',
      offences: [expect.stringContaining('cannot be read')],
    })
  })
})
