/** Many orders that rest at the venue, and somebody who stops them: for kill switches under load. */
import { type Client, openClient, type OrderRequest } from '#apps/demo/client'
import type { Ledger } from '#apps/demo/ledger'
import type { LogRow, Rows } from '#apps/demo/judge/log-row'
import { until } from './processes.ts'

/** Wide, so that nothing is denied for its number or its worth. */
export const wideLimits = {
  maxOrdersPerSecond: 1_000_000,
  maxOrdersPerMinute: 100_000_000,
  maxOrdersPerHour: 1_000_000_000,
  maxOpenOrders: 1_000_000,
  maxUnknownOrders: 1_000_000,
  maxPositionNotional: '1000000000',
  maxGrossExposure: '1000000000',
  maxNetExposure: '1000000000',
  maxMarkAgeMs: 60_000,
  maxLogLagMs: 60_000,
}

export const fundedAccounts = async (client: Client, ids: readonly string[]): Promise<void> => {
  for (const id of ids) {
    const account = { id, book: 'main', currency: 'USDT', leverage: '1' }
    const opened = await client.request('POST', '/v1/accounts', account)
    const money = { currency: 'USDT', amount: '1000000', reason: 'to trade with' }
    const funded = await client.request('POST', `/v1/accounts/${id}/deposits`, money)
    if (opened.status !== 201 || funded.status !== 201)
      throw new Error(`${id}: ${JSON.stringify([opened, funded])}`)
  }
}

/** Bids far below the market, no two alike. */
export const farBid = (n: number, account: string, strategy: string): OrderRequest => ({
  symbol: 'BTC/USDT',
  side: 'buy',
  type: 'limit',
  quantity: '0.0005',
  limitPrice: (45_000 + n / 100).toFixed(2),
  account,
  strategy,
})

/** So many at once, one after the other; answers their ids. */
export const placeAll = async (
  { url, key }: Ledger,
  requests: readonly OrderRequest[],
  atOnce = 32,
): Promise<readonly string[]> => {
  const client = openClient(url, key)
  const left = requests.values()
  const ids: string[] = []
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const request of left) {
        const { status, body } = await client.request<{ readonly id: string }>(
          'POST',
          '/v1/orders',
          request,
        )
        if (status !== 201) throw new Error(`${String(status)} ${JSON.stringify(body)}`)
        ids.push(body.id)
      }
    }),
  )
  return ids
}

/** Until the venue has each of them open, but for those that ended before; answers the open ones. */
export const untilOpen = async (rows: Rows, ids: readonly string[]): Promise<readonly string[]> => {
  let open: ReadonlySet<string> = new Set()
  await until(`${String(ids.length)} orders open at the venue, or ended`, async () => {
    const ended = await endedIn(rows)
    open = await openAtVenue(rows)
    return ids.every((id) => open.has(id) || ended.has(id))
  })
  return ids.filter((id) => open.has(id))
}
const endedIn = async (rows: Rows): Promise<ReadonlySet<string>> => {
  const found = await rows.query(
    `select data::jsonb ->> 'orderId' as id from log.events
     where type in ('OrderDenied', 'OrderLapsed', 'OrderRefused')`,
  )
  return new Set(found.map(({ id = '' }) => id))
}

/** By the venue's own list. */
export const openAtVenue = async (rows: Rows): Promise<ReadonlySet<string>> => {
  const found = await rows.query(
    `select client_order_id::uuid::text as id from paper.orders where status = 'open'`,
  )
  return new Set(found.map(({ id = '' }) => id))
}

export interface Engaged {
  readonly id: string
  readonly logPosition: string
}
export const engage = async (
  { url, key }: Ledger,
  mode: 'reduce' | 'halt',
  scope: Readonly<Record<string, string>>,
): Promise<Engaged> => {
  const body = { book: 'main', action: 'engage', mode, scope, reason: 'enough' }
  const answer = await openClient(url, key).ask<Engaged>('POST', '/v1/risk/kill-switch', body)
  if (answer.status !== 201) throw new Error(JSON.stringify(answer))
  return answer.body
}

export const requestsBy = (log: readonly LogRow[], killSwitch: string): ReadonlySet<unknown> =>
  new Set(
    log.flatMap(({ type, data }) =>
      type === 'OrderCancelRequested' && data['killSwitchId'] === killSwitch
        ? [data['orderId']]
        : [],
    ),
  )
