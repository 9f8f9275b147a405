/** What of days, equity and breaches is to be recorded next, one step after the other, until there is nothing. */
import * as E from 'fp-ts/lib/Either.js'
import { tradingDays, type ZoneOffset } from '#domain/books/trading-day'
import type { Decision } from '#domain/kernel/decider'
import {
  breach,
  breachDue,
  type DayBounds,
  type DayEvent,
  type DayRejection,
  isDayDue,
  killSwitchFor,
  markEquity,
  openDay,
} from '#domain/risk/days'
import type { Standing } from '#domain/risk/standing'
import { laterOf } from '#domain/values/instant'
import type { KillSwitchEngaged, TradingDay } from '#schemas/events/risk'
import type { BookId, KillSwitchId } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'

/** Looked up in the time-zone tables of the day; what is found is recorded. */
export type DayLookup = (rule: TradingDay, moment: Instant) => DayBounds
export const daysBy =
  (offsetIn: ZoneOffset): DayLookup =>
  (rule, moment) => {
    const { name, from, to } = tradingDays(rule, offsetIn).at(moment)
    return { day: name, opensAt: from, closesAt: to }
  }

export interface DayMeans {
  readonly clock: Instant
  readonly dayAt: DayLookup
  /** Of a breach that would be the next event at this revision of the book's stream. */
  readonly killSwitchIdOf: (book: BookId, revision: bigint) => KillSwitchId
}
type Seen = Pick<Standing, 'desk' | 'holdings' | 'equity'>

/** The day alone: what a decision cannot do without. */
export const nextDay = (
  standing: Seen,
  { clock, dayAt }: Pick<DayMeans, 'clock' | 'dayAt'>,
): Decision<DayEvent, DayRejection> => {
  const { desk } = standing
  const opened = desk.opened()
  if (opened === undefined || !isDayDue(standing, clock)) return E.right([])
  const bounds = dayAt(opened.tradingDay, laterOf(clock, desk.at()))
  return openDay(standing, { bounds, clock })
}
/** What is next, at the marks that the desk has; a breach together with its kill switch, both in one append. */
export const nextOfBook = (
  standing: Seen,
  means: DayMeans,
): Decision<DayEvent | KillSwitchEngaged, DayRejection> => {
  const { clock } = means
  const day = nextDay(standing, means)
  if (E.isLeft(day) || day.right.length > 0) return day
  const marked = markEquity(standing, { clock })
  if (E.isLeft(marked) || marked.right.length > 0) return marked
  if (breachDue(standing, clock) === undefined) return E.right([])
  const { desk } = standing
  const killSwitchId = means.killSwitchIdOf(desk.book, desk.revision() + 1n)
  const broken = breach(standing, { clock, killSwitchId })
  if (E.isLeft(broken)) return broken
  return E.right(broken.right.flatMap((each) => [each, killSwitchFor(each, standing)]))
}
