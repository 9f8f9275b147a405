/** Arithmetic on points in time. */
import type { Instant } from '#schemas/values/instant'

export const plusMs = (instant: Instant, milliseconds: number): Instant =>
  (instant + milliseconds * 1000) as Instant
/** How many milliseconds lie from one instant to a later one; below 0 where it is earlier. */
export const msBetween = (from: Instant, to: Instant): number => (to - from) / 1000
export const laterOf = (a: Instant, b: Instant): Instant => (a > b ? a : b)
export const earlierOf = (a: Instant, b: Instant): Instant => (a < b ? a : b)
