/** How long to wait before trying again: longer each time, up to a bound. */
import { setTimeout as sleep } from 'node:timers/promises'

export const backOffMs = (attempt: number, firstMs: number, mostMs: number): number =>
  Math.min(mostMs, firstMs * 2 ** Math.min(attempt, 30))

/** Waits, or returns early when the signal is aborted. */
export const pause = async (ms: number, signal: AbortSignal): Promise<void> => {
  await sleep(ms, undefined, { signal }).catch(() => undefined)
}
