/**
 * Brings a database to today's shape: one list, one transaction, one migrator at a time. (Small and our own:
 * every app that follows the log would else load a query builder for it, and a step that was edited after it
 * ran must be noticed.)
 */
import { createHash } from 'node:crypto'
import * as E from 'fp-ts/lib/Either.js'
import pg from 'pg'
import { apps, writes } from '#schemas/writers'
import { cut, inTime } from './connection.ts'
import { databaseFailure } from './failure.ts'
import { locks } from './schema/locks.ts'
import { logMigrations } from './schema/log.ts'
import { marketMigrations } from './schema/market.ts'
import type { Migration } from './schema/migration.ts'
import { opsMigrations } from './schema/ops.ts'
import { paperMigrations } from './schema/paper.ts'
import { readMigrations } from './schema/read.ts'
import { roleOf } from './schema/role-names.ts'
import { snapshotMigrations } from './schema/snapshots.ts'

/** In this order; a later step is added at the end of its own schema's list. */
export const migrations: readonly Migration[] = [
  ...logMigrations,
  ...opsMigrations,
  ...snapshotMigrations,
  ...readMigrations,
  ...paperMigrations,
  ...marketMigrations,
]

/** Of the stored events; another one is another ledger. */
export const formatVersion = 1

/** `message` says what to do; it is for a person. */
export interface MigrationFailure {
  readonly _tag: 'DatabaseUnreachable' | 'DatabaseNewer' | 'MigrationEdited' | 'MigrationRefused'
  readonly message: string
}
const failure = (_tag: MigrationFailure['_tag'], message: string): MigrationFailure => ({
  _tag,
  message,
})

const checksum = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Two migrators at once: the second waits, and finds nothing left to do. */
const begin = `
  begin;
  select pg_advisory_xact_lock(${locks.migration});
  create schema if not exists ops;
  create table if not exists ops.format (one boolean primary key default true check (one), version integer not null);
  create table if not exists ops.migrations (
    name text primary key, checksum text not null, applied_at timestamptz not null default now())`

const refusal = (
  format: number | undefined,
  applied: ReadonlyMap<string, string>,
): MigrationFailure | undefined => {
  const known = new Set(migrations.map(({ name }) => name))
  const unknown = [...applied.keys()].filter((name) => !known.has(name))
  if (unknown.length > 0 || (format ?? formatVersion) !== formatVersion) {
    return failure(
      'DatabaseNewer',
      `This database has format ${String(format)} and steps that this Daybook does not know ` +
        `(${unknown.join(', ') || 'none'}); it knows format ${String(formatVersion)}. Start the newer Daybook.`,
    )
  }
  const edited = migrations.find(
    ({ name, sql }) => applied.has(name) && applied.get(name) !== checksum(sql),
  )
  if (edited === undefined) return undefined
  return failure(
    'MigrationEdited',
    `Step ${edited.name} of this database was made by another build than this one. ` +
      'Start that build, or give a fresh data folder or database.',
  )
}

/** Who writes what is part of the build, not of the history: it is written anew each time. */
const fillWriters = async (client: pg.Client): Promise<void> => {
  const rows = apps.flatMap((app) =>
    Object.entries(writes[app]).flatMap(([prefix, types]) =>
      types.map((type) => [roleOf(app), type, prefix] as const),
    ),
  )
  await client.query('delete from log.writers')
  await client.query(
    'insert into log.writers (role, type, prefix) select * from unnest($1::text[], $2::text[], $3::text[])',
    [0, 1, 2].map((column) => rows.map((row) => row[column])),
  )
}

const migrateWithin = async (
  client: pg.Client,
): Promise<E.Either<MigrationFailure, readonly string[]>> => {
  await client.query(begin)
  const { rows: formats } = await client.query<{ version: number }>(
    'select version from ops.format',
  )
  const { rows } = await client.query<{ name: string; checksum: string }>(
    'select name, checksum from ops.migrations',
  )
  const applied = new Map(rows.map((row) => [row.name, row.checksum]))
  const refused = refusal(formats[0]?.version, applied)
  if (refused !== undefined) return E.left(refused)
  const missing = migrations.filter(({ name }) => !applied.has(name))
  for (const { name, sql } of missing) {
    await client.query(sql)
    await client.query('insert into ops.migrations (name, checksum) values ($1, $2)', [
      name,
      checksum(sql),
    ])
  }
  await client.query('insert into ops.format (version) values ($1) on conflict do nothing', [
    formatVersion,
  ])
  await fillWriters(client)
  await client.query('commit')
  return E.right(missing.map(({ name }) => name))
}

/** Answers the names of the steps it took. All of them or none. */
export const migrate = async (
  url: string,
): Promise<E.Either<MigrationFailure, readonly string[]>> => {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 5_000,
    application_name: 'daybook migrate',
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return await inTime(migrateWithin(client), 60_000)
  } catch (e) {
    const { _tag, detail } = databaseFailure(e)
    return E.left(
      _tag === 'refused'
        ? failure(
            'MigrationRefused',
            `The database refused a step, and nothing was changed: ${detail}. ` +
              'The login needs the right to create schemas in this database and roles (createrole).',
          )
        : failure('DatabaseUnreachable', `The database could not be reached: ${detail}`),
    )
  } finally {
    cut(client)
  }
}
