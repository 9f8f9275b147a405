import * as E from 'fp-ts/lib/Either.js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventLogContract } from '#adapters/testing/event-log.contract'
import { accountNamed, deposit } from '#adapters/testing/ledger-events'
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

test('others hear of an append at once, and do not wait for the poll', async () => {
  const other = openPostgresEventLog({ url: server.url('gateway'), app: 'gateway' })
  const head = await log.head()
  const subscription = other.subscribeAll(E.isRight(head) ? head.right : 0n, {})
  await subscription.next()
  const waits: number[] = []
  for (let round = 0; round < 21; round += 1) {
    const news = subscription.next()
    const appended = await log.append(accountNamed(`heard${String(round)}`), 'noStream', [
      deposit('a'),
    ])
    const from = performance.now()
    expect(E.isRight(appended)).toBe(true)
    const page = await news
    expect(E.isRight(page) && page.right.events.length).toBe(1)
    waits.push(performance.now() - from)
  }
  // The poll alone would take a quarter of a second.
  expect(waits.toSorted((a, b) => a - b)[10]).toBeLessThan(100)
  await subscription.close()
  await other.close()
})
