/** The past of a row, kept by quarter hours. */
import { quarterHourOf } from '#domain/books/quarter-hours'
import type { Instant } from '#schemas/values/instant'

/** A row as it stood at the end of the quarter hour that begins at `since`, and from there to `until`. */
export interface Spell {
  readonly since: Instant
  /** The beginning of the quarter hour in which it was changed again; undefined: it stands. */
  readonly until: Instant | undefined
}

/**
 * The quarter hour to which something that happened then is added. What is said to have happened earlier counts in
 * the one that is open: what is closed stays as it was.
 */
export const openQuarter = (row: Spell | undefined, at: Instant): Instant => {
  const quarter = quarterHourOf(at)
  return row === undefined || quarter > row.since ? quarter : row.since
}
/** The row after an event; where it is that of a later quarter hour, the one before it is closed. */
export const succeeded = <Row extends Spell>(
  row: Row | undefined,
  after: Row,
): Row | readonly Row[] =>
  row === undefined || after.since === row.since ? after : [{ ...row, until: after.since }, after]
