/** The little of the HTTP API that the persons of the demonstration need. */
import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'

export interface OrderRequest {
  readonly symbol: string
  readonly side: 'buy' | 'sell'
  readonly type: 'market' | 'limit' | 'stop' | 'stopLimit'
  readonly quantity: string
  readonly strategy: string
  readonly account?: string
  readonly limitPrice?: string
  readonly stopPrice?: string
  readonly timeInForce?: 'gtc' | 'ioc' | 'fok' | 'gtd'
  readonly expireAt?: string
  readonly postOnly?: boolean
  readonly reduceOnly?: boolean
}
export interface Order
  extends Required<Omit<OrderRequest, 'limitPrice' | 'stopPrice' | 'expireAt'>> {
  readonly id: string
  readonly status: string
  readonly limitPrice: string | null
  readonly stopPrice: string | null
  readonly filledQuantity: string
  readonly averagePrice: string | null
  readonly reason?: Reason | null
  readonly logPosition: string
}
export interface Reason {
  readonly code: string
  readonly message: string
}
export interface Answer<Body> {
  readonly status: number
  readonly body: Body
}

export type Ask = <Body>(
  method: string,
  path: string,
  body?: object,
  headers?: Readonly<Record<string, string>>,
) => Promise<Answer<Body>>

export interface Client {
  readonly ask: Ask
  /** The same under a new key of its own, so that it has one effect. */
  readonly request: <Body>(method: string, path: string, body: object) => Promise<Answer<Body>>
  /** Waits until the order has left the guard and the wire. */
  readonly place: (order: OrderRequest) => Promise<Answer<Order>>
  /** The same, and for a market order also until it has ended. */
  readonly execute: (order: OrderRequest) => Promise<Order>
  readonly cancel: (id: string) => Promise<Answer<unknown>>
  /** Every row of a list, page by page. */
  readonly all: <Row extends { readonly id: string }>(path: string) => Promise<readonly Row[]>
}

const onItsWay = new Set(['pendingRisk', 'approved', 'submitting', 'accepted', 'partiallyFilled'])
const answerMsMax = 40_000

interface Page<Row> {
  readonly data: readonly Row[]
  readonly hasMore: boolean
}

const asker =
  (url: string, key: string): Ask =>
  async <Body>(
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
      signal: AbortSignal.timeout(answerMsMax),
    })
    return { status: reply.status, body: (await reply.json()) as Body }
  }

export const openClient = (url: string, key: string): Client => {
  const ask = asker(url, key)
  const request: Client['request'] = (method, path, body) =>
    ask(method, path, body, { 'idempotency-key': randomUUID() })
  const all: Client['all'] = async <Row extends { readonly id: string }>(path: string) => {
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
  return { ask, request, place, execute, cancel: (id) => ask('DELETE', `/v1/orders/${id}`), all }
}
