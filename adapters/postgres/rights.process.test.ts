/** What the database itself refuses, whoever asks and however. */
import * as E from 'fp-ts/lib/Either.js'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  accountNamed,
  cancelRefused,
  deposit,
  killSwitch,
  riskOf,
} from '#adapters/testing/ledger-events'
import { type TestPostgres, testPostgres } from '#adapters/testing/postgres'
import type { ProposedEvent } from '#schemas/envelope'
import { encodeProposed } from '#schemas/stored'
import { type AppName, apps, writes } from '#schemas/writers'
import { facts } from '#schemas/events/ledger'
import { openPostgresEventLog } from './event-log.ts'
import { openHeartbeats } from './heartbeats.ts'

let server: TestPostgres
beforeAll(async () => {
  server = await testPostgres()
  const log = openPostgresEventLog({ url: server.url('api'), app: 'api' })
  const written = await log.append(accountNamed('a'), 'noStream', [deposit('a'), deposit('a')])
  expect(E.isRight(written)).toBe(true)
  await log.close()
})
afterAll(() => server.stop())

/** The SQLSTATE of what was refused, or `done`. Everything is undone. */
const attempt = async (url: string, ...statements: readonly string[]): Promise<string> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query('begin')
    for (const statement of statements) await client.query(statement)
    return 'done'
  } catch (e) {
    return e instanceof pg.DatabaseError ? (e.code ?? 'without a code') : String(e)
  } finally {
    await client.end()
  }
}
const insufficientPrivilege = '42501'

const tampering = [
  "update log.events set data = '{}' where position = 1",
  'update log.events set position = position + 10',
  'delete from log.events where position = 2',
  'truncate log.events',
  `insert into log.events (position, stream, revision, id, type, recorded_at, data, metadata)
     values (3, 'account-a', 2, gen_random_uuid(), 'FundsDeposited', now(), '{}', '{}')`,
  'update log.head set position = 0',
  'delete from log.head',
]

describe('an event is never changed, removed, or slipped in', () => {
  test.each(apps)('by %s', async (app) => {
    for (const statement of tampering) {
      expect(await attempt(server.url(app), statement), statement).toBe(insufficientPrivilege)
    }
  })
  test.each([
    { by: 'a superuser', first: 'select' },
    { by: 'the owner of the log', first: 'set role daybook_log' },
    {
      by: 'a superuser who calls himself a replica',
      first: 'set session_replication_role = replica',
    },
    { by: 'a superuser in the role of an app', first: 'set role daybook_api' },
    {
      by: 'an app that was given rights by mistake',
      first: 'grant all on log.events, log.head to daybook_api; set role daybook_api',
    },
  ])('by $by', async ({ first }) => {
    for (const statement of tampering) {
      expect(await attempt(server.url(), first, statement), statement).toBe(insufficientPrivilege)
    }
  })
})

/** Asks the database directly, past all checks of our own. */
const appendAs = (url: string, stream: string, event: ProposedEvent, expected = -1) => {
  const { id, type, data, metadata } = encodeProposed(event)
  const [d, m] = [data, metadata].map((text) => pg.escapeLiteral(text))
  return attempt(
    url,
    `select * from log.append(array['${stream}'], array[${String(expected)}::bigint], array[1], array['${stream}'],
       array[${String(expected + 1)}::bigint], array['${id}'::uuid], array['${type}'], array[${String(d)}], array[${String(m)}])`,
  )
}

