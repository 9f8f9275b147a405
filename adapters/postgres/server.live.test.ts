/** The log, its rights, read models and ticks on a server of one's own: DAYBOOK_TEST_POSTGRES_URL=postgres://… */
import { createHash } from 'node:crypto'
import * as E from 'fp-ts/lib/Either.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventLogContract } from '#adapters/testing/event-log.contract'
import { eventLogEndurance } from '#adapters/testing/event-log.endurance'
import { accountNamed, deposit } from '#adapters/testing/ledger-events'
import { freshDatabase, type TestDatabase } from '#adapters/testing/postgres-server'
import { differencesFrom, withClient } from '#adapters/testing/read-models'
import { storedLogContract } from '#adapters/testing/stored-log.contract'
import { at, quoteNumber, rowsOf, tradeNumber } from '#adapters/testing/ticks'
import { allReadModels } from '#projections/all'
import { recordedDay } from '#projections/testing/day'
import { apps } from '#schemas/writers'
import { openPostgresEventLog } from './event-log.ts'
import { openReadModelStore } from './read-model-store.ts'
import { roleOf } from './schema/role-names.ts'
import { openPostgresStoredLog } from './stored-log.ts'
import { openTickStore } from './ticks.ts'

const server = process.env['DAYBOOK_TEST_POSTGRES_URL'] ?? ''
const isLong = process.env['DAYBOOK_TEST_LONG'] === 'yes'
const onServer = describe.skipIf(server === '')

const right = <A>(answer: E.Either<unknown, A>): A => {
  if (E.isLeft(answer)) throw new Error(JSON.stringify(answer.left))
  return answer.right
}
/** A database for each part, so that none of them finds what another has written. */
const database = (): (() => TestDatabase) => {
  let fresh: TestDatabase | undefined
  beforeAll(async () => {
    fresh = await freshDatabase(server)
  })
  afterAll(() => fresh?.close())
  return () => {
    if (fresh === undefined) throw new Error('there is no database')
    return fresh
  }
}

onServer('the log at DAYBOOK_TEST_POSTGRES_URL', () => {
  const its = database()
  let log: ReturnType<typeof openPostgresEventLog>
  beforeAll(() => {
    log = openPostgresEventLog({ url: its().url, app: 'api' })
  })
  afterAll(() => log.close())
  eventLogContract(() => log, { runs: 30, isDense: true })
  const cut = async (): Promise<void> => {
    await rowsOf(
      its().url,
      `select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and application_name = 'daybook api'`,
    )
  }
  const breaks = { count: isLong ? 1_000 : 100, break: cut }
  eventLogEndurance(() => log, { many: 100_000, breaks })
})

onServer('the log as its texts at DAYBOOK_TEST_POSTGRES_URL', () => {
  const its = database()
  let log: ReturnType<typeof openPostgresStoredLog>
  beforeAll(() => {
    log = openPostgresStoredLog({ url: its().url })
  })
  afterAll(() => log.close())
  storedLogContract(() => log, 30)
})

onServer('what is refused at DAYBOOK_TEST_POSTGRES_URL', () => {
  const its = database()
  const tampering = [
    "update log.events set data = '{}'",
    'delete from log.events',
    'truncate log.events',
    'update log.head set position = 0',
  ]
  test.each([...apps.map((app) => `set role ${roleOf(app)}`), 'reset role'])(
    'an event is never changed or removed: %s',
    async (role) => {
      const log = openPostgresEventLog({ url: its().url, app: 'api' })
      right(await log.append(accountNamed(role.replace(/\W/g, '')), 'noStream', [deposit('a')]))
      await log.close()
      for (const statement of tampering) {
        await expect(
          withClient(its().url, async (client) => {
            await client.query(role)
            await client.query(statement)
          }),
        ).rejects.toMatchObject({ code: '42501' })
      }
    },
  )
  test('an app writes its own events, and no other does', async () => {
    const gateway = openPostgresEventLog({ url: its().url, app: 'gateway' })
    expect(
      await gateway.append(accountNamed('theirs'), 'noStream', [deposit('theirs')]),
    ).toMatchObject(E.left({ _tag: 'AppendForbidden' }))
    await gateway.close()
  })
})

onServer('read models and ticks at DAYBOOK_TEST_POSTGRES_URL', () => {
  const its = database()
  test('read models are the fold of the log, row for row', async () => {
    const models = allReadModels((text) => createHash('sha256').update(text).digest('hex'))
    const events = recordedDay(400)
    const store = openReadModelStore({ url: its().url, app: 'projector' }, models)
    expect(right(await store.open())).toBe(0n)
    for (let from = 0; from < events.length; from += 97) {
      const upTo = Math.min(from + 97, events.length)
      const page = { events: events.slice(from, upTo), upTo: BigInt(upTo) }
      right(await store.apply({ ...page, atHead: upTo === events.length }))
    }
    await store.close()
    const compare = () => withClient(its().url, (client) => differencesFrom(client, models, events))
    expect(await compare()).toStrictEqual([])
  })
  test('ticks are stored once, and their days are forgotten', async () => {
    const store = openTickStore(its().url, 'coinbase')
    const old = { venueAt: at('2020-01-01T12:00:00Z'), receivedAt: at('2020-01-01T12:00:00Z') }
    const ticks = [tradeNumber(1, old), quoteNumber(2, old), tradeNumber(3, old)]
    right(await store.makeRoom(old.receivedAt, 3))
    expect(right(await store.store({ ticks, gaps: [] }))).toStrictEqual({ trades: 2, quotes: 1 })
    expect(right(await store.store({ ticks, gaps: [] }))).toStrictEqual({ trades: 0, quotes: 0 })
    const seen = 'select count(*)::int as ticks from market.market_ticks'
    expect(await rowsOf(its().url, seen)).toStrictEqual([{ ticks: 3 }])
    for (let gone: string | undefined = ''; gone !== undefined; ) {
      gone = right(await store.forget(at('2020-01-05T00:00:00Z')))
    }
    expect(await rowsOf(its().url, seen)).toStrictEqual([{ ticks: 0 }])
    await store.close()
  })
  test('with TimescaleDB their tables are hypertables, whose old chunks are compressed', async ({
    skip,
  }) => {
    if (!its().hasTimescale) skip('the server has no TimescaleDB')
    expect(
      await rowsOf(
        its().url,
        `select hypertable_name as name from timescaledb_information.hypertables
          where hypertable_schema = 'market' order by 1`,
      ),
    ).toStrictEqual([{ name: 'quotes' }, { name: 'trades' }])
    const store = openTickStore(its().url, 'kraken')
    const old = { venueAt: at('2020-01-01T00:00:00Z'), receivedAt: at('2020-01-01T00:00:00Z') }
    right(await store.store({ ticks: [tradeNumber(1, old)], gaps: [] }))
    expect(right(await store.compress())).toMatch(/chunk/)
    expect(right(await store.forget(at('2020-02-01T00:00:00Z')))).toMatch(/chunk/)
    await store.close()
  })
})
