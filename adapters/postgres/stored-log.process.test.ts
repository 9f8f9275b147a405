import * as E from 'fp-ts/lib/Either.js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestPostgres, testPostgres } from '#adapters/testing/postgres'
import { storedLogContract } from '#adapters/testing/stored-log.contract'
import { openPostgresStoredLog } from './stored-log.ts'

let server: TestPostgres
let log: ReturnType<typeof openPostgresStoredLog>
beforeAll(async () => {
  server = await testPostgres()
  log = openPostgresStoredLog({ url: server.url() })
})
afterAll(async () => {
  await log.close()
  await server.stop()
})

storedLogContract(() => log, 60)

test('only the owner may act for every app, and an app is told so', async () => {
  const theirs = openPostgresStoredLog({ url: server.url('api'), patienceMs: 200 })
  const read = await theirs.readStored(0n, 1)
  expect(read).toMatchObject(
    E.left({ detail: expect.stringMatching(/permission denied to set role/) as string }),
  )
  await theirs.close()
})