describe('each app writes its own events', () => {
  test('and only those', async () => {
    const event = deposit('b')
    const able = await Promise.all(
      apps.map(async (app) => [app, await appendAs(server.url(app), 'account-b', event)] as const),
    )
    expect(able.filter(([, answer]) => answer === 'done')).toStrictEqual([['api', 'done']])
    expect(able.every(([, answer]) => answer === 'done' || answer === insufficientPrivilege)).toBe(
      true,
    )
    expect(await appendAs(server.url('gateway'), 'order-1', cancelRefused())).toBe('done')
    expect(await appendAs(server.url('api'), 'order-1', cancelRefused())).toBe(
      insufficientPrivilege,
    )
  })
  test('to the streams that they belong to', async () => {
    expect(await appendAs(server.url('api'), 'risk-b', deposit('b'))).toBe(insufficientPrivilege)
    expect(await appendAs(server.url('api'), 'accountb', deposit('b'))).toBe(insufficientPrivilege)
  })
  test('at an exact revision, but for the kill switch', async () => {
    expect(await appendAs(server.url('api'), 'account-a', deposit('a'), -4)).toBe(
      insufficientPrivilege,
    )
    expect(await appendAs(server.url('api'), 'account-a', deposit('a'), 1)).toBe('done')
  })
  test('and the owner of everything none', async () => {
    expect(await appendAs(server.url(), 'account-b', deposit('b'))).toBe(insufficientPrivilege)
  })
  test('and no event is without a writer', () => {
    const written = new Set(apps.flatMap((app) => Object.values(writes[app]).flat()))
    expect(facts.filter(({ type }) => !written.has(type))).toStrictEqual([])
  })
  test('and what the database refuses, it refuses alone', async () => {
    const log = openPostgresEventLog({ url: server.url('api'), app: 'api' })
    const owner = new pg.Client({ connectionString: server.url() })
    await owner.connect()
    await owner.query("delete from log.writers where type = 'FundsDeposited'")
    const answers = await Promise.all([
      log.append(riskOf('r1'), 'noStream', [killSwitch('r1')]),
      log.append(accountNamed('c'), 'noStream', [deposit('c')]),
      log.append(riskOf('r2'), 'noStream', [killSwitch('r2')]),
    ])
    expect(answers.map(E.isRight)).toStrictEqual([true, false, true])
    expect(answers[1]).toMatchObject(E.left({ _tag: 'AppendForbidden', stream: 'account-c' }))
    await owner.query(
      "insert into log.writers values ('daybook_api', 'FundsDeposited', 'account-')",
    )
    await Promise.all([owner.end(), log.close()])
  })
})

test('size limits hold in the database too', async () => {
  const large = deposit('c', 'x')
  const { id, type, metadata } = encodeProposed(large)
  const answer = await attempt(
    server.url('api'),
    `select * from log.append(array['account-c'], array[-1::bigint], array[1], array['account-c'], array[0::bigint],
       array['${id}'::uuid], array['${type}'], array[repeat('x', 262144)], array[${pg.escapeLiteral(metadata)}])`,
  )
  expect(answer).toBe('23514')
})

test('an app beats under its own name, and its older instances are still to be seen', async () => {
  const beat = { instance: 'one', pid: 1, state: 'ready', logPosition: 7n }
  const asks = async (app: AppName) => {
    const heartbeats = openHeartbeats({ url: server.url(app), app })
    expect(await heartbeats.beat(beat)).toStrictEqual(E.right(undefined))
    return heartbeats
  }
  const [guard, api] = [await asks('risk-guard'), await asks('api')]
  expect(await api.beat({ ...beat, instance: 'two', detail: 'away' })).toStrictEqual(
    E.right(undefined),
  )
  const all = await guard.all()
  const rows = E.isRight(all) ? all.right : []
  expect(rows.map(({ app, instance }) => `${app} ${instance}`).sort()).toStrictEqual([
    'api one',
    'api two',
    'risk-guard one',
  ])
  expect(rows.find(({ instance }) => instance === 'two')).toMatchObject({
    logPosition: 7n,
    detail: 'away',
  })
  expect(rows.every(({ ageMs }) => ageMs < 10_000)).toBe(true)
  expect(await attempt(server.url('api'), "update ops.heartbeats set app = 'gateway'")).toBe(
    insufficientPrivilege,
  )
  await Promise.all([guard.close(), api.close()])
})
