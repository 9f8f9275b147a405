/** What a test's guard looks up and names of trading days, and how it records what is due of them. */
import * as E from 'fp-ts/lib/Either.js'
import { daysBy, type DayMeans, nextDay, nextOfBook } from '#domain/risk/day-events'
import type { DayEvent } from '#domain/risk/days'
import type { Standing } from '#domain/risk/standing'
import { uuidOf } from '#domain/testing/fixed'
import type { KillSwitchEngaged } from '#schemas/events/risk'
import type { KillSwitchId } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'

/** It has no tables, and knows UTC alone. */
export const daysInUtc = daysBy((zone) => (zone === 'UTC' ? 0 : undefined))
export const dayMeansAt = (clock: Instant): DayMeans => ({
  clock,
  dayAt: daysInUtc,
  killSwitchIdOf: (_, revision) => uuidOf<KillSwitchId>(5_000_000 + Number(revision)),
})

type Written = DayEvent | KillSwitchEngaged
const due = (next: ReturnType<typeof nextOfBook>): readonly Written[] => {
  if (E.isLeft(next)) throw new Error(`not allowed: ${next.left._tag}`)
  return next.right
}
/** What comes before a decision. */
export const openDayIfDue = (
  standing: Standing,
  clock: Instant,
  write: (event: Written) => void,
): void => due(nextDay(standing, dayMeansAt(clock))).forEach((event) => write(event))

/** All of it: the day, what the book is worth, and what it has lost. */
export const watchBook = (
  standing: Standing,
  clock: Instant,
  write: (event: Written) => void,
): void => {
  const next = due(nextOfBook(standing, dayMeansAt(clock)))
  next.forEach((event) => write(event))
  if (next.length > 0) watchBook(standing, clock, write)
}
