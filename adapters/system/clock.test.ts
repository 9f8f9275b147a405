import { expect, test } from 'vitest'
import { microsecondClock, systemClock } from '#adapters/system/clock'
import { fc, prop } from '#testing/prop'

/** Two clocks over one true time, of which one was stepped by `step` microseconds. */
const clocksOver = (time: { micros: number; step: number }) =>
  microsecondClock(
    () => Math.floor((1_700_000_000_000_000 + time.micros + time.step) / 1000),
    () => (time.micros + 123_456) / 1000,
  )

prop(
  'stays in the millisecond of the time of day, rises while that is not stepped back, follows a step',
  fc.array(
    fc.record({ wait: fc.nat(5000), step: fc.constantFrom(0, 0, 0, 3_600_000_000, -7_001) }),
  ),
  (moves) => {
    const time = { micros: 0, step: 0 }
    const clock = clocksOver(time)
    let before: number = clock.now()
    for (const { wait, step } of moves) {
      time.micros += wait
      time.step += step
      const now = clock.now()
      const true_ = 1_700_000_000_000_000 + time.micros + time.step
      expect(Number.isSafeInteger(now)).toBe(true)
      expect(Math.floor(now / 1000)).toBe(Math.floor(true_ / 1000))
      if (step >= 0) expect(now).toBeGreaterThanOrEqual(before)
      before = now
    }
  },
)

test('tells microseconds, once it has seen a millisecond begin', () => {
  const time = { micros: 0, step: 0 }
  const clock = clocksOver(time)
  for (; time.micros < 5000; time.micros += 7) clock.now()
  expect(Math.abs(clock.now() - (1_700_000_000_000_000 + time.micros))).toBeLessThanOrEqual(7)
})

test('the system clock is the time of day, and its monotonic part never falls', () => {
  const before = Date.now()
  const now = systemClock.now()
  expect(now).toBeGreaterThanOrEqual(before * 1000)
  expect(now).toBeLessThan((Date.now() + 1) * 1000)
  const start = systemClock.monotonicMs()
  expect(systemClock.monotonicMs()).toBeGreaterThanOrEqual(start)
})
