/** The raw rows of an embedded ledger's log and books, read as its owner and by plain SQL. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import type { LogRow } from './recompute.ts'

export interface Rows {
  readonly log: () => Promise<readonly LogRow[]>
  /** The rows of a query, every value a text. */
  readonly query: (sql: string) => Promise<readonly Readonly<Record<string, string>>[]>
  readonly close: () => Promise<void>
}

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
  await client.query('set default_transaction_read_only = on')
  const query = async (sql: string): Promise<readonly Readonly<Record<string, string>>[]> =>
    (await client.query<Record<string, string>>(sql)).rows
  const log = async (): Promise<readonly LogRow[]> => {
    const rows: LogRow[] = []
    for (;;) {
      const after = rows.at(-1)?.position ?? 0n
      const page = await query(
        `select position, stream, revision, type, data, metadata from log.events
         where position > ${String(after)} order by position limit ${String(pageSize)}`,
      )
      rows.push(...page.map(rowOf))
      if (page.length < pageSize) return rows
    }
  }
  return { log, query, close: () => client.end() }
}

const rowOf = (row: Readonly<Record<string, string>>): LogRow => ({
  position: BigInt(row['position'] ?? ''),
  stream: row['stream'] ?? '',
  revision: BigInt(row['revision'] ?? ''),
  type: row['type'] ?? '',
  data: JSON.parse(row['data'] ?? '') as LogRow['data'],
  metadata: JSON.parse(row['metadata'] ?? '') as LogRow['metadata'],
})
