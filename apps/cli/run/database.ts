/** Where log and read models are kept: a PostgreSQL of our own below the data folder, or somebody else's. */
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { isEventStoreUrl } from '#adapters/eventstoredb/address'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '#adapters/postgres/embedded'
import { migrate } from '#adapters/postgres/migrate'
import { giveLogins } from '#adapters/postgres/roles'
import { UsageError } from '#apps/process/failure'
import type { AppName } from '#schemas/writers'
import type { DataFolder } from './data-folder.ts'
import type { RunSettings } from './environment.ts'
import type { Ending, Life, Program, Supervisor } from './supervisor.ts'

export const postgresName = 'postgres'

export interface Database {
  readonly logUrl: (app: AppName) => string
  readonly databaseUrl: (app: AppName) => string
  /** Absent where both are somebody else's. */
  readonly port?: number
}

/** Starts what is ours, brings both to today's shape, and gives each app its login. */
export const openDatabase = async (
  settings: RunSettings,
  folder: DataFolder,
  earlierPort: number | undefined,
  keeper: Supervisor,
  say: (sentence: string) => void,
): Promise<Database> => {
  const { log, database } = settings
  const outside = [...new Set([log, database])].filter(
    (url): url is string => url !== undefined && url !== 'embedded' && !isEventStoreUrl(url),
  )
  for (const url of outside) await migrateOutside(url, say)
  if (log !== 'embedded' && database !== undefined) {
    return { logUrl: () => log, databaseUrl: () => database }
  }
  const server = await startOurs(folder, earlierPort, keeper)
  return {
    logUrl: (app) => (log === 'embedded' ? server.url(app) : log),
    databaseUrl: (app) => database ?? server.url(app),
    port: server.port,
  }
}

/** A login of somebody else's server may not be allowed to; then its owner has done it, or the apps will say what is missing. */
const migrateOutside = async (url: string, say: (sentence: string) => void): Promise<void> => {
  const migrated = await migrate(url)
  if (E.isRight(migrated)) return
  const { _tag, message } = migrated.left
  if (_tag !== 'MigrationRefused') throw new UsageError(message)
  say(`${message} Unless it is up to date already, run daybook migrate as the database's owner.`)
}

const startOurs = async (
  folder: DataFolder,
  earlierPort: number | undefined,
  keeper: Supervisor,
): Promise<Pick<EmbeddedPostgres, 'url' | 'port'>> => {
  const running: { server?: EmbeddedPostgres } = {}
  await keeper.keep(postgresProgram(folder, earlierPort, running, keeper))
  const { server } = running
  if (server === undefined) throw new Error('PostgreSQL was started and is not there')
  const migrated = await migrate(server.url())
  if (E.isLeft(migrated)) throw new UsageError(migrated.left.message)
  await giveLogins(server.url(), server.password)
  return { url: (app) => (running.server ?? server).url(app), port: server.port }
}

const postgresProgram = (
  folder: DataFolder,
  earlierPort: number | undefined,
  running: { server?: EmbeddedPostgres },
  keeper: Supervisor,
): Program => ({
  name: postgresName,
  logFile: join(folder.postgres, 'server.log'),
  start: async () => {
    const port = running.server?.port ?? earlierPort
    const started = await startEmbeddedPostgres({
      folder: folder.postgres,
      ...(port === undefined ? {} : { port }),
    })
    if (E.isLeft(started)) throw new UsageError(started.left.message)
    const moved = running.server !== undefined && running.server.url() !== started.right.url()
    running.server = started.right
    // Somebody took the port meanwhile: the apps know only the old address.
    if (moved) keeper.renewAllBut(postgresName)
    return lifeOf(started.right)
  },
})

const lifeOf = (server: EmbeddedPostgres): Life => ({
  pid: server.pid,
  ended: server.ended.then((): Ending => ({ code: null, signal: null })),
  // Its own patience is ours: fast, then immediate, then SIGKILL.
  stop: () => void server.stop(),
  kill: () => void server.stop(0),
})
