/** Clients that place one order after the other over connections that stay: how long each took, in milliseconds. */
import { randomUUID } from 'node:crypto'
import { Agent, request } from 'node:http'
import { performance } from 'node:perf_hooks'
import type { Ledger } from '#apps/demo/ledger'

export interface Poster {
  /** The answer's text, whatever it says. */
  readonly post: (body: object, headers?: Readonly<Record<string, string>>) => Promise<string>
  readonly close: () => void
}
/** POST /v1/orders, each under a key of its own. */
export const openPoster = ({ url, key }: Pick<Ledger, 'url' | 'key'>, sockets: number): Poster => {
  const agent = new Agent({ keepAlive: true, maxSockets: sockets })
  return {
    post: (order, more = {}) => {
      const body = JSON.stringify(order)
      const headers = {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        'idempotency-key': randomUUID(),
        'content-length': Buffer.byteLength(body),
        ...more,
      }
      return new Promise((resolve, reject) => {
        const asked = request(`${url}/v1/orders`, { method: 'POST', agent, headers }, (reply) => {
          let text = ''
          reply.setEncoding('utf8').on('data', (piece: string) => void (text += piece))
          reply.once('error', reject).once('end', () => resolve(text))
        })
        asked.once('error', reject).end(body)
      })
    },
    close: () => agent.destroy(),
  }
}

export interface Sender {
  /** Each client asks again as soon as it is answered, until the time is over. */
  readonly press: (seconds: number) => Promise<readonly number[]>
  readonly close: () => void
}

/** The answer comes as soon as the venue has the order; a market order's fill is often on its way then. */
const done = new Set(['accepted', 'partiallyFilled', 'filled', 'denied'])

export const openSender = (ledger: Pick<Ledger, 'url' | 'key'>, clients: number): Sender => {
  const { post, close } = openPoster(ledger, clients)
  let number = 0
  const place = async (): Promise<number> => {
    // Two bought for each one sold: a spot sell needs what it sells.
    const side = (number += 1) % 3 === 0 && number > clients * 3 ? 'sell' : 'buy'
    const order = { symbol: 'BTC/USDT', side, type: 'market', quantity: '0.0001' }
    const begun = performance.now()
    const text = await post(order, { prefer: 'wait=10' })
    const { status } = JSON.parse(text) as { readonly status?: string | number }
    if (typeof status === 'string' && done.has(status)) return performance.now() - begun
    throw new Error(`an order was answered: ${text.slice(0, 300)}`)
  }
  return {
    press: async (seconds) => {
      const until = performance.now() + seconds * 1000
      const took: number[] = []
      await Promise.all(
        Array.from({ length: clients }, async () => {
          while (performance.now() < until) took.push(await place())
        }),
      )
      return took
    },
    close,
  }
}
