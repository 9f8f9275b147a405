/**
 * The guard is not behind the log. What it has not folded stands after the last event of its basis, so the age
 * of that event is the most that it can be behind, and the log alone says so. An order that waited this long
 * for its guard on a log where nothing else happened is denied too: what it saw is that old.
 */
import { atMost, type Check } from '#domain/risk/checks/check'
import { msBetween } from '#domain/values/instant'

export const logLag: Check = atMost({
  code: 'logLag',
  unit: 'milliseconds',
  scope: 'guard',
  observed: ({ holdings, clock }) => {
    const last = holdings.basisAt()
    return last === undefined ? undefined : Math.max(0, Math.ceil(msBetween(last, clock)))
  },
  text: String,
  limit: ({ limits }) => limits.maxLogLagMs,
  limitText: ({ limitTexts }) => limitTexts.maxLogLagMs,
  what: () => 'The age of the newest event that the guard has seen',
  remedy: 'wait until the guard has caught up, and order again',
  missing: () => 'the guard has seen nothing yet',
})
