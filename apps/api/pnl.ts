/** GET /v1/pnl: what an account and each of its strategies made, day by day or hour by hour, and what it is worth. */
import * as E from 'fp-ts/lib/Either.js'
import { keyed, wrong } from '#adapters/http/endpoint'
import type { Fault } from '#adapters/http/faults'
import type { KeyedDescription, KeyedRoute } from '#adapters/http/route'
import { zoneOffset } from '#adapters/system/zones'
import { type Calendar, hours, type Period, tradingDays } from '#domain/books/trading-day'
import type { Clock } from '#domain/kernel/clock'
import type { Marks } from '#domain/market/marks'
import { laterOf } from '#domain/values/instant'
import type { AccountRow } from '#projections/accounts'
import type { LedgerSpan, Moment } from '#projections/ledger-history'
import { type Books, markIsOf, marketsOf, pnlViews } from '#projections/pnl'
import { pageLimitDefault } from '#schemas/api/page'
import { PnlList, PnlQuery, type PnlReply } from '#schemas/api/pnl'
import { fieldFault } from '#schemas/request'
import type { AccountId, MarketSymbol, StrategyId } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'
import type { Mark } from '#schemas/values/trading'
import type { Directory } from './directory.ts'
import { mainAccount } from './fresh-ledger.ts'
import { type Periods, periodsAsked } from './periods.ts'
import { filterFaults, ofReadModels, readUpTo } from './reading.ts'
import type { Viewed, Views } from './views.ts'

export interface PnlMeans {
  readonly views: Views
  readonly directory: Directory
  readonly marks: Marks
  readonly clock: Pick<Clock, 'now'>
}

const listing = {
  method: 'GET',
  path: '/v1/pnl',
  summary: 'Profit, loss, fees, funding and equity of an account, by day or hour and by strategy.',
  tag: 'accounts',
  query: PnlQuery,
  replies: { 200: PnlList },
  problems: ['unknownAccount', ...ofReadModels],
} as const satisfies KeyedDescription

export const listPnl = (means: PnlMeans): KeyedRoute =>
  keyed(listing, async ({ query }) => {
    const { directory, views } = means
    const id = query.account ?? mainAccount
    const faults = filterFaults(directory, { ...query, account: id })
    const account = directory.account(id)
    if (faults.length > 0 || account === undefined) return wrong(faults)
    const reached = await readUpTo(views, query.after)
    if (E.isLeft(reached)) return reached
    const spans = await views.ledgerSpans(id)
    if (E.isLeft(spans)) return spans
    const now = means.clock.now()
    const asked = askedOf(directory, account, spans.right, query, now)
    if (E.isLeft(asked)) return asked
    const { periods, hasMore } = asked.right
    const books = await booksOf(means, account, momentsOf(periods, now))
    if (E.isLeft(books)) return books
    const data = periods.flatMap((period, n) =>
      viewsOf(account, query, period, books.right[n + 1], books.right[n], now),
    )
    return E.right({ status: 200, body: { data, hasMore } })
  })

/** Days of the account's book; the clocks of its zone are asked now, and stored nowhere. */
const calendarOf = (directory: Directory, account: AccountRow, query: PnlQuery): Calendar => {
  if (query.interval === 'hour') return hours
  const rule = directory.book(account.book)?.opened.tradingDay
  return tradingDays(rule ?? { time: '00:00', zone: 'UTC' }, zoneOffset)
}

