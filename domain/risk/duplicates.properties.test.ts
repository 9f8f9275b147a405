/** What is remembered of the orders of the last while, against a plain list. */
import { expect } from 'vitest'
import { duplicatesFold, noDuplicates } from '#domain/risk/duplicates'
import { terms } from '#domain/risk/testing/words'
import { plusMs } from '#domain/values/instant'
import type { Instant } from '#schemas/values/instant'
import { fc, prop } from '#testing/prop'

const step = fc.record({
  after: fc.constantFrom(0, 1, 10, 99, 100, 101, 5000),
  which: fc.nat({ max: 4 }),
  isKept: fc.boolean(),
  windowMs: fc.constantFrom(0, 1, 100, 100, 100, 3000),
})
const asked = (which: number) => terms({ quantity: String(which + 1) })

prop(
  'finds what a plain list would, also after taking some of it back, and remembers no more than the window',
  fc.array(step, { maxLength: 300 }),
  (steps) => {
    const state = noDuplicates()
    const fold = duplicatesFold(state)
    const kept: { readonly which: number; readonly at: Instant }[] = []
    let now = 1_000_000 as Instant
    let longest = 0
    for (const { after, which, isKept, windowMs } of steps) {
      now = plusMs(now, after)
      const window = 100
      for (const each of [0, 1, 2, 3, 4]) {
        const last = kept.findLast((one) => one.which === each)?.at
        const expected = last !== undefined && last > plusMs(now, -window) ? last : undefined
        expect(fold.lastWithin(asked(each), now, window)).toBe(expected)
      }
      const before = structuredClone(state)
      const forget = fold.remember(asked(which), now, window)
      if (isKept) kept.push({ which, at: now })
      else {
        forget()
        expect(state).toStrictEqual(before)
      }
      // A window that was longer for a while remembers more, never less.
      fold.forgetBefore(now, Math.max(window, windowMs))
      longest = Math.max(longest, window, windowMs)
      const within = kept.filter(({ at }) => at > plusMs(now, -longest)).length
      expect(state.recent.length).toBeLessThanOrEqual(2 * within + 65)
    }
  },
)
