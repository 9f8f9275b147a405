import * as E from 'fp-ts/lib/Either.js'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventLogContract } from '#adapters/testing/event-log.contract'
import { eventLogEndurance } from '#adapters/testing/event-log.endurance'
import { accountNamed, deposit, killSwitch, riskOf } from '#adapters/testing/ledger-events'
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

eventLogContract(() => log, { runs: 60, isDense: true })
const isLong = process.env['DAYBOOK_TEST_LONG'] === 'yes'
eventLogEndurance(() => log, {
  many: isLong ? 100_000 : 5_000,
  breaks: { count: isLong ? 1_000 : 30, break: () => breakLines() },
})

/** Every connection of the api's login. */
const breakLines = async (): Promise<void> => {
  const client = new pg.Client({ connectionString: server.url() })
  await client.connect()
  await client.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where usename = 'daybook_api'`,
  )
  await client.end()
}

test('what a filter leaves out is passed over in stretches, and none of it is parsed', async () => {
  const head = await log.head()
  const base = E.isRight(head) ? head.right : 0n
  const client = new pg.Client({ connectionString: server.url('api') })
  await client.connect()
  // Nobody could read these.
  await client.query(`select * from log.append(array['account-many'], array[-1::bigint], array[45000],
    array_fill('account-many'::text, array[45000]), (select array_agg(n) from generate_series(0, 44999) n),
    (select array_agg(gen_random_uuid()) from generate_series(1, 45000)),
    array_fill('FundsDeposited'::text, array[45000]), array_fill('{'::text, array[45000]), array_fill('{'::text, array[45000]))`)
  await client.end()
  const engaged = killSwitch('far')
  expect(E.isRight(await log.append(riskOf('far'), 'noStream', [engaged]))).toBe(true)

  const filter = { types: ['KillSwitchEngaged'] } as const
  expect(await log.readAll(base, filter, 10)).toStrictEqual(
    E.right({ events: [], upTo: base + 20_000n, atHead: false }),
  )
  const subscription = log.subscribeAll(base, filter)
  expect(await subscription.next()).toMatchObject(
    E.right({ events: [engaged], upTo: base + 45_001n, atHead: true }),
  )
  await subscription.close()
  // Without the filter the first of them stops the reader, who is told where it stands.
  expect(await log.readAll(base, {}, 10)).toMatchObject(
    E.left({ _tag: 'UnreadableEvent', position: base + 1n, stream: 'account-many' }),
  )
})

test('an event that looks like several is found where it stands, and what is before it is read', async () => {
  const head = await log.head()
  const base = E.isRight(head) ? head.right : 0n
  const before = deposit('before')
  expect(E.isRight(await log.append(accountNamed('before'), 'noStream', [before]))).toBe(true)
  const client = new pg.Client({ connectionString: server.url('api') })
  await client.connect()
  const appended = await client.query(
    `select * from log.append(array['account-odd'], array[-1::bigint], array[1], array['account-odd'],
      array[0::bigint], array[gen_random_uuid()], array['FundsDeposited'], array[$1], array['{}'])`,
    [`{}${'\u0001'.repeat(8)}{}`],
  )
  await client.end()
  expect(appended.rows).toMatchObject([{ outcome: 'all' }])
  const subscription = log.subscribeAll(base, {})
  const rest = E.right({ events: [before], upTo: base + 1n, atHead: false })
  expect(await log.readAll(base, {}, 10)).toMatchObject(rest)
  expect(await subscription.next()).toMatchObject(rest)
  const unreadable = { _tag: 'UnreadableEvent', position: base + 2n, stream: 'account-odd' }
  expect(await log.readAll(base + 1n, {}, 10)).toMatchObject(E.left(unreadable))
  expect(await subscription.next()).toMatchObject(E.left(unreadable))
  await subscription.close()
})

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
