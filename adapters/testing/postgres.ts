/** A PostgreSQL server for one test file: real, durable, migrated, with a login for each app; gone afterwards. */
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '#adapters/postgres/embedded'
import { migrate } from '#adapters/postgres/migrate'
import { giveLogins } from '#adapters/postgres/roles'
import type { AppName } from '#schemas/writers'

export interface TestPostgres {
  /** For the owner of everything, or for one app's own login. */
  readonly url: (app?: AppName) => string
  readonly pid: () => number
  /** The processes that the server has started (Linux). */
  readonly children: () => readonly number[]
  /** SIGKILL to the server, and a new one on the same data and port. */
  readonly crash: () => Promise<void>
  readonly stop: () => Promise<void>
}

const started = async (folder: string, port?: number): Promise<EmbeddedPostgres> => {
  const server = await startEmbeddedPostgres({
    folder,
    disposable: true,
    ...(port === undefined ? {} : { port }),
  })
  if (E.isLeft(server)) throw new Error(server.left.message)
  return server.right
}

const childrenOf = (pid: number): readonly number[] =>
  readFileSync(`/proc/${String(pid)}/task/${String(pid)}/children`, 'utf8')
    .split(' ')
    .map(Number)
    .filter((child) => child > 0)

export const testPostgres = async (): Promise<TestPostgres> => {
  const folder = await mkdtemp(join(tmpdir(), 'daybook-test-'))
  let server = await started(folder)
  const migrated = await migrate(server.url())
  if (E.isLeft(migrated)) {
    await server.stop()
    throw new Error(migrated.left.message)
  }
  await giveLogins(server.url(), server.password)
  return {
    url: (app) => server.url(app),
    pid: () => server.pid,
    children: () => childrenOf(server.pid),
    crash: async () => {
      process.kill(server.pid, 'SIGKILL')
      await server.ended
      server = await started(folder, server.port)
    },
    stop: async () => {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
