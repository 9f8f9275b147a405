/** What the judge looks at, all of one moment: the log, the books, the tape that was stored. */
import type { StoredEvent } from '#schemas/envelope'
import type { PostingRow, Shown } from './books.ts'
import { units } from './decimals.ts'
import { type LogRow, rowOf, type Rows, when } from './log-row.ts'
import type { Tape } from './stops.ts'

export interface Evidence {
  readonly rows: readonly LogRow[]
  readonly stored: readonly StoredEvent[]
  readonly holdings: readonly Shown[]
  readonly cash: readonly Shown[]
  readonly postings: readonly PostingRow[]
  readonly tape: Tape
}

/** The log as far as the books have it: they are never ahead of it. */
export const gather = (rows: Rows): Promise<Evidence> =>
  rows.atOnce(async () => {
    const [reached] = await rows.query(
      'select min(position) as position from read.generations where live',
    )
    const upTo = BigInt(reached?.['position'] ?? '0')
    const stored = (await rows.stored()).filter(({ position }) => position <= upTo)
    return {
      stored,
      rows: stored.map(rowOf),
      holdings: await shownBy(rows, holdingsShown),
      cash: await shownBy(rows, cashShown),
      postings: await postingsOf(rows),
      tape: await tapeOf(rows),
    }
  })

const place = `account || ' ' || strategy || ' ' || venue || ' ' || symbol`
const holdingsShown = `
  select ${place} || ' ' || figure as key, value
  from read.ledgers, lateral (values ('quantity', quantity), ('cost', cost_basis),
    ('realised', realised_pnl)) of (figure, value)
  where symbol <> '' and until is null`
const cashShown = `
  select account || ' ' || currency as key, sum(amount) as value from read.postings
  where code = 'cash' group by 1`

const shownBy = async (rows: Rows, sql: string): Promise<readonly Shown[]> =>
  (await rows.query(sql)).map(({ key = '', value = '' }) => ({ key, value }))

const postingsOf = async (rows: Rows): Promise<readonly PostingRow[]> => {
  const found = await rows.query(
    `select log_position as position, currency, amount from read.postings order by 1`,
  )
  return found.map(({ position = '', currency = '', amount = '' }) => ({
    position: BigInt(position),
    currency,
    amount,
  }))
}

const tapeOf = async (rows: Rows): Promise<Tape> => {
  const trades = await rows.query(
    `select f.symbol, t.price,
       to_char(t.received_at, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as received_at
     from market.trades t join market.feeds f on f.id = t.feed`,
  )
  const [holes] = await rows.query(
    `select count(*) as holes from market.gaps where reason in ('overflow', 'refused')`,
  )
  return {
    trades: trades.map(({ symbol = '', price, received_at: at }) => ({
      symbol,
      price: units(price),
      receivedAt: when(at),
    })),
    hasHoles: holes?.['holes'] !== '0',
  }
}
