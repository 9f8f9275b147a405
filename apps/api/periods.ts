/** Which days or hours an answer shows: those between two moments, newest first, in pages that never split one. */
import * as E from 'fp-ts/lib/Either.js'
import type { Calendar, Period } from '#domain/books/trading-day'
import type { Page } from '#projections/query'
import type { Instant } from '#schemas/values/instant'

export interface PeriodsAsked {
  /** Anything in the first period that there is, and anything in the last. */
  readonly first: Instant
  readonly last: Instant
  readonly from: Instant | undefined
  readonly to: Instant | undefined
  /** At most so many. */
  readonly count: number
  readonly page: Pick<Page, 'startingAfter' | 'endingBefore'>
  /** The name of the period that an id stands for. */
  readonly nameIn: (id: string) => string | undefined
}
export interface Periods {
  /** Newest first, without gap. */
  readonly periods: readonly Period[]
  readonly hasMore: boolean
}
/** The id after or before which the page was to be is in no such list. */
export type CursorUnknown = 'startingAfter' | 'endingBefore'

export const periodsAsked = (
  calendar: Calendar,
  { first, last, from, to, count, page, nameIn }: PeriodsAsked,
): E.Either<CursorUnknown, Periods> => {
  const [oldest, newest] = [calendar.at(first), calendar.at(last)]
  const bottom = from === undefined ? oldest : later(oldest, calendar.at(from))
  const top = to === undefined ? newest : earlier(newest, previous(calendar, to))
  const known = (id: string): Period | undefined => {
    const name = nameIn(id)
    const period = name === undefined ? undefined : calendar.named(name)
    return period === undefined || period.from < oldest.from || period.from > newest.from
      ? undefined
      : period
  }
  if (page.startingAfter !== undefined) {
    const cursor = known(page.startingAfter)
    if (cursor === undefined) return E.left('startingAfter')
    return E.right(downFrom(calendar, earlier(top, previous(calendar, cursor.from)), bottom, count))
  }
  if (page.endingBefore === undefined) return E.right(downFrom(calendar, top, bottom, count))
  const cursor = known(page.endingBefore)
  if (cursor === undefined) return E.left('endingBefore')
  return E.right(upFrom(calendar, later(bottom, calendar.at(cursor.to)), top, count))
}

const later = (a: Period, b: Period): Period => (a.from > b.from ? a : b)
const earlier = (a: Period, b: Period): Period => (a.from < b.from ? a : b)
/** The one that ends there, or in which that moment lies. */
const previous = (calendar: Calendar, end: Instant): Period => calendar.at((end - 1) as Instant)

const downFrom = (calendar: Calendar, top: Period, bottom: Period, count: number): Periods => {
  const periods: Period[] = []
  let period = top
  while (period.from >= bottom.from && periods.length < count) {
    periods.push(period)
    period = previous(calendar, period.from)
  }
  return { periods, hasMore: period.from >= bottom.from }
}
const upFrom = (calendar: Calendar, bottom: Period, top: Period, count: number): Periods => {
  const periods: Period[] = []
  let period = bottom
  while (period.from <= top.from && periods.length < count) {
    periods.unshift(period)
    period = calendar.at(period.to)
  }
  return { periods, hasMore: period.from <= top.from }
}
