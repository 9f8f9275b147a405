/** The little of the HTTP API that a scripted trader needs. */
import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'

export interface OrderRequest {
  readonly symbol: string
  readonly side: 'buy' | 'sell'
  readonly type: 'market' | 'limit'
  readonly quantity: string
  readonly limitPrice?: string
  readonly strategy: string
}
export interface Order {
  readonly id: string
  readonly status: string
  readonly symbol: string
  readonly side: 'buy' | 'sell'
  readonly filledQuantity: string
  readonly averagePrice: string | null
  readonly reason?: { readonly code: string; readonly message: string } | null
  readonly logPosition: string
}
export interface Position {
  readonly account: string
  readonly strategy: string
  readonly venue: string
  readonly symbol: string
  readonly side: 'long' | 'short'
  readonly quantity: string
  readonly averagePrice: string | null
  readonly realisedPnl: string
  readonly unrealisedPnl: string | null
  readonly fees: Readonly<Record<string, string>>
}
export interface Answer<Body> {
  readonly status: number
  readonly body: Body
}

export interface Client {
  /** Waits until the order has left the guard and the wire. */
  readonly place: (order: OrderRequest) => Promise<Answer<Order>>
  /** The same, and for a market order also until it has ended. */
  readonly execute: (order: OrderRequest) => Promise<Order>
  readonly cancel: (id: string) => Promise<Answer<unknown>>
  readonly kill: (strategy: string) => Promise<Answer<unknown>>
  /** Every row of a list, page by page. */
  readonly all: <Row extends { readonly id: string }>(path: string) => Promise<readonly Row[]>
}

const onItsWay = new Set(['pendingRisk', 'approved', 'submitting', 'accepted', 'partiallyFilled'])

interface Page<Row> {
  readonly data: readonly Row[]
  readonly hasMore: boolean
}

export const openClient = (url: string, key: string): Client => {
  const ask = async <Body>(
    method: string,
    path: string,
    body?: object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer<Body>> => {
    const reply = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(40_000),
    })
    return { status: reply.status, body: (await reply.json()) as Body }
  }
  const all = async <Row extends { readonly id: string }>(
    path: string,
  ): Promise<readonly Row[]> => {
    const rows: Row[] = []
    const join = path.includes('?') ? '&' : '?'
    for (let cursor = ''; ; cursor = `&startingAfter=${rows.at(-1)?.id ?? ''}`) {
      const { status, body } = await ask<Page<Row>>('GET', `${path}${join}limit=1000${cursor}`)
      if (status !== 200) throw new Error(`GET ${path}: ${String(status)} ${JSON.stringify(body)}`)
      rows.push(...body.data)
      if (!body.hasMore) return rows
    }
  }
  const place = (order: OrderRequest): Promise<Answer<Order>> =>
    ask('POST', '/v1/orders', order, { 'idempotency-key': randomUUID(), prefer: 'wait=5' })
  const execute = async (order: OrderRequest): Promise<Order> => {
    const { body } = await place(order)
    const givenUp = Date.now() + 5000
    let now = body
    while (order.type === 'market' && onItsWay.has(now.status) && Date.now() < givenUp) {
      await setTimeout(10)
      now = (await ask<Order>('GET', `/v1/orders/${body.id}`)).body
    }
    return now
  }
  return {
    place,
    execute,
    cancel: (id) => ask('DELETE', `/v1/orders/${id}`),
    kill: (strategy) =>
      ask('POST', '/v1/risk/kill-switch', {
        book: 'main',
        scope: { strategy },
        action: 'engage',
        mode: 'halt',
        reason: 'the demo shows that it kills',
      }),
    all,
  }
}
