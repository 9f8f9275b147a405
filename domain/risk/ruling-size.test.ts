import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { eventBytesMax } from '#domain/kernel/proposal'
import { type Ruling, ruleOn } from '#domain/risk/ruling'
import { proposalId, proposed, releaseAsked } from '#domain/risk/testing/control-words'
import { type Desk, openDesk } from '#domain/risk/testing/desk-of'
import { testLog } from '#domain/risk/testing/log'
import { amount, engaged, later, main, noon, quantity } from '#domain/risk/testing/words'
import { encodeProposed } from '#schemas/stored'
import type { Quantity } from '#schemas/values/decimal'
import type { MarketSymbol } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'

const minute = 60_000
const ruledOn = (desk: Desk, n: number, clock: Instant): Ruling => {
  const held = desk.standing().holdings.proposals(main).get(proposalId(n))
  if (held === undefined) throw new Error(`there is no request ${String(n)}`)
  const ruling = ruleOn(desk.standing(), { held, clock })
  if (E.isLeft(ruling)) throw new Error(ruling.left._tag)
  const [first] = ruling.right
  if (first === undefined) throw new Error(`request ${String(n)} waits`)
  return first
}
const ruled = (desk: Desk, n: number, clock: Instant): Desk => desk.given(ruledOn(desk, n, clock))

describe('what would be too large for one event', () => {
  const name = (n: number): string => `${String(n).padStart(20, 'A')}`
  const manySymbols = (many: number): Readonly<Record<string, Quantity>> =>
    Object.fromEntries(
      Array.from({ length: many }, (_, n) => [
        `${name(n)}/${name(n)}:${name(n)}`,
        quantity(`${'9'.repeat(20)}.${'9'.repeat(18)}`),
      ]),
    )
  const sizeOf = (ruling: Ruling): number => {
    const { data, metadata } = encodeProposed(testLog().append(ruling))
    return data.length + metadata.length
  }
  test('is refused in words, where limits of several proposals come together', () => {
    const half = { maxOrderQuantity: manySymbols(1121) }
    const desk = (rest: number): Desk =>
      openDesk({}, proposed(1, half), proposed(2, { maxPosition: manySymbols(rest) }))
    const fits = ruledOn(ruled(desk(1121), 1, noon), 2, noon)
    expect(fits.type).toBe('RiskLimitsSet')
    expect(sizeOf(fits)).toBeLessThan(eventBytesMax)
    expect(ruledOn(ruled(desk(1122), 1, noon), 2, noon)).toMatchObject({
      reason: {
        code: 'limitsInvalid',
        message:
          'maxOrderQuantity and maxPosition would take 240001 characters, more than the 240000 that there is room for: propose fewer symbols.',
      },
    })
  })
  test('is refused in words, where limits of parts of the book are too many', () => {
    const most = amount(`${'9'.repeat(20)}.${'9'.repeat(36)}`)
    const many = (count: number) =>
      Array.from({ length: count }, (_, n) => ({
        symbol: `${name(n)}/${name(n)}:${name(n)}` as MarketSymbol,
        maxOrderNotional: most,
        maxGrossExposure: most,
        maxPosition: manySymbols(1),
      }))
    const ruling = (count: number): Ruling =>
      ruledOn(openDesk({}, proposed(1, { overrides: many(count) })), 1, noon)
    const fits = ruling(600)
    expect(fits.type).toBe('RiskLimitsSet')
    expect(sizeOf(fits)).toBeLessThan(eventBytesMax)
    const refused = ruling(660)
    expect(refused).toMatchObject({ reason: { code: 'limitsInvalid' } })
    expect('reason' in refused ? refused.reason.message : '').toMatch(/^overrides would take/)
  })
  test('is left standing, where a release names more than there is room for', () => {
    const ids = Array.from({ length: 6_700 }, (_, n) => n + 1)
    const desk = openDesk({}, ...ids.map((n) => engaged(n, 'reduce')), releaseAsked(1, ...ids))
    const first = ruledOn(desk, 1, later(minute))
    expect(sizeOf(first)).toBeLessThan(eventBytesMax)
    desk.given(first, releaseAsked(2, ...ids))
    expect(desk.standing().desk.killSwitches().length).toBe(700)
    ruled(desk, 2, later(minute))
    expect(desk.standing().desk.killSwitches()).toStrictEqual([])
  })
})
