/** A fresh database on a PostgreSQL server that is not ours: of one test file alone, and gone afterwards. */
import { randomBytes } from 'node:crypto'
import * as E from 'fp-ts/lib/Either.js'
import pg from 'pg'
import { migrate } from '#adapters/postgres/migrate'
import { withClient } from './read-models.ts'

export interface TestDatabase {
  /** For a login that may act as each app, as a server of one's own is used. */
  readonly url: string
  /** Whether the server has the extension, and so this database. */
  readonly hasTimescale: boolean
  readonly close: () => Promise<void>
}

const rolesOn = async (url: string): Promise<readonly string[]> =>
  withClient(url, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      `select rolname as name from pg_roles where rolname like 'daybook\\_%'`,
    )
    return rows.map(({ name }) => name)
  })

/** `server` names any database of it. Other databases stay as they are, and so do roles that were there before. */
export const freshDatabase = async (server: string): Promise<TestDatabase> => {
  const name = `daybook_test_${randomBytes(6).toString('hex')}`
  const address = new URL(server)
  address.pathname = `/${name}`
  const url = address.href
  const before = new Set(await rolesOn(server))
  await withClient(server, (client) => client.query(`create database ${name}`))
  const close = async (): Promise<void> => {
    await withClient(server, (client) => client.query(`drop database ${name} with (force)`))
    for (const role of await rolesOn(server)) if (!before.has(role)) await dropRole(server, role)
  }
  try {
    const hasTimescale = await withTimescale(url)
    const migrated = await migrate(url)
    if (E.isLeft(migrated)) throw new Error(migrated.left.message)
    return { url, hasTimescale, close }
  } catch (cause) {
    await close()
    throw cause
  }
}

const withTimescale = (url: string): Promise<boolean> =>
  withClient(url, async (client) => {
    const { rowCount } = await client.query(
      `select from pg_available_extensions where name = 'timescaledb'`,
    )
    if (rowCount === 0) return false
    await client.query('create extension if not exists timescaledb')
    return true
  })

/** Who uses it in another database meanwhile keeps it. */
const dropRole = (server: string, role: string): Promise<void> =>
  withClient(server, async (client) => {
    await client.query(`drop role ${client.escapeIdentifier(role)}`).catch((reason: unknown) => {
      if (!(reason instanceof pg.DatabaseError && reason.code === '2BP01')) throw reason
    })
  })
