/** Time and ids for tests: they are what the test says, and the same on every run. */
import type { Clock } from '#domain/kernel/clock'
import type { Ids } from '#domain/kernel/ids'
import { plusMs } from '#domain/values/instant'
import type { CorrelationId, EventId, Nonce } from '#schemas/values/ids'
import { type Instant, parseInstant } from '#schemas/values/instant'

/** The instant that a text says; for tests, where a wrong text is a mistake. */
export const instant = (text: string): Instant => {
  const parsed = parseInstant(text)
  if (parsed === undefined) throw new Error(`not an instant: ${text}`)
  return parsed
}

/** A clock that stands until it is moved. */
export interface FixedClock extends Clock {
  /** Time goes by. */
  readonly advance: (milliseconds: number) => void
  /** Somebody sets the time of day; the monotonic clock does not notice. */
  readonly step: (milliseconds: number) => void
}
export const fixedClock = (at: string | Instant = '2026-01-05T09:00:00Z'): FixedClock => {
  let now = typeof at === 'string' ? instant(at) : at
  let monotonic = 0
  return {
    now: () => now,
    monotonicMs: () => monotonic,
    advance: (milliseconds) => {
      now = plusMs(now, milliseconds)
      monotonic += milliseconds
    },
    step: (milliseconds) => {
      now = plusMs(now, milliseconds)
    },
  }
}

/** The n-th UUID: valid as every kind of id that is one. */
export const uuidOf = <Id extends string = EventId>(n: number): Id =>
  `00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}` as Id

/** Ids 1, 2, 3, … in the order they are asked for; nonces count by themselves. */
export const countingIds = (start = 1): Ids => {
  let next = start
  let nextNonce = start
  return {
    eventId: () => uuidOf<EventId>(next++),
    correlationId: () => uuidOf<CorrelationId>(next++),
    nonce: () => (nextNonce++).toString(16).padStart(32, '0') as Nonce,
  }
}
