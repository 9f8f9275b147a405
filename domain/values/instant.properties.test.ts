import { expect } from 'vitest'
import { laterOf, msBetween, plusMs } from '#domain/values/instant'
import { arbitraryOf } from '#schemas/testing/values'
import { Instant } from '#schemas/values/instant'
import { fc, prop } from '#testing/prop'

const anyInstant = arbitraryOf(Instant).filter((at) => at > 0)
const anyMilliseconds = fc.integer({ min: -86_400_000, max: 86_400_000 })

prop(
  'so many milliseconds later is so many milliseconds between',
  fc.tuple(anyInstant, anyMilliseconds),
  ([at, ms]) => {
    expect(msBetween(at, plusMs(at, ms))).toBe(ms)
    expect(plusMs(plusMs(at, ms), -ms)).toBe(at)
  },
)
prop(
  'the later of two is one of them, and not before the other',
  fc.tuple(anyInstant, anyInstant),
  ([a, b]) => {
    const later = laterOf(a, b)
    expect([a, b]).toContain(later)
    expect(msBetween(a, later)).toBeGreaterThanOrEqual(0)
    expect(msBetween(b, later)).toBeGreaterThanOrEqual(0)
    expect(laterOf(b, a)).toBe(later)
  },
)
