/**
 * The paper venue's durable state. One session holds a lock and does everything, so that whoever has lost the lock
 * has lost his hands too. After any failure the store is dead: nobody knows what it wrote, and it must be read anew.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import * as E from 'fp-ts/lib/Either.js'
import type pg from 'pg'
import type { MatchingState } from '#domain/matching/pits'
import type { Page, PaperBatch, PaperStore, StoreLost } from '#domain/matching/store'
import type { MarketSymbol } from '#schemas/values/ids'
import { formatInstant } from '#schemas/values/instant'
import { connect, cut, inTime } from './connection.ts'
import { databaseFailure } from './failure.ts'
import {
  fundingColumns,
  fundingOfRow,
  namesOf,
  orderColumns,
  orderOfRow,
  positionColumns,
  positionOfRow,
  recordOf,
  recordOfFunding,
  recordOfOrder,
  recordOfPosition,
  recordOfTrade,
  tradeColumns,
  tradeOfRow,
} from './paper-rows.ts'
import { locks } from './schema/locks.ts'
import { turns } from './turns.ts'

type Kept<A> = Promise<E.Either<StoreLost, A>>

const lock = `select pg_try_advisory_lock(${locks.paperVenue})`
const msMax = 5_000
const waitForLockMs = 200

/** The store, once nobody else has it; undefined when the signal is aborted first. */
export const ownPaperStore = async (
  url: string,
  stopping: AbortSignal,
  onWaiting: () => void,
): Promise<E.Either<StoreLost, PaperStore> | undefined> => {
  try {
    const client = await connect({ url, app: 'paper-venue' })
    try {
      await inTime(client.query('set synchronous_commit = on'), msMax)
      while (!stopping.aborted) {
        const { rows } = await inTime(
          client.query<[boolean]>({ text: lock, rowMode: 'array' }),
          msMax,
        )
        if (rows[0]?.[0] === true) return E.right(storeOn(client))
        onWaiting()
        await sleep(waitForLockMs, undefined, { signal: stopping }).catch(() => undefined)
      }
    } catch (error) {
      cut(client)
      throw error
    }
    cut(client)
    return undefined
  } catch (error) {
    return lostBy(error)
  }
}

const lostBy = (error: unknown): E.Either<StoreLost, never> =>
  E.left({ _tag: 'StoreLost', detail: databaseFailure(error).detail })

const storeOn = (client: pg.Client): PaperStore => {
  const lost = new Promise<void>((resolve) => {
    client.once('end', resolve)
  })
  const query = queryOn(client)
  const page = ({ account, after, limit }: Page) => [account, after.toString(), limit] as const
  return {
    lost,
    state: () => stateOf(query),
    find: (names) => {
      const accounts = names.map(({ account }) => account)
      const clientOrderIds = names.map(({ clientOrderId }) => clientOrderId)
      return query('find', findText, [accounts, clientOrderIds], orderOfRow)
    },
    commit: async (batch) => {
      const written = await commitBatch(query, batch)
      // It cannot be, unless somebody writes without the lock.
      if (E.isLeft(written)) cut(client)
      return written
    },
    openOrders: (wanted) => query('open', openText, page(wanted), orderOfRow),
    closedOrders: (wanted, since) =>
      query('closed', closedText, [...page(wanted), formatInstant(since)], orderOfRow),
    trades: (wanted, since) =>
      query('trades', tradesText, [...page(wanted), formatInstant(since)], tradeOfRow),
    fundings: (wanted, since) =>
      query('fundings', fundingsText, [...page(wanted), formatInstant(since)], fundingOfRow),
    close: async () => {
      await inTime(client.end(), 500).catch(() => {
        cut(client)
      })
    },
  }
}

type Query = <A>(
  name: string,
  text: string,
  values: readonly unknown[],
  read: (row: readonly unknown[]) => A,
) => Kept<readonly A[]>

const queryOn = (client: pg.Client): Query => {
  const inTurn = turns()
  return async (name, text, values, read) => {
    try {
      const asked = inTurn(() =>
        client.query<unknown[]>({ name, text, values: [...values], rowMode: 'array' }),
      )
      const { rows } = await inTime(asked, msMax)
      return E.right(rows.map(read))
    } catch (error) {
      cut(client)
      return lostBy(error)
    }
  }
}

const commitBatch = async (query: Query, batch: PaperBatch): Kept<boolean> => {
  const { placed, changed, trades, fundings, positions, notAfter } = batch
  const written = await query(
    'commit',
    commitText,
    [
      notAfter === undefined ? null : formatInstant(notAfter),
      JSON.stringify(placed.map(recordOfOrder)),
      JSON.stringify(changed.map(recordOfOrder)),
      JSON.stringify(trades.map(recordOfTrade)),
      JSON.stringify(fundings.map(recordOfFunding)),
      JSON.stringify(positions.map(recordOfPosition)),
    ],
    (row) => row as [boolean, bigint, bigint, bigint, bigint, bigint],
  )
  if (E.isLeft(written)) return written
  const [wasInTime, ...counts] = written.right[0] ?? [false]
  if (!wasInTime) return E.right(false)
  const expected = [placed, changed, trades, fundings, positions].map(({ length }) => length)
  return counts.every((count, index) => count === BigInt(expected[index] ?? 0))
    ? E.right(true)
    : lostBy(new Error(`wrote ${counts.join(', ')} rows instead of ${expected.join(', ')}`))
}

