/** The peer of the api: fastify, one POST, one durable row in one batched insert, and nothing else. */
import { randomUUID } from 'node:crypto'
import fastify from 'fastify'
import pg from 'pg'

const [url = '', port = '0'] = process.argv.slice(2)
const client = new pg.Client({ connectionString: url })
await client.connect()
await client.query(`drop table if exists public.peer;
  create table public.peer (
    position bigint generated always as identity primary key, stream text not null, revision bigint not null,
    id uuid not null unique, type text not null, data text not null, unique (stream, revision))`)

interface Waiting {
  readonly data: string
  readonly done: (id: string) => void
  readonly fail: (error: unknown) => void
}
let queue: Waiting[] = []
let busy = false
const flush = async (): Promise<void> => {
  while (queue.length > 0) {
    const batch = queue.slice(0, 256)
    queue = queue.slice(256)
    const ids = batch.map(() => randomUUID())
    try {
      await client.query({
        name: 'peer',
        text: `insert into public.peer (stream, revision, id, type, data)
          select 'order-' || i, 0, i::uuid, 'OrderIntentRecorded', d from unnest($1::text[], $2::text[]) u(i, d)`,
        values: [ids, batch.map(({ data }) => data)],
      })
      batch.forEach(({ done }, index) => done(ids[index] ?? ''))
    } catch (error) {
      for (const { fail } of batch) fail(error)
    }
  }
  busy = false
}

const app = fastify()
app.post('/v1/orders', async (request, reply) => {
  const data = JSON.stringify({ ...(request.body as object), at: new Date().toISOString() })
  const id = await new Promise<string>((done, fail) => {
    queue.push({ data, done, fail })
    if (busy) return
    busy = true
    setImmediate(() => void flush())
  })
  return reply.code(201).send({ id, status: 'pendingRisk' })
})
await app.listen({ host: '127.0.0.1', port: Number(port) })
process.send?.('ready')
process.on('disconnect', () => process.exit(0))
