import * as E from 'fp-ts/lib/Either.js'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestPostgres, testPostgres } from '#adapters/testing/postgres'
import { at } from '#adapters/testing/ticks'
import { locks } from './schema/locks.ts'
import { openTickStore } from './ticks.ts'

let server: TestPostgres
beforeAll(async () => {
  server = await testPostgres()
})
afterAll(() => server.stop())

test('room for ticks is made while others hold each lock of theirs', async () => {
  const { tickPartitions: _, ...others } = locks
  const holder = new pg.Client({ connectionString: server.url() })
  await holder.connect()
  const store = openTickStore(server.url('market-data'), 'busy')
  try {
    for (const number of Object.values(others)) {
      await holder.query(`select pg_advisory_lock(${number})`)
    }
    expect(await store.makeRoom(at('2019-06-01T12:00:00Z'), 1)).toStrictEqual(E.right(2))
  } finally {
    await store.close()
    await holder.end()
  }
})
