/** A process of T9's limit: one that writes batches of events, or one that reads and parses them. Argument: the role. */
import { setTimeout } from 'node:timers/promises'
import pg from 'pg'

const [role = 'reader', url = '', seconds = '10'] = process.argv.slice(2)
/** An order's event with its metadata is about as long. */
const text = JSON.stringify({
  filler: 'x'.repeat(300),
  nested: { quantity: '0.001', price: '65000.12' },
})
const batch = 32

const client = new pg.Client({ connectionString: url })
await client.connect()
const until = performance.now() + Number(seconds) * 1000
let count = 0

const write = async (): Promise<void> => {
  const values = [Array.from({ length: batch }, () => text)]
  while (performance.now() < until) {
    await client.query({
      name: 'write',
      text: `with head as (update bare.head set position = position + cardinality($1::text[]) returning position)
        insert into bare.events (position, data)
        select head.position - cardinality($1::text[]) + e.place, e.data
        from head, unnest($1::text[]) with ordinality e (data, place)`,
      values,
    })
    await client.query("select pg_notify('bare', '')")
    count += batch
  }
}

const read = async (): Promise<void> => {
  let after = '0'
  let wake: (() => void) | undefined
  client.on('notification', () => wake?.())
  await client.query('listen bare')
  while (performance.now() < until) {
    const { rows } = await client.query<{ position: string; data: string }>({
      name: 'read',
      text: 'select position, data from bare.events where position > $1 order by position limit 1000',
      values: [after],
    })
    for (const { data } of rows) if (JSON.parse(data) !== null) count += 1
    after = rows.at(-1)?.position ?? after
    if (rows.length > 0) continue
    const woken = new Promise<void>((resolve) => {
      wake = resolve
    })
    await Promise.race([woken, setTimeout(100)])
  }
}

await (role === 'writer' ? write() : read())
await client.end()
process.send?.(count)
process.disconnect()
