/**
 * The prices that the log itself knows: of recorded marks, of decisions, and of fills. For each symbol one row per
 * quarter hour in which there was any, with the last. What happens to be the price now is in no row.
 */
import { sql } from 'kysely'
import { earlierOf } from '#domain/values/instant'
import { type Cell, decimal18, optional, text, time, whole } from '#projections/columns'
import { openQuarter, type Spell, succeeded } from '#projections/quarter-hours'
import { type Query, queryOf } from '#projections/query'
import type { Handler, Lookup, ReadModel } from '#projections/read-model'
import type { EventNamed, LedgerEvent } from '#schemas/events/ledger'
import type { MarketSymbol } from '#schemas/values/ids'
import { formatInstant, type Instant } from '#schemas/values/instant'
import type { Mark } from '#schemas/values/trading'

export interface MarkRow extends Omit<Mark, 'against'>, Spell {
  readonly logPosition: bigint
}

type Telling =
  | 'MarksTaken'
  | 'OrderApproved'
  | 'OrderDenied'
  | 'AmendApproved'
  | 'AmendDenied'
  | 'OrderFilled'
  | 'ForeignFillObserved'

/** A fill that is found late was a price then; and none is a price of a time still to come. */
const tradedAt = ({ venueAt, receivedAt }: EventNamed<'OrderFilled' | 'ForeignFillObserved'>) =>
  earlierOf(venueAt, receivedAt)

/** A price that had just jumped is not believed yet. */
const marksIn = (event: LedgerEvent): readonly Mark[] =>
  allMarksIn(event).filter(({ against }) => against === undefined)
const allMarksIn = (event: LedgerEvent): readonly Mark[] => {
  switch (event.type) {
    case 'MarksTaken':
      return event.marks
    case 'OrderApproved':
    case 'OrderDenied':
    case 'AmendApproved':
    case 'AmendDenied':
      return event.mark === undefined ? [] : [event.mark]
    case 'OrderFilled':
    case 'ForeignFillObserved':
      return [{ symbol: event.symbol, price: event.price, at: tradedAt(event) }]
    default:
      return []
  }
}
const newestOf = (marks: readonly Mark[], symbol: string): Mark | undefined =>
  marks.reduce<Mark | undefined>(
    (newest, mark) =>
      mark.symbol === symbol && (newest === undefined || mark.at >= newest.at) ? mark : newest,
    undefined,
  )

/** An older price than the one that is known tells nothing new. */
const told: Handler<MarkRow, Telling> = (row, { event, position }, [symbol = '']: Lookup) => {
  const mark = newestOf(marksIn(event), symbol)
  if (mark === undefined || (row !== undefined && mark.at < row.at)) return undefined
  const { price, at } = mark
  const since = openQuarter(row, at)
  const after = { symbol: mark.symbol, price, at, since, until: undefined, logPosition: position }
  return succeeded(row, after)
}

export const marks: ReadModel<MarkRow> = {
  name: 'marks',
  columns: {
    symbol: text(),
    price: decimal18(),
    at: time,
    since: time,
    until: optional(time),
    logPosition: whole,
  },
  key: ['symbol', 'since'],
  foundBy: ['symbol'],
  endedBy: 'until',
  indexes: [],
  foldVersion: 3,
  rowsOf: ({ event }) => {
    const [only, ...others] = marksIn(event).map(({ symbol }) => symbol)
    if (only === undefined) return []
    return others.length === 0 ? [[only]] : [...new Set([only, ...others])].map((each) => [each])
  },
  on: {
    MarksTaken: told,
    OrderApproved: told,
    OrderDenied: told,
    AmendApproved: told,
    AmendDenied: told,
    OrderFilled: told,
    ForeignFillObserved: told,
  },
}

/** The last price of a symbol that was recorded in the quarter hours before one of the moments asked for. */
export interface MarkBefore {
  /** Which of the moments. */
  readonly moment: number
  readonly mark: Mark
}

export const marksBefore = (
  symbols: readonly MarketSymbol[],
  moments: readonly Instant[],
): Query<MarkBefore> =>
  queryOf(
    sql`
      select moment.n::text, mark.symbol, mark.price::text, mark.at::text
      from unnest(${[...symbols]}::text[]) of_symbol (symbol)
      cross join unnest(${moments.map(formatInstant)}::timestamptz[]) with ordinality moment (at, n)
      cross join lateral (
        select symbol, price, at from read.marks
        where marks.symbol = of_symbol.symbol collate "C" and since < moment.at
        order by since desc limit 1
      ) mark`,
    markBefore,
  )
const markBefore = ([n, symbol, price, at]: readonly Cell[]): MarkBefore => ({
  moment: Number(n) - 1,
  mark: {
    symbol: symbol as MarketSymbol,
    price: marks.columns.price.read(price ?? null),
    at: marks.columns.at.read(at ?? null),
  },
})
