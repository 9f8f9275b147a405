/** The time of this machine, to the microsecond. */
import type { Clock } from '#domain/kernel/clock'
import type { Instant } from '#schemas/values/instant'

/**
 * A clock from one that tells whole milliseconds and may be stepped, and one that tells fractions and may not.
 * What it says always lies within the millisecond that the first one says, so that every step is followed at once.
 */
export const microsecondClock = (dateMs: () => number, monotonicMs: () => number): Clock => {
  /** Time of day less monotonic time, in microseconds: found more exactly with each reading. */
  let offset = Number.NaN
  return {
    now: () => {
      const floor = dateMs() * 1000
      const monotonic = monotonicMs() * 1000
      const guess = Math.floor(monotonic + offset)
      const instant = guess >= floor ? Math.min(guess, floor + 999) : floor
      if (instant !== guess) offset = instant - monotonic
      return instant as Instant
    },
    monotonicMs,
  }
}

export const systemClock: Clock = microsecondClock(Date.now, () => performance.now())
