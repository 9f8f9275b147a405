/** What is remembered of the orders of the last while, against a plain list that forgets after every step. */
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
  letsGo: fc.boolean(),
})
const asked = (which: number) => terms({ quantity: String(which + 1) })

prop(
  'finds what a plain list would, whatever windows were in force, also after taking some of it back',
  fc.array(step, { maxLength: 300 }),
  (steps) => {
    const state = noDuplicates()
    const fold = duplicatesFold(state)
    let kept: readonly { readonly which: number; readonly at: Instant }[] = []
    let now = 1_000_000 as Instant
    for (const { after, which, isKept, windowMs, letsGo } of steps) {
      now = plusMs(now, after)
      for (const each of [0, 1, 2, 3, 4]) {
        const last = kept.findLast((one) => one.which === each)?.at
        const expected = last !== undefined && last > plusMs(now, -windowMs) ? last : undefined
        expect(fold.lastWithin(asked(each), now, windowMs)).toBe(expected)
      }
      const before = structuredClone(state)
      const undo = [fold.remember(asked(which), now, windowMs), fold.forgetBefore(now, windowMs)]
      if (isKept)
        kept = [...kept, { which, at: now }].filter(({ at }) => at > plusMs(now, -windowMs))
      else {
        for (const takeBack of undo.toReversed()) takeBack()
        expect(state).toStrictEqual(before)
      }
      if (!letsGo) continue
      fold.letGo()
      expect(state.recent.length).toBeLessThanOrEqual(2 * kept.length + 128)
    }
  },
)
prop(
  'holds the same whenever what is forgotten was let go',
  fc.array(step, { maxLength: 300 }),
  (steps) => {
    const states = [noDuplicates(), noDuplicates(), noDuplicates()] as const
    const [atOnce, nowAndThen, never] = states.map((state) => duplicatesFold(state))
    let now = 1_000_000 as Instant
    for (const { after, which, windowMs, letsGo } of steps) {
      now = plusMs(now, after)
      for (const fold of [atOnce, nowAndThen, never]) {
        fold?.remember(asked(which), now, windowMs)
        fold?.forgetBefore(now, windowMs)
      }
      atOnce?.trim()
      if (letsGo) nowAndThen?.letGo()
    }
    for (const fold of [nowAndThen, never]) fold?.trim()
    expect(states[1]).toStrictEqual(states[0])
    expect(states[2]).toStrictEqual(states[0])
  },
)
