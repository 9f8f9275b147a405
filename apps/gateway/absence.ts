/** When a venue's "not found" begins to prove that an order never arrived. */
import type { Clock } from '#domain/kernel/clock'
import type { Venue } from '#domain/kernel/venue'
import { msBetween } from '#domain/values/instant'
import type { Entry } from './entry.ts'
import { sendWithinMs } from './submission.ts'

/** A little more than the least, so that waking up a little early is not too early. */
const marginMs = 50

/**
 * How long until asking is worth it: after `sendBy`, the request window and the settling time by the wall clock, and
 * as long after it was first seen to be on its way by the monotonic clock, because a wall clock can be stepped.
 */
export const provableInMs = (
  { order, startedMs }: Entry,
  { requestWindowMs, settlingMs }: Venue['capabilities'],
  clock: Clock,
): number => {
  if (order._tag !== 'Submitting' && order._tag !== 'Unknown') return 0
  const afterMs = requestWindowMs + settlingMs + marginMs
  const byWall = msBetween(clock.now(), order.submission.sendBy) + afterMs
  const byMonotonic = (startedMs ?? 0) + sendWithinMs + afterMs - clock.monotonicMs()
  return Math.max(0, byWall, byMonotonic)
}
