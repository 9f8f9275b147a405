/** Does things at their time without drifting, and lets go of what was missed while the machine slept. */
import { setTimeout as sleep } from 'node:timers/promises'

export interface Pace {
  /** Waits until so many milliseconds of the schedule have passed. */
  readonly until: (dueMs: number) => Promise<void>
}

/** So much lateness is caught up with; of more, the schedule is moved instead. */
const lateMsMax = 1_000

/** A schedule that begins now. It stops waiting when the signal is aborted. */
export const paceOf = (monotonicMs: () => number, stopping: AbortSignal): Pace => {
  let start = monotonicMs()
  return {
    until: async (dueMs) => {
      const wait = start + dueMs - monotonicMs()
      if (wait > 0) await sleep(wait, undefined, { signal: stopping }).catch(() => undefined)
      else if (wait < -lateMsMax) start -= wait
    },
  }
}
