/** Rejections that the client leaves lying in promises of its own: nobody can catch them, and nothing waits for them. */

/**
 * Every call of ours has an end of its own, so that none is lost with such a promise; ending the process for it would
 * turn an outage of the store into one of the app.
 */
export const isStray = (thrown: unknown): boolean =>
  thrown instanceof Error && /[\\/]@eventstore[\\/]db-client[\\/]/.test(thrown.stack ?? '')
