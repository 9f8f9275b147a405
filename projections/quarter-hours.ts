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
 * What an event makes of a row: the row itself in its quarter hour, or the one that succeeds it in a later one,
 * with the old one closed. What is said to have happened earlier counts in the quarter hour that is open: what is
 * closed stays as it was.
 */
export const goneOn = <Row extends Spell>(
  row: Row | undefined,
  after: Omit<Row, keyof Spell>,
  at: Instant,
): readonly Row[] => {
  const quarter = quarterHourOf(at)
  const next = (since: Instant): Row => ({ ...after, since, until: undefined }) as Row
  if (row === undefined) return [next(quarter)]
  return quarter > row.since ? [{ ...row, until: quarter }, next(quarter)] : [next(row.since)]
}
