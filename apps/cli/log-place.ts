/** The log that `--from` or `--to` names: a server's, or the one in the data folder, running or not. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { startEmbeddedPostgres } from '#adapters/postgres/embedded'
import { migrate } from '#adapters/postgres/migrate'
import { faultInLogUrl } from '#apps/process/log-address'
import { UsageError } from '#apps/process/failure'
import { withoutSecrets } from '#apps/process/secrets'
import { openStoredLog } from '#apps/process/stored-log'
import type { StoredLog } from '#domain/kernel/stored-log'
import { Refusal } from './client.ts'
import { patiently, patientLog, type SourceUse } from './log-source.ts'
import { type DataFolder, prepareFolder, readLedgerFile } from './run/data-folder.ts'
import { lock, stillRuns } from './run/lock.ts'
import { shownPath } from './run/words.ts'

export interface LogPlace {
  readonly log: StoredLog
  /** Its address, with the secret in it. */
  readonly url: string
  /** As it may be shown. */
  readonly name: string
  /** Whether a ledger is running on it, and goes on writing; of an address nobody knows. */
  readonly use: Exclude<SourceUse, 'grows'>
  readonly close: () => Promise<void>
}

export interface Wanted {
  /** `embedded`, or an address. */
  readonly where: string
  readonly option: '--from' | '--to' | '--log'
  readonly folder: DataFolder
  readonly isWritten: boolean
}

/** Why that is no log, before anything is opened. */
export const checkPlace = ({ where, option }: Wanted): void => {
  const fault = where === 'embedded' ? undefined : faultInLogUrl(where)
  if (fault !== undefined) {
    throw new UsageError(`${option} is not usable: ${fault}; or embedded, the log in --data.`)
  }
}

export const openPlace = async (wanted: Wanted): Promise<LogPlace> => {
  const { where, isWritten } = wanted
  if (where === 'embedded') return openEmbedded(wanted)
  if (isWritten && where.startsWith('postgres')) await prepare(where)
  const log = openStoredLog(where)
  return { log, url: where, name: shownPlace(wanted), use: 'unknown', close: log.close }
}

/** As it may be shown. */
const shownPlace = ({ where, folder }: Pick<Wanted, 'where' | 'folder'>): string =>
  where === 'embedded' ? `the log in ${shownPath(folder.path)}` : withoutSecrets(where)

/** Says whom it waits for, here and whenever this log is slow to answer. */
export const openPatiently = async (
  wanted: Wanted,
  err: (text: string) => void,
): Promise<LogPlace> => {
  const waiting = (): void =>
    err(`Waiting for an answer of ${shownPlace(wanted)} (${wanted.option}) …\n`)
  const place = await patiently(() => openPlace(wanted), waiting)
  return { ...place, log: patientLog(place.log, waiting) }
}

const prepare = async (url: string): Promise<void> => {
  const migrated = await migrate(url)
  if (E.isLeft(migrated)) throw new Refusal(migrated.left.message)
}

const openEmbedded = (wanted: Wanted): Promise<LogPlace> => {
  const { folder, isWritten, option } = wanted
  const file = readLedgerFile(folder)
  const supervisor = file?.processes?.find(({ pid }) => pid === file.pid)
  const isLive = supervisor !== undefined && stillRuns(supervisor)
  if (isLive && isWritten) {
    throw new UsageError(
      `A ledger is running on ${shownPath(folder.path)}, and would write between what is copied: stop it first.`,
    )
  }
  if (isLive) return Promise.resolve(running(folder, file?.postgresPort))
  if (!isWritten && !existsSync(join(folder.postgres, 'data'))) {
    throw new UsageError(
      `There is no log in ${shownPath(folder.path)}. Say where the ledger is with --data <folder>, or give ${option} an address.`,
    )
  }
  return started(wanted)
}

/** The password of its owner lies beside it. */
const running = (folder: DataFolder, port: number | undefined): LogPlace => {
  if (port === undefined) {
    throw new UsageError('The ledger that runs there keeps its log elsewhere: give its address.')
  }
  const password = readFileSync(join(folder.postgres, 'password'), 'utf8').trim()
  const login = `daybook:${encodeURIComponent(password)}`
  const url = `postgres://${login}@127.0.0.1:${String(port)}/daybook`
  const log = openStoredLog(url)
  return {
    log,
    url,
    name: shownPlace({ where: 'embedded', folder }),
    use: 'runs',
    close: log.close,
  }
}

/** Its own server, for as long as this takes. Nobody else can use the folder meanwhile. */
const started = async ({ folder, isWritten }: Wanted): Promise<LogPlace> => {
  if (isWritten) prepareFolder(folder)
  const held = lock(folder)
  try {
    const server = await startEmbeddedPostgres({ folder: folder.postgres })
    if (E.isLeft(server)) throw new UsageError(server.left.message)
    const { url, stop } = server.right
    try {
      if (isWritten) await prepare(url())
    } catch (error) {
      await stop()
      throw error
    }
    const log = openStoredLog(url())
    const close = async (): Promise<void> => {
      await log.close()
      await stop()
      held.release()
    }
    return {
      log,
      url: url(),
      name: shownPlace({ where: 'embedded', folder }),
      use: 'stopped',
      close,
    }
  } catch (error) {
    held.release()
    throw error
  }
}
