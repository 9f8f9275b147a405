/** From nothing to today's database: once, whoever asks and how often, and not over somebody else's. */
import * as E from 'fp-ts/lib/Either.js'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { accountNamed, deposit } from '#adapters/testing/ledger-events'
import { type TestPostgres, testPostgres } from '#adapters/testing/postgres'
import { openPostgresEventLog } from './event-log.ts'
import { migrate, migrations } from './migrate.ts'

let server: TestPostgres
beforeAll(async () => {
  server = await testPostgres()
})
afterAll(() => server.stop())

const asOwner = async (url: string, ...statements: readonly string[]): Promise<void> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    for (const statement of statements) await client.query(statement)
  } finally {
    await client.end()
  }
}
let databases = 0
/** A database beside the first, perhaps of a login that is no superuser. */
const freshDatabase = async (login?: string): Promise<string> => {
  const name = `other${String((databases += 1))}`
  await asOwner(
    server.url(),
    `create database ${name}${login === undefined ? '' : ` owner ${login}`}`,
  )
  const url = new URL(server.url())
  url.pathname = `/${name}`
  return url.href
}
const names = migrations.map(({ name }) => name)

test('a second time there is nothing to do', async () => {
  expect(await migrate(server.url())).toStrictEqual(E.right([]))
})
test('of two at once one does it', async () => {
  const url = await freshDatabase()
  const both = await Promise.all([migrate(url), migrate(url)])
  expect(both).toContainEqual(E.right(names))
  expect(both).toContainEqual(E.right([]))
})
test('a newer database is refused', async () => {
  const url = await freshDatabase()
  await migrate(url)
  await asOwner(url, "insert into ops.migrations (name, checksum) values ('log-99', 'x')")
  expect(await migrate(url)).toMatchObject(
    E.left({ _tag: 'DatabaseNewer', message: expect.stringContaining('log-99') as string }),
  )
})
test('a database of another format is refused', async () => {
  const url = await freshDatabase()
  await migrate(url)
  await asOwner(url, 'update ops.format set version = 2')
  expect(await migrate(url)).toMatchObject(E.left({ _tag: 'DatabaseNewer' }))
})
test('a step that was edited after it ran is noticed', async () => {
  const url = await freshDatabase()
  await migrate(url)
  await asOwner(url, "update ops.migrations set checksum = 'x' where name = 'log-1'")
  expect(await migrate(url)).toMatchObject(E.left({ _tag: 'MigrationEdited' }))
})
test('a step that fails leaves nothing behind', async () => {
  const url = await freshDatabase()
  await asOwner(url, 'create schema market')
  expect(await migrate(url)).toMatchObject(E.left({ _tag: 'MigrationRefused' }))
  await asOwner(url, 'drop schema market')
  expect(await migrate(url)).toStrictEqual(E.right(names))
})
test('no server is said to be no server', async () => {
  expect(await migrate('postgres://a:b@127.0.0.1:1/c')).toMatchObject(
    E.left({ _tag: 'DatabaseUnreachable' }),
  )
})
test('on a server of somebody else one login without great power does it all', async () => {
  await asOwner(server.url(), "create role desk login createrole password 'desk'")
  const url = new URL(await freshDatabase('desk'))
  url.username = 'desk'
  url.password = 'desk'
  // Roles belong to the whole server; those of the first database are not for this login to give away.
  expect(await migrate(url.href)).toMatchObject(E.left({ _tag: 'MigrationRefused' }))
  await asOwner(
    server.url(),
    `do $$ declare r text; begin for r in select rolname from pg_roles where rolname ~ '^daybook_' loop
       execute format('grant %I to desk with admin option', r); end loop; end $$`,
  )
  expect(await migrate(url.href)).toStrictEqual(E.right(names))
  const log = openPostgresEventLog({ url: url.href, app: 'api' })
  expect(E.isRight(await log.append(accountNamed('a'), 'noStream', [deposit('a')]))).toBe(true)
  await log.close()
})
test('a log that was not made ready says what to do', async () => {
  const log = openPostgresEventLog({ url: await freshDatabase(), app: 'api', patienceMs: 300 })
  expect(await log.head()).toMatchObject(
    E.left({
      _tag: 'StoreUnreachable',
      detail: expect.stringContaining('daybook migrate') as string,
    }),
  )
  await log.close()
})
