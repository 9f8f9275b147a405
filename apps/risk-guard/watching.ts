/**
 * Watching what a book is worth without being asked: its day, its equity, and whether it has lost more than it may.
 * Looked at whenever what is held has changed, and each second.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { ZoneOffset } from '#domain/books/trading-day'
import type { Cause } from '#domain/kernel/envelop'
import type { Hash, Ids } from '#domain/kernel/ids'
import type { Marks } from '#domain/market/marks'
import { type DayMeans, daysBy, nextDay, nextOfBook } from '#domain/risk/day-events'
import { isReleased } from '#domain/risk/days'
import { marksEveryMs, marksNow } from '#domain/risk/marks-due'
import type { StandingFold } from '#domain/risk/standing'
import { laterOf, msBetween } from '#domain/values/instant'
import { nameBasedUuid } from '#projections/name-based-uuid'
import type { BookId } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'
import { type Batch, enterMarks } from './room.ts'

export interface Watch extends Omit<DayMeans, 'clock'> {
  /** Nobody asked for it. */
  readonly cause: () => Cause
  /** When each book was last looked at by the market's prices. */
  readonly looks: Map<BookId, Look>
}
interface Look {
  readonly at: Instant
  /** How often its holdings had changed by then. */
  readonly changes: number
}
export const watchBy = (offsetIn: ZoneOffset, hash: Hash, ids: Ids): Watch => ({
  dayAt: daysBy(offsetIn),
  killSwitchIdOf: (book, revision) => nameBasedUuid(hash, ['breach', book, revision.toString()]),
  cause: () => ({ correlationId: ids.correlationId() }),
  looks: new Map(),
})

/** Everything that is due of a book, at the marks of its desk. False: there was no room for all of it. */
export const enterOfBook = (
  batch: Batch,
  standing: StandingFold,
  watch: Watch,
  clock: Instant,
): boolean => enterAll(batch, watch, () => nextOfBook(standing, { ...watch, clock }))
/** The day alone, which a decision cannot do without. */
export const enterDay = (
  batch: Batch,
  standing: StandingFold,
  watch: Watch,
  clock: Instant,
): boolean => enterAll(batch, watch, () => nextDay(standing, { ...watch, clock }))

const enterAll = (
  batch: Batch,
  watch: Watch,
  nextIn: () => ReturnType<typeof nextOfBook>,
): boolean => {
  for (;;) {
    const next = nextIn()
    // Both folds come from one subscription: a rejection can only be our own mistake.
    if (E.isLeft(next)) throw new Error(`a book cannot be watched: ${next.left._tag}`)
    const [first, ...following] = next.right
    if (first === undefined) return true
    if (!batch.enter(first, watch.cause(), ...following)) return false
  }
}

/**
 * The same at the market's prices, where it is time to look: they are recorded only if something follows from them,
 * and no more often than they may. False, and nothing entered, where nothing follows.
 */
export const enterAtMarket = (
  batch: Batch,
  standing: StandingFold,
  watch: Watch,
  heard: Marks,
  clock: Instant,
): boolean => {
  if (!isLookDue(standing, watch, clock)) return false
  const at = laterOf(clock, standing.desk.at())
  const taken = enterMarks(batch, standing, at, marksNow(standing, heard, at), watch.cause())
  enterOfBook(batch, standing, watch, clock)
  if (batch.events.length > taken) return true
  if (taken > 0) standing.withdraw()
  return false
}
/** Each second, when anything that it holds has changed, and before anything follows from a release. */
const isLookDue = (standing: StandingFold, { looks }: Watch, clock: Instant): boolean => {
  const { desk, equity } = standing
  const last = looks.get(desk.book)
  const changes = equity.changes()
  const isTime =
    last === undefined ||
    last.changes !== changes ||
    isReleased(standing) ||
    Math.abs(msBetween(last.at, clock)) >= marksEveryMs
  if (isTime) looks.set(desk.book, { at: clock, changes })
  return isTime
}
