/** Places an order by a client that nobody wrote by hand: its types are made from openapi.json. */
import createClient from 'openapi-fetch'
import type { components, paths } from './schema.js'

declare const process: { readonly argv: readonly string[] }

type Order = components['schemas']['OrderReply']

const [, , baseUrl = '', key = ''] = process.argv
const client = createClient<paths>({ baseUrl, headers: { authorization: `Bearer ${key}` } })

const place = async (quantity: string): Promise<Order> => {
  const { data, error } = await client.POST('/v1/orders', {
    params: { header: { 'Idempotency-Key': crypto.randomUUID(), Prefer: 'wait=10' } },
    body: { symbol: 'BTC/USDT', side: 'buy', type: 'market', quantity },
  })
  if (error !== undefined) throw new Error(`${error.code}: ${error.detail}`)
  if ('dryRun' in data) throw new Error('it was only tried out, and nobody asked for that')
  return data
}

const refused = await client.POST('/v1/orders', {
  params: { header: { 'Idempotency-Key': crypto.randomUUID() } },
  // @ts-expect-error A side that is none does not compile; the ledger refuses it too.
  body: { symbol: 'BTC/USDT', side: 'long', type: 'market', quantity: '1' },
})
// Only what is tried out needs no key of its own; the ledger refuses any other order without one.
const unnamed = await client.POST('/v1/orders', {
  body: { symbol: 'BTC/USDT', side: 'buy', type: 'market', quantity: '1' },
})
const placed = await place('0.01')
const shown = await client.GET('/v1/orders/{id}', { params: { path: { id: placed.id } } })
const listed = await client.GET('/v1/orders', { params: { query: { limit: 1 } } })

console.log(
  JSON.stringify({
    placed,
    timeline: shown.data?.timeline.map(({ type }) => type),
    listed: listed.data?.data.map(({ id }) => id),
    refused: refused.error?.code,
    unnamed: unnamed.error?.code,
  }),
)
