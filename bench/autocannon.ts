/** A load of HTTP clients, by the peer package autocannon. */
import { createRequire } from 'node:module'
import { randomUUID } from 'node:crypto'
import { repetitions, spreadOf, type Loop } from './harness.ts'

interface Outcome {
  readonly requests: { readonly average: number }
  readonly latency: { readonly p50: number; readonly p99: number }
  readonly non2xx: number
  readonly errors: number
}
interface Request {
  readonly headers?: Readonly<Record<string, string>>
}
type Autocannon = (settings: object) => Promise<Outcome>

const autocannon = createRequire(new URL('./peers/package.json', import.meta.url))(
  'autocannon',
) as Autocannon

const body = JSON.stringify({
  account: 'main',
  strategy: 'bench',
  symbol: 'BTC/USDT',
  side: 'buy',
  type: 'limit',
  quantity: '0.001',
  limitPrice: '60000',
})

/** POST /v1/orders from so many clients; every request under a key of its own. */
export const postOrders = async (url: string, key: string, clients: number): Promise<Loop> => {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` }
  const run = (duration: number): Promise<Outcome> =>
    autocannon({
      url: `${url}/v1/orders`,
      method: 'POST',
      headers,
      body,
      connections: clients,
      duration,
      requests: [
        {
          setupRequest: (request: Request) => ({
            ...request,
            headers: { ...headers, 'idempotency-key': randomUUID() },
          }),
        },
      ],
    })
  await run(2)
  const outcomes: Outcome[] = []
  for (let n = 0; n < repetitions; n += 1) outcomes.push(await run(4))
  const bad = outcomes.reduce((sum, { non2xx, errors }) => sum + non2xx + errors, 0)
  if (bad > 0) throw new Error(`${String(bad)} requests to ${url} failed`)
  return {
    rate: spreadOf(outcomes.map(({ requests }) => requests.average)),
    p50: spreadOf(outcomes.map(({ latency }) => latency.p50)),
    p99: spreadOf(outcomes.map(({ latency }) => latency.p99)),
  }
}
