/** Gives each app a login of its own (on a server that is ours alone; elsewhere an app does `set role`). */
import pg from 'pg'
import { type AppName, apps } from '#schemas/writers'
import { roleOf } from './schema/role-names.ts'

/** Idempotent. A login that exists keeps its password. */
export const giveLogins = async (
  url: string,
  passwordOf: (app: AppName) => string,
): Promise<void> => {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  client.on('error', () => undefined)
  await client.connect()
  try {
    const { rows } = await client.query<{ name: string }>(
      'select rolname as name from pg_roles where rolcanlogin',
    )
    const known = new Set(rows.map(({ name }) => name))
    const missing = apps.filter((app) => !known.has(roleOf(app)))
    if (missing.length === 0) return
    await client.query(
      missing
        .map(
          (app) => `alter role ${roleOf(app)} login password ${pg.escapeLiteral(passwordOf(app))}`,
        )
        .join('; '),
    )
  } finally {
    await client.end().catch(() => undefined)
  }
}
