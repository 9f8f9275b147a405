/** Whatever is traded and whoever takes over with whatever clock, an interval is settled once. */
import { expect } from 'vitest'
import { nothingYet } from '#domain/matching/engine'
import type { PaperFunding, PaperPosition } from '#domain/matching/order'
import { after, matching, quote, request, trade } from '#domain/testing/paper'
import { linear, main } from '#domain/testing/pit'
import { plusMs } from '#domain/values/instant'
import { fc, prop } from '#testing/prop'

const rule = { rate: (10n ** 14n) as never, intervalMs: 3_600_000 }
const minute = 60_000

/** One process after the other: how far its clock is from that of the one before it, and what it does when. */
const anyTerm = fc.record({
  clockMinutes: fc.integer({ min: -200, max: 60 }),
  doings: fc.array(
    fc.record({
      minutes: fc.integer({ min: 0, max: 90 }),
      side: fc.constantFrom('buy' as const, 'sell' as const, undefined),
    }),
    { maxLength: 12 },
  ),
})

prop(
  'an interval is settled once, though clocks are set back and positions open anew',
  fc.array(anyTerm, { maxLength: 6 }),
  (terms) => {
    const paid: PaperFunding[] = []
    const positions = new Map<string, PaperPosition>()
    const funded = new Map<string, number>()
    let [n, at] = [0, after(0)]
    for (const { clockMinutes, doings } of terms) {
      at = plusMs(at, clockMinutes * minute)
      const lastFundingId = paid.at(-1)?.id ?? 0n
      const state = { ...nothingYet, positions: [...positions.values()], lastFundingId }
      const { venue } = matching(state, rule)
      for (const { minutes, side } of doings) {
        at = plusMs(at, minutes * minute)
        n += 1
        const show = quote('49990', '50010', { symbol: linear, size: '1000', at })
        const sendBy = plusMs(at, minute)
        const placed = side === undefined ? undefined : request({ n, symbol: linear, side, sendBy })
        const outcomes = [
          venue.hear(trade('50000', '1', { symbol: linear, sequence: n, at }), at),
          venue.hear(show, at),
          ...(placed === undefined ? [] : [venue.place(placed, at)]),
        ]
        for (const { fundings, positions: held } of outcomes) {
          paid.push(...fundings)
          for (const position of held) {
            const { symbol, fundedUntil } = position
            expect(fundedUntil).toBeGreaterThanOrEqual(funded.get(symbol) ?? 0)
            funded.set(symbol, fundedUntil)
            positions.set(symbol, position)
          }
        }
      }
    }
    expect(paid.every(({ account }) => account === main)).toBe(true)
    expect(new Set(paid.map(({ fundingId }) => fundingId)).size).toBe(paid.length)
    expect(paid.map(({ id }) => id)).toStrictEqual(paid.map((_, index) => BigInt(index + 1)))
  },
)