const stateOf = async (query: Query): Kept<MatchingState> => {
  const open = await query('all-open', allOpenText, [], orderOfRow)
  if (E.isLeft(open)) return open
  const counters = await query('counters', countersText, [], (row) => row as Counters)
  if (E.isLeft(counters)) return counters
  const prints = await query('prints', printsText, [], (row) => row as [MarketSymbol, string])
  if (E.isLeft(prints)) return prints
  const positions = await query('positions', positionsText, [], positionOfRow)
  if (E.isLeft(positions)) return positions
  const [lastOrderId, lastTradeId, lastFundingId] = counters.right[0] ?? [0n, 0n, 0n]
  return E.right({
    open: open.right,
    positions: positions.right,
    lastOrderId,
    lastTradeId,
    lastFundingId,
    prints: new Map(prints.right),
  })
}
type Counters = [lastOrderId: bigint, lastTradeId: bigint, lastFundingId: bigint]

const allOpenText = `select ${orderColumns} from paper.orders where status = 'open' order by id`
const countersText = `select
  coalesce((select id from paper.orders order by id desc limit 1), 0),
  coalesce((select id from paper.trades order by id desc limit 1), 0),
  coalesce((select id from paper.fundings order by id desc limit 1), 0)`
/**
 * What was settled on a position is settled, even where its row forgot it. The names are times: only the last second
 * is read of them, for within it a fraction is sorted before none.
 */
const positionsText = `select ${positionColumns} from (
    select account, symbol, quantity, greatest(funded_until, (
      select max(f.funding_id::timestamptz) from paper.fundings f
      where f.account = p.account and f.symbol = p.symbol and f.funding_id >= (
        select left(max(l.funding_id), 19) from paper.fundings l
        where l.account = p.account and l.symbol = p.symbol))) as funded_until
    from paper.positions p) known
  order by account, symbol`
/** From symbol to symbol along the index: there are few symbols and many prints. */
const printsText = `
  with recursive symbols as (
    (select symbol from paper.trades where print is not null order by symbol limit 1)
    union all
    select (select t.symbol from paper.trades t
      where t.print is not null and t.symbol > s.symbol order by t.symbol limit 1)
    from symbols s where s.symbol is not null)
  select s.symbol, (select t.print from paper.trades t
    where t.symbol = s.symbol and t.print is not null order by t.id desc limit 1)
  from symbols s where s.symbol is not null`

const findText = `select ${orderColumns} from paper.orders
  where (account, client_order_id) in (select * from unnest($1::text[], $2::text[]))`

const openText = `select ${orderColumns} from paper.orders
  where status = 'open' and account = $1 and id > $2::bigint order by id limit $3::int`
/** Found by when they ended, and then told in the order of their ids. */
const closedText = `select ${orderColumns} from (
    select * from paper.orders
    where status <> 'open' and account = $1 and changed_at >= $4::timestamptz offset 0) o
  where id > $2::bigint order by id limit $3::int`
const tradesText = `select ${tradeColumns} from (
    select * from paper.trades where account = $1 and at >= $4::timestamptz offset 0) o
  where id > $2::bigint order by id limit $3::int`
const fundingsText = `select ${fundingColumns} from (
    select * from paper.fundings where account = $1 and at >= $4::timestamptz offset 0) o
  where id > $2::bigint order by id limit $3::int`

/** One statement is one transaction, and one round trip. The clock is read once, before anything is written. */
const commitText = `
  with gate as materialized (
    select $1::timestamptz is null or clock_timestamp() <= $1::timestamptz as in_time
  ), placed as (
    insert into paper.orders (${namesOf('orders')}) select ${namesOf('orders')}
    from json_to_recordset($2::json) as r ${recordOf('orders')}, gate
    where gate.in_time returning 1
  ), changed as (
    update paper.orders o
    set status = r.status, filled_total = r.filled_total, changed_at = r.changed_at,
      quantity = r.quantity, limit_price = r.limit_price, stop_price = r.stop_price,
      triggered = r.triggered, queued_at = r.queued_at
    from json_to_recordset($3::json) as r ${recordOf('orders')}, gate
    where gate.in_time and o.id = r.id and o.status = 'open' returning 1
  ), traded as (
    insert into paper.trades (${namesOf('trades')}) select ${namesOf('trades')}
    from json_to_recordset($4::json) as r ${recordOf('trades')}, gate
    where gate.in_time returning 1
  ), paid as (
    insert into paper.fundings (${namesOf('fundings')}) select ${namesOf('fundings')}
    from json_to_recordset($5::json) as r ${recordOf('fundings')}, gate
    where gate.in_time returning 1
  ), held as (
    insert into paper.positions (${namesOf('positions')}) select ${namesOf('positions')}
    from json_to_recordset($6::json) as r ${recordOf('positions')}, gate
    where gate.in_time
    on conflict (account, symbol) do update
    set quantity = excluded.quantity, funded_until = excluded.funded_until returning 1
  )
  select in_time, (select count(*) from placed), (select count(*) from changed),
    (select count(*) from traded), (select count(*) from paid), (select count(*) from held) from gate`
