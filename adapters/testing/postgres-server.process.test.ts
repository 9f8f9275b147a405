import * as E from 'fp-ts/lib/Either.js'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '#adapters/postgres/embedded'
import { freshDatabase } from './postgres-server.ts'
import { rowsOf } from './ticks.ts'

const folder = mkdtempSync(join(tmpdir(), 'daybook-fresh-'))
let postgres: EmbeddedPostgres
/** As the server of somebody else is reached: by its address. */
const server = (): string =>
  `postgres://daybook:${encodeURIComponent(postgres.password())}@127.0.0.1:${String(postgres.port)}/daybook`
beforeAll(async () => {
  const started = await startEmbeddedPostgres({ folder, disposable: true })
  if (E.isLeft(started)) throw new Error(started.left.message)
  postgres = started.right
})
afterAll(async () => {
  await postgres.stop()
  rmSync(folder, { recursive: true, force: true })
})

const there = async (): Promise<unknown> => ({
  databases: await rowsOf(server(), 'select datname from pg_database order by 1'),
  roles: await rowsOf(server(), 'select rolname, rolcanlogin from pg_roles order by 1'),
  schemas: await rowsOf(server(), 'select nspname from pg_namespace order by 1'),
})

test('a server that is not ours is left as it was', async () => {
  await rowsOf(server(), 'create role daybook_of_theirs nologin')
  const before = await there()
  const { url, close } = await freshDatabase(server())
  expect(await rowsOf(url, 'select position::int from log.head')).toStrictEqual([{ position: 0 }])
  expect(await there()).not.toStrictEqual(before)
  await close()
  expect(await there()).toStrictEqual(before)
})
test('roles that another database has come to need meanwhile stay', async () => {
  const [one, two] = [await freshDatabase(server()), await freshDatabase(server())]
  await one.close()
  const asTheApi = await rowsOf(
    two.url,
    `select has_table_privilege('daybook_api', 'log.events', 'select') as reads`,
  )
  expect(asTheApi).toStrictEqual([{ reads: true }])
  await two.close()
})
