/** How the ledgers of an account stood at moments of the past: read, not added up. */
import { sql } from 'kysely'
import { type Cell, time } from '#projections/columns'
import { rowOf } from '#projections/fold'
import { type LedgerRow, ledgers } from '#projections/ledgers'
import { type Query, queryOf } from '#projections/query'
import { columnNames } from '#projections/read-model'
import type { AccountId, StrategyId } from '#schemas/values/ids'
import { formatInstant, type Instant } from '#schemas/values/instant'

/** The quarter hours in which something was first and last posted to one ledger. */
export interface LedgerSpan {
  /** Empty for money that belongs to no holding. */
  readonly strategy: StrategyId | ''
  readonly first: Instant
  readonly last: Instant
}

export const ledgerSpans = (account: AccountId): Query<LedgerSpan> =>
  queryOf(
    sql`
      select strategy, (
          select since from read.ledgers f
          where f.account = l.account and f.strategy = l.strategy and f.venue = l.venue
            and f.symbol = l.symbol
          order by since limit 1
        )::text, since::text
      from read.ledgers l where until is null and account = ${account}`,
    ([strategy, first, last]) => ({
      strategy: (strategy ?? '') as StrategyId | '',
      first: time.read(first ?? null),
      last: time.read(last ?? null),
    }),
  )

/** A moment on the quarter hour, or as it stands at present. */
export type Moment = Instant | 'now'

/** A ledger with all that was posted to it in the quarter hours before one of the moments asked for. */
export interface LedgerBefore {
  /** Which of the moments. */
  readonly moment: number
  readonly ledger: LedgerRow
}

export const ledgersBefore = (
  account: AccountId,
  moments: readonly Moment[],
): Query<LedgerBefore> => {
  const cells = columnNames(ledgers).map((name) => sql`l.${sql.ref(name)}::text`)
  return queryOf(
    sql`
      select moment.n::text, ${sql.join(cells)}
      from read.ledgers place
      cross join unnest(${moments.map(momentText)}::timestamptz[]) with ordinality moment (at, n)
      cross join lateral (
        select * from read.ledgers l
        where l.account = place.account and l.strategy = place.strategy and l.venue = place.venue
          and l.symbol = place.symbol and l.since < moment.at
        order by l.since desc limit 1
      ) l
      where place.until is null and place.account = ${account}`,
    ([n, ...row]: readonly Cell[]) => ({ moment: Number(n) - 1, ledger: rowOf(ledgers, row) }),
  )
}
const momentText = (moment: Moment): string =>
  moment === 'now' ? 'infinity' : formatInstant(moment)
