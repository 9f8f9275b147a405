import { expect } from 'vitest'
import { hour, minute, second, velocityFold } from '#domain/risk/velocity'
import type { Instant } from '#schemas/values/instant'
import { fc, prop } from '#testing/prop'

const steps = fc.array(
  fc.record({
    after: fc.constantFrom(0, 0, 0, 1, 999_999, 1_000_000, 59_000_000, 3_600_000_000),
    count: fc.integer({ min: 0, max: 3 }),
    isKept: fc.boolean(),
  }),
  { maxLength: 60 },
)

prop('counts what a plain list would, also after taking some of it back', steps, (each) => {
  const velocity = velocityFold()
  const kept: number[] = []
  let now = 0
  for (const { after, count, isKept } of each) {
    now += after
    const at = now as Instant
    const undo = Array.from({ length: count }, () => velocity.count(at))
    if (isKept) {
      kept.push(...undo.map(() => now))
      velocity.forgetBefore(at)
    } else for (const back of undo.toReversed()) back()
    for (const window of [second, minute, hour]) {
      const expected = kept.filter((then) => then > now - window * 1000).length
      expect(velocity.within(at, window)).toBe(expected)
    }
  }
})

prop(
  'still counts right after many were forgotten',
  fc.integer({ min: 1, max: 5_000_000 }),
  (apart) => {
    const velocity = velocityFold()
    const total = 5000
    for (let n = 1; n <= total; n += 1) {
      velocity.count((n * apart) as Instant)
      velocity.forgetBefore((n * apart) as Instant)
    }
    for (const window of [second, minute, hour])
      expect(velocity.within((total * apart) as Instant, window)).toBe(
        Math.min(total, Math.ceil((window * 1000) / apart)),
      )
  },
  { numRuns: 30 },
)
