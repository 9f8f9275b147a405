/**
 * The raw rows of a ledger whose log is in EventStoreDB, read by the bare client; its books by plain SQL. For
 * questions that join the two, the log is laid beside the books in a temporary table.
 */
import { EventStoreDBClient } from '@eventstore/db-client'
import pg from 'pg'
import { type Row, rowOf, type Rows } from '#apps/demo/judge/log-row'
import { embeddedUrl } from '#apps/demo/log-rows'
import type { StoredEvent } from '#schemas/envelope'
import { formatInstant, type Instant } from '#schemas/values/instant'

const beside = 'pg_temp.log_events'

export const openEventStoreRows = async (data: string, url: string): Promise<Rows> => {
  const client = new pg.Client({
    connectionString: embeddedUrl(data),
    types: { getTypeParser: () => (text: string) => text },
  })
  client.on('error', () => undefined)
  await client.connect()
  await client.query(
    `set timezone = 'UTC'; create temp table log_events (
       position bigint, stream text, revision bigint, type text, data text, metadata text, recorded_at timestamptz)`,
  )
  const lay = async (): Promise<void> => {
    const events = await storedIn(url)
    const column = (of: (event: StoredEvent) => string): readonly string[] => events.map(of)
    await client.query(`truncate ${beside}`)
    await client.query(
      `insert into ${beside} select * from unnest($1::bigint[], $2::text[], $3::bigint[], $4::text[],
         $5::text[], $6::text[], $7::timestamptz[])`,
      [
        column(({ position }) => position.toString()),
        column(({ stream }) => stream),
        column(({ revision }) => revision.toString()),
        column(({ type }) => type),
        column((event) => event.data),
        column(({ metadata }) => metadata),
        column(({ recordedAt }) => formatInstant(recordedAt)),
      ],
    )
  }
  return {
    log: async () => (await storedIn(url)).map(rowOf),
    stored: () => storedIn(url),
    query: async (sql): Promise<readonly Row[]> => {
      if (sql.includes('log.events')) await lay()
      return (await client.query<Record<string, string>>(sql.replaceAll('log.events', beside))).rows
    },
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

const pageSize = 4_000

/** Everything but the server's own streams. */
const storedIn = async (url: string): Promise<readonly StoredEvent[]> => {
  const client = EventStoreDBClient.connectionString([url] as never)
  const stored: StoredEvent[] = []
  let from: bigint | undefined
  for (;;) {
    let read = 0
    const page = client.readAll({
      fromPosition: from === undefined ? 'start' : { commit: from, prepare: from },
      maxCount: pageSize,
    })
    for await (const { event } of page) {
      read += 1
      if (event?.position === undefined) throw new Error('an event without a position')
      const isKnown = event.position.commit === from
      from = event.position.commit
      if (isKnown || event.streamId.startsWith('$')) continue
      const { id } = event.metadata as { readonly id: string }
      stored.push({
        position: from,
        stream: event.streamId,
        revision: event.revision,
        recordedAt: (event.created.getTime() * 1_000) as Instant,
        id,
        type: event.type,
        data: new TextDecoder().decode(event.data as Uint8Array),
        metadata: JSON.stringify(event.metadata),
      })
    }
    if (read < pageSize) break
  }
  await client.dispose()
  return stored
}
