/** The raw rows of an embedded ledger's log and books, read as its owner and by plain SQL. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import type { StoredEvent } from '#schemas/envelope'
import { type Instant, parseInstant } from '#schemas/values/instant'
import { type Row, rowOf, type Rows } from './judge/log-row.ts'

export type { Rows } from './judge/log-row.ts'

/** Where the PostgreSQL of a data folder listens, with the password of its owner. */
export const embeddedUrl = (data: string): string => {
  const { postgresPort } = JSON.parse(readFileSync(join(data, 'daybook.json'), 'utf8')) as {
    readonly postgresPort: number
  }
  const password = readFileSync(join(data, 'postgres/password'), 'utf8').trim()
  return `postgres://daybook:${encodeURIComponent(password)}@127.0.0.1:${String(postgresPort)}/daybook`
}

const pageSize = 5000

export const openRows = async (data: string): Promise<Rows> => {
  const client = new pg.Client({
    connectionString: embeddedUrl(data),
    types: { getTypeParser: () => (text: string) => text },
  })
  // Servers are killed on purpose around this connection: its queries fail, the process must not.
  client.on('error', () => undefined)
  await client.connect()
  await client.query(`set default_transaction_read_only = on; set timezone = 'UTC'`)
  const query = async (sql: string): Promise<readonly Row[]> =>
    (await client.query<Record<string, string>>(sql)).rows
  const stored = async (): Promise<readonly StoredEvent[]> => {
    const rows: StoredEvent[] = []
    for (;;) {
      const after = rows.at(-1)?.position ?? 0n
      const page = await query(
        `select position, stream, revision, id, type, data, metadata,
           to_char(recorded_at, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as recorded_at
         from log.events where position > ${String(after)} order by position limit ${String(pageSize)}`,
      )
      rows.push(...page.map(storedOf))
      if (page.length < pageSize) return rows
    }
  }
  return {
    log: async () => (await stored()).map(rowOf),
    stored,
    query,
    atOnce: async (read) => {
      await client.query('begin isolation level repeatable read')
      try {
        return await read()
      } finally {
        await client.query('rollback')
      }
    },
    close: () => client.end(),
  }
}

const storedOf = (row: Row): StoredEvent => ({
  position: BigInt(row['position'] ?? ''),
  stream: row['stream'] ?? '',
  revision: BigInt(row['revision'] ?? ''),
  id: row['id'] ?? '',
  type: row['type'] ?? '',
  data: row['data'] ?? '',
  metadata: row['metadata'] ?? '',
  recordedAt: parseInstant(row['recorded_at'] ?? '') ?? (0 as Instant),
})
