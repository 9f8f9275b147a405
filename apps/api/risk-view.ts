/** The folds that every guard decides from, kept here for those who ask how a book stands. */
import * as E from 'fp-ts/lib/Either.js'
import { backOffMs, pause } from '#apps/process/back-off'
import type { EventLog, ReadFailure } from '#domain/kernel/event-log'
import { type StandingFold, standingsFold } from '#domain/risk/standing'
import type { RecordedEvent } from '#schemas/envelope'
import type { BookId } from '#schemas/values/ids'

const pageEventsMax = 1_000

export interface RiskView {
  /**
   * Undefined: no such book, or the log has not been folded up to its end yet. Whoever enters something withdraws
   * it before anything else happens in this process.
   */
  readonly of: (book: BookId) => StandingFold | undefined
  readonly isCaughtUp: () => boolean
}
export interface RiskViewFold extends RiskView {
  /** What the live subscription brings. It counts once the past has been folded up to there. */
  readonly hear: (events: readonly RecordedEvent[]) => void
  /** Folds the log from its beginning until it meets the live subscription, which stands at `live`. */
  readonly catchUp: (
    log: Pick<EventLog, 'readAll'>,
    live: () => bigint,
    stopping: AbortSignal,
    onWaiting: (failure: ReadFailure) => void,
  ) => Promise<void>
}

export const riskViewFold = (): RiskViewFold => {
  const standings = standingsFold()
  let upTo = 0n
  let joined = false
  const apply = (recorded: RecordedEvent): void => {
    if (recorded.position <= upTo) return
    const forked = standings.apply(recorded)
    if (forked === undefined) return
    const { book, revision, expected, found } = forked
    throw new Error(
      `risk-${book} goes on at ${revision.toString()} with ${found}; expected ${expected}`,
    )
  }
  return {
    of: (book) => (joined ? standings.of(book) : undefined),
    isCaughtUp: () => joined,
    hear: (events) => {
      if (joined) for (const recorded of events) apply(recorded)
    },
    catchUp: async (log, live, stopping, onWaiting) => {
      for (let failures = 0; !stopping.aborted; ) {
        const page = await log.readAll(upTo, {}, pageEventsMax)
        if (E.isRight(page)) {
          for (const recorded of page.right.events) apply(recorded)
          upTo = page.right.upTo
          failures = 0
          // Nothing is awaited between this and the next page that is heard, so none is missed.
          joined = upTo >= live()
          if (joined) return
        } else {
          onWaiting(page.left)
          await pause(backOffMs(failures, 100, 2_000), stopping)
          failures += 1
        }
      }
    },
  }
}
