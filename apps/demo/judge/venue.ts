/** The venue's own record held against the log: what it executed, and what the log says was sent and filled. */
import { units } from './decimals.ts'
import { type Finding, finding } from './finding.ts'
import { type LogRow, type Row, type Rows, text } from './log-row.ts'

/** I2: what the venue has was on the log before, and arrived before its `sendBy`. */
const sentAfterRecorded = async (rows: Rows): Promise<Finding> => {
  const orders = await rows.query(
    `select o.client_order_id as id, o.status, count(e.position) as submissions,
       bool_and(e.recorded_at <= o.placed_at) as recorded_before,
       bool_and(o.placed_at <= (e.data::jsonb ->> 'sendBy')::timestamptz) as in_time,
       bool_and((e.data::jsonb -> 'terms' ->> 'quantity')::numeric = o.quantity
         and e.data::jsonb -> 'terms' ->> 'side' = o.side
         and e.data::jsonb -> 'terms' ->> 'symbol' = o.symbol
         and e.data::jsonb -> 'terms' ->> 'account' = o.account
         and e.data::jsonb -> 'terms' ->> 'orderType' = o.order_type
         and e.data::jsonb -> 'terms' ->> 'timeInForce' = o.time_in_force
         and (e.data::jsonb -> 'terms' ->> 'postOnly')::boolean = o.post_only
         and (e.data::jsonb -> 'terms' ->> 'reduceOnly')::boolean = o.reduce_only
         and (e.data::jsonb -> 'terms' ->> 'limitPrice')::numeric is not distinct from o.limit_price
         and (e.data::jsonb -> 'terms' ->> 'stopPrice')::numeric is not distinct from o.stop_price
         and (e.data::jsonb -> 'terms' ->> 'expireAt')::timestamptz is not distinct from o.expire_at) as same_terms
     from paper.orders o left join log.events e
       on e.type = 'OrderSubmissionStarted' and e.data::jsonb ->> 'clientOrderId' = o.client_order_id
     group by o.id order by o.id`,
  )
  const wrong = ({ id = '', status, ...row }: Row): readonly string[] => {
    if (row['submissions'] !== '1') return [`${id}: ${row['submissions'] ?? ''} submissions`]
    if (row['recorded_before'] !== 't') return [`${id}: at the venue before it was recorded`]
    if (row['same_terms'] !== 't') return [`${id}: other terms`]
    return row['in_time'] === 't' || status === 'refused' ? [] : [`${id}: executed after sendBy`]
  }
  return finding(
    'I2',
    'nothing reached the venue unrecorded or after its sendBy',
    orders.length,
    orders.flatMap(wrong),
  )
}

/** I3: one client order id, one order at the venue. */
const oneVenueOrderEach = async (rows: Rows): Promise<Finding> => {
  const ids = await rows.query(
    'select client_order_id as id, count(*) as orders from paper.orders group by 1',
  )
  return finding(
    'I3',
    'one client order id, one order at the venue',
    ids.length,
    ids.filter((row) => row['orders'] !== '1').map(({ id = '' }) => id),
  )
}

/** Every trade of the venue is one fill of the log, to the last digit, and no fill is anything else. */
const everyTradeBooked = async (rows: Rows, log: readonly LogRow[]): Promise<Finding> => {
  const trades = await rows.query(
    `select client_order_id, id, symbol, side, quantity, price, fee_amount from paper.trades`,
  )
  const nameOf = (...parts: readonly string[]): string => parts.join(' ')
  const made = trades.map((row) =>
    nameOf(
      row['client_order_id'] ?? '',
      row['symbol'] ?? '',
      row['side'] ?? '',
      ...['quantity', 'price', 'fee_amount'].map((name) => String(units(row[name]))),
    ),
  )
  const booked = log
    .filter(({ type }) => type === 'OrderFilled')
    .map(({ data }) =>
      nameOf(
        text(data['orderId']).replaceAll('-', ''),
        text(data['symbol']),
        text(data['side']),
        ...[data['quantity'], data['price'], (data['fee'] as Row)['amount']].map((value) =>
          String(units(value)),
        ),
      ),
    )
  const missing = without(made, booked).map((name) => `not booked: ${name}`)
  const invented = without(booked, made).map((name) => `never traded: ${name}`)
  return finding('I14', 'fills are the trades of the venue', made.length, [...missing, ...invented])
}
/** What stands in the first list more often than in the second. */
const without = (all: readonly string[], taken: readonly string[]): readonly string[] => {
  const left = new Map<string, number>()
  for (const name of taken) left.set(name, (left.get(name) ?? 0) + 1)
  return all.filter((name) => {
    const count = left.get(name) ?? 0
    left.set(name, count - 1)
    return count <= 0
  })
}

export const venueFindings = async (
  rows: Rows,
  log: readonly LogRow[],
): Promise<readonly Finding[]> => [
  await sentAfterRecorded(rows),
  await oneVenueOrderEach(rows),
  await everyTradeBooked(rows, log),
]
