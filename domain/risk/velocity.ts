/** How many orders were approved lately. Exact for any window up to an hour; what is older is forgotten. */
import { plusMs } from '#domain/values/instant'
import type { Instant } from '#schemas/values/instant'

export const second = 1_000
export const minute = 60_000
export const hour = 3_600_000

export interface Velocity {
  /** Approved after `at` less the window, up to `at`. */
  readonly within: (at: Instant, windowMs: number) => number
}
export interface VelocityFold extends Velocity {
  /** One more, not earlier than the one before. Answers how to take it back, as long as nothing came after it. */
  readonly count: (at: Instant) => () => void
  /** Nothing before this instant's hour will be asked for again. */
  readonly forgetBefore: (at: Instant) => void
  /** The same, and at once: what is left then follows from what was counted alone. */
  readonly trim: (at: Instant) => void
}

/** Orders of one instant share an entry, so that a batch costs one: `upTo` counts all until and with them. */
interface Entry {
  readonly at: Instant
  upTo: number
}

/** All that the fold knows, as data. */
export interface VelocityState {
  entries: Entry[]
  forgotten: number
}
export const noVelocity = (): VelocityState => ({ entries: [], forgotten: 0 })

/** Entries that fell out of the hour are let go in stretches: each is moved once at most. */
const stretch = 1024

export const velocityFold = (state: VelocityState = noVelocity()): VelocityFold => {
  const total = (): number => state.entries.at(-1)?.upTo ?? state.forgotten
  const forget = (upTo: Instant): void => {
    const gone = firstAfter(state.entries, upTo)
    state.forgotten = state.entries[gone - 1]?.upTo ?? state.forgotten
    state.entries = state.entries.slice(gone)
  }
  return {
    within: (at, windowMs) => {
      const start = firstAfter(state.entries, plusMs(at, -windowMs))
      return total() - (state.entries[start - 1]?.upTo ?? state.forgotten)
    },
    count: (at) => {
      const last = state.entries.at(-1)
      if (last?.at === at) {
        last.upTo += 1
        return () => {
          last.upTo -= 1
        }
      }
      state.entries.push({ at, upTo: total() + 1 })
      return () => {
        state.entries.pop()
      }
    },
    forgetBefore: (at) => {
      const oldest = state.entries[stretch]
      if (oldest !== undefined && oldest.at <= plusMs(at, -hour)) forget(plusMs(at, -hour))
    },
    trim: (at) => forget(plusMs(at, -hour)),
  }
}

/** The place of the first entry after an instant; the length where there is none. */
const firstAfter = (entries: readonly Entry[], instant: Instant): number => {
  let low = 0
  let high = entries.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const entry = entries[middle]
    if (entry !== undefined && entry.at <= instant) low = middle + 1
    else high = middle
  }
  return low
}
