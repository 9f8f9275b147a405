/** What time it is. Only apps ask. */
import type { Instant } from '#schemas/values/instant'

export interface Clock {
  /** The time of day; it may be stepped, backwards too. */
  readonly now: () => Instant
  /** Milliseconds since some moment; never stepped, and it goes on while the process is stopped. */
  readonly monotonicMs: () => number
}
