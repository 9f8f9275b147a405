/** Clients that place one order after the other over connections that stay: how long each took, in milliseconds. */
import { randomUUID } from 'node:crypto'
import { Agent, request } from 'node:http'
import { performance } from 'node:perf_hooks'
import type { Ledger } from '#apps/demo/ledger'

export interface Sender {
  /** Each client asks again as soon as it is answered, until the time is over. */
  readonly press: (seconds: number) => Promise<readonly number[]>
  readonly close: () => void
}

/** The answer comes as soon as the venue has the order; a market order's fill is often on its way then. */
const done = new Set(['accepted', 'partiallyFilled', 'filled', 'denied'])

export const openSender = ({ url, key }: Ledger, clients: number): Sender => {
  const agent = new Agent({ keepAlive: true, maxSockets: clients })
  const headers = {
    authorization: `Bearer ${key}`,
    'content-type': 'application/json',
    prefer: 'wait=10',
  }
  let number = 0
  const place = (): Promise<number> => {
    // Two bought for each one sold: a spot sell needs what it sells.
    const side = (number += 1) % 3 === 0 && number > clients * 3 ? 'sell' : 'buy'
    const body = JSON.stringify({ symbol: 'BTC/USDT', side, type: 'market', quantity: '0.0001' })
    const begun = performance.now()
    return new Promise((resolve, reject) => {
      const asked = request(
        `${url}/v1/orders`,
        {
          method: 'POST',
          agent,
          headers: {
            ...headers,
            'idempotency-key': randomUUID(),
            'content-length': Buffer.byteLength(body),
          },
        },
        (reply) => {
          let text = ''
          reply.setEncoding('utf8').on('data', (piece: string) => void (text += piece))
          reply.once('error', reject).once('end', () => {
            const { status } = JSON.parse(text) as { readonly status?: string | number }
            if (typeof status === 'string' && done.has(status)) resolve(performance.now() - begun)
            else reject(new Error(`an order was answered: ${text.slice(0, 300)}`))
          })
        },
      )
      asked.once('error', reject).end(body)
    })
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
    close: () => agent.destroy(),
  }
}