const askedOf = (
  directory: Directory,
  account: AccountRow,
  all: readonly LedgerSpan[],
  query: PnlQuery,
  now: Instant,
): E.Either<Fault, Periods> => {
  const { strategy, limit = pageLimitDefault, from, to, startingAfter, endingBefore } = query
  const spans = strategy === undefined ? all : all.filter((span) => span.strategy === strategy)
  const [some, ...others] = spans
  if (some === undefined) {
    const cursor = startingAfter === undefined ? 'endingBefore' : 'startingAfter'
    return query[cursor] === undefined ? E.right(noPeriods) : cursorUnknown(cursor, query)
  }
  const asked = {
    first: others.reduce((least, { first }) => (first < least ? first : least), some.first),
    last: spans.reduce((latest, span) => laterOf(latest, span.last), now),
    from,
    to,
    count: periodsMax(spans, strategy, limit),
    page: { startingAfter, endingBefore },
    nameIn: nameIn(account.id, strategy),
  }
  const periods = periodsAsked(calendarOf(directory, account, query), asked)
  return E.isLeft(periods) ? cursorUnknown(periods.left, query) : periods
}
const noPeriods: Periods = { periods: [], hasMore: false }
const cursorUnknown = (
  cursor: 'startingAfter' | 'endingBefore',
  query: PnlQuery,
): E.Either<Fault, never> =>
  wrong([
    fieldFault([cursor], 'invalid', `no object of this list has the id ${query[cursor] ?? ''}`),
  ])

/** So many ledgers are read for one answer, each as it stood at so many moments. */
const ledgersMax = 5_000
/** A period has an object for the account and one for each strategy, or that of the one asked for. */
const periodsMax = (
  spans: readonly LedgerSpan[],
  strategy: StrategyId | undefined,
  limit: number,
): number => {
  const objects =
    strategy === undefined ? new Set(['', ...spans.map((span) => span.strategy)]).size : 1
  return Math.max(1, Math.floor(Math.min(limit / objects, ledgersMax / spans.length)))
}

/** An id is the account, the period, and the strategy if it is one's; none of them has a dot in it. */
const nameIn =
  (account: AccountId, strategy: StrategyId | undefined) =>
  (id: string): string | undefined => {
    const [of, name, by] = id.split('.')
    return of === account && (strategy === undefined || by === strategy) ? name : undefined
  }

/** The end of the newest period, and the beginning of each; the present where a period lasts. */
const momentsOf = (periods: readonly Period[], now: Instant): readonly Moment[] => {
  const [newest] = periods
  if (newest === undefined) return []
  const end: Moment = newest.to > now ? 'now' : newest.to
  return [end, ...periods.map(({ from }) => from)]
}

/** The books at these moments, with the marks recorded by then; at present with those of the market. */
const booksOf = async (
  { views, marks }: PnlMeans,
  account: AccountRow,
  moments: readonly Moment[],
): Viewed<readonly Books[]> => {
  if (moments.length === 0) return E.right([])
  const ledgers = await views.ledgersBefore(account.id, moments)
  if (E.isLeft(ledgers)) return ledgers
  const at = moments.map((_, n) =>
    ledgers.right.flatMap(({ moment, ledger }) => (moment === n ? [ledger] : [])),
  )
  const symbols = [...new Set(at.flatMap((rows) => [...marketsOf(rows, account.currency)]))]
  const past = moments.filter((moment) => moment !== 'now')
  const recorded = await views.marksBefore(symbols, past)
  if (E.isLeft(recorded)) return recorded
  const known = past.map(() => new Map<MarketSymbol, Mark>())
  for (const { moment, mark } of recorded.right) {
    const of = past[moment]
    if (of !== undefined && markIsOf(of, mark)) known[moment]?.set(mark.symbol, mark)
  }
  const first = moments.length - past.length
  return E.right(
    at.map((rows, n) => ({
      ledgers: rows,
      markOf: n < first ? marks.markOf : (symbol) => known[n - first]?.get(symbol),
    })),
  )
}

const viewsOf = (
  { id, currency }: AccountRow,
  { interval = 'day', strategy }: PnlQuery,
  period: Period,
  before: Books | undefined,
  after: Books | undefined,
  now: Instant,
): readonly PnlReply[] => {
  if (before === undefined || after === undefined) return []
  const complete = period.to <= now
  return pnlViews({ account: id, currency, interval, period, complete, before, after }, strategy)
}
