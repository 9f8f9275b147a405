/** Quarter hours: the grain in which the past of the books is kept. Every zone's hours and days begin with one. */
import type { Instant } from '#schemas/values/instant'

/** In microseconds. No zone of today is off UTC by anything else than a multiple of it. */
export const quarterHour = 900_000_000

/** The beginning of the quarter hour that it is in. */
export const quarterHourOf = (at: Instant): Instant => (at - past(at)) as Instant
const past = (at: Instant): number => ((at % quarterHour) + quarterHour) % quarterHour
