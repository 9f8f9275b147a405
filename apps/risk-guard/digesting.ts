/** Hashing a large state while something more important goes on beside it. */
import { setImmediate } from 'node:timers/promises'
import { sha256 } from '#adapters/system/hash'
import { digesting } from '#domain/risk/snapshot'
import type { StandingsState } from '#domain/risk/standing'

/** The state may not change until it is done. */
export const digestInTurns = async (state: StandingsState): Promise<string> => {
  const work = digesting(state, sha256)
  for (;;) {
    const step = work.next()
    if (step.done === true) return step.value
    await setImmediate()
  }
}
