/** The files of an embedded PostgreSQL server: `data/`, `password` and `server.log` in one folder. */
import { spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { binaries, serverEnvironment, serverUser } from './embedded-binaries.ts'

/** `message` says what to do; it is for a person. */
export interface EmbeddedFailure {
  readonly _tag: 'OtherPostgresVersion' | 'FolderUnusable' | 'ServerInTheWay' | 'ServerDidNotStart'
  readonly folder: string
  readonly message: string
}
export const failure = (
  _tag: EmbeddedFailure['_tag'],
  folder: string,
  message: string,
): EmbeddedFailure => ({ _tag, folder, message })

export interface Cluster {
  /** Everything below is in here. */
  readonly place: string
  readonly data: string
  readonly log: string
  readonly password: string
}

export const sizeOf = (path: string): number => {
  try {
    return statSync(path).size
  } catch {
    return 0
  }
}

const logBytesMax = 10 * 1024 * 1024

/** The password of a fresh cluster is made with it and lies beside it, readable by its owner alone. */
const passwordIn = (path: string): string => {
  if (!existsSync(path)) {
    writeFileSync(path, randomBytes(24).toString('base64url'), { mode: 0o600, flush: true })
  }
  return readFileSync(path, 'utf8').trim()
}

const belongToServer = (path: string): void => {
  const { owner } = serverUser()
  if (owner !== undefined) chownSync(path, owner.uid, owner.gid)
}

interface Ran {
  readonly code: number | null
  readonly said: string
}
const run = (program: string, args: readonly string[]): Promise<Ran> => {
  const { prefix, spawnAs } = serverUser()
  const [first = '', ...rest] = [...prefix, program, ...args]
  return new Promise((resolve) => {
    const child = spawn(first, rest, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: serverEnvironment,
      detached: true,
      ...spawnAs,
    })
    let said = ''
    const hear = (piece: Buffer): void => {
      said = (said + piece.toString('utf8')).slice(-4000)
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.once('error', (e) => {
      resolve({ code: null, said: e.message })
    })
    child.once('close', (code) => {
      resolve({ code, said })
    })
  })
}

/** Made beside its place and moved there when it is whole, so that a kill in between leaves nothing half-made. */
const makeCluster = async (
  data: string,
  passwordFile: string,
  superuser: string,
  sync: boolean,
): Promise<E.Either<string, void>> => {
  const draft = `${data}.new`
  rmSync(draft, { recursive: true, force: true })
  mkdirSync(draft, { mode: 0o700 })
  belongToServer(draft)
  const made = await run(binaries().initdb, [
    `--pgdata=${draft}`,
    `--username=${superuser}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--no-instructions',
    ...(sync ? [] : ['--no-sync']),
  ])
  if (made.code !== 0) {
    rmSync(draft, { recursive: true, force: true })
    return E.left(made.said.trim())
  }
  renameSync(draft, data)
  return E.right(undefined)
}

const majorOf = (version: string): string => /(\d+)/.exec(version)?.[1] ?? version.trim()

/** What makes the folder unusable: in words that say what to do. */
const explain = (folder: string, e: unknown): EmbeddedFailure => {
  const detail = e instanceof Error ? e.message : String(e)
  if (/ENOSPC|No space left/.test(detail)) {
    return failure(
      'FolderUnusable',
      folder,
      `The disk of ${folder} is full. Make room, then start again.`,
    )
  }
  if (/EACCES|EPERM|EROFS|Permission denied|Read-only/.test(detail)) {
    return failure(
      'FolderUnusable',
      folder,
      `${folder} cannot be written (${detail}). Choose another folder with --data, or change its owner.`,
    )
  }
  return failure('FolderUnusable', folder, `PostgreSQL cannot use ${folder}: ${detail}`)
}

/** The cluster in that folder, made where there is none; refused where another PostgreSQL made it. */
export const prepareCluster = async (
  folder: string,
  superuser: string,
  sync: boolean,
): Promise<E.Either<EmbeddedFailure, Cluster>> => {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const place = realpathSync(folder)
    belongToServer(place)
    const data = join(place, 'data')
    const log = join(place, 'server.log')
    const passwordFile = join(place, 'password')
    if (sizeOf(log) > logBytesMax) renameSync(log, `${log}.1`)
    if (existsSync(data)) {
      const refused = refuseOther(data, passwordFile)
      if (refused !== undefined) return E.left(refused)
    } else {
      const password = passwordIn(passwordFile)
      chmodSync(passwordFile, 0o600)
      belongToServer(passwordFile)
      if (password === '') return E.left(explain(passwordFile, 'the password file is empty'))
      const made = await makeCluster(data, passwordFile, superuser, sync)
      if (E.isLeft(made)) return E.left(explain(folder, made.left))
    }
    return E.right({ place, data, log, password: passwordIn(passwordFile) })
  } catch (e) {
    return E.left(explain(folder, e))
  }
}

const refuseOther = (data: string, passwordFile: string): EmbeddedFailure | undefined => {
  const found = readFileSync(join(data, 'PG_VERSION'), 'utf8').trim()
  const { stdout } = spawnSync(binaries().postgres, ['--version'], {
    encoding: 'utf8',
    env: serverEnvironment,
  })
  const ours = majorOf(stdout)
  if (majorOf(found) !== ours) {
    return failure(
      'OtherPostgresVersion',
      data,
      `${data} was made by PostgreSQL ${found}; this Daybook brings PostgreSQL ${ours}. Start it with ` +
        `the Daybook that made it, or move it with pg_upgrade, or choose another folder with --data.`,
    )
  }
  if (!existsSync(passwordFile)) {
    return failure(
      'FolderUnusable',
      data,
      `${passwordFile} is missing, and without it the database in ${data} does not open. Put it back.`,
    )
  }
  return undefined
}
