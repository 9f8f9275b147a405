import { afterAll, beforeAll } from 'vitest'
import { eventLogContract } from '#adapters/testing/event-log.contract'
import { type TestPostgres, testPostgres } from '#adapters/testing/postgres'
import { openPostgresEventLog } from './event-log.ts'

let server: TestPostgres
let log: ReturnType<typeof openPostgresEventLog>
beforeAll(async () => {
  server = await testPostgres()
  log = openPostgresEventLog({ url: server.url('api'), app: 'api' })
})
afterAll(async () => {
  await log.close()
  await server.stop()
})

eventLogContract(() => log, { runs: 60 })
