/** The folder that a ledger on this machine lives in: what stands in it, and who may use it. */
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { newApiKey } from '#adapters/system/keys'
import { UsageError } from '#apps/process/failure'

/** The layout of the folder. Another number: another build made it. */
export const formatVersion = 1

/** A process that may have outlived its supervisor; `started` tells it from a later one with the same number. */
const ProcessMark = t.type({ name: t.string, pid: t.number, started: t.string }, 'ProcessMark')
export type ProcessMark = Readonly<t.TypeOf<typeof ProcessMark>>

/** `daybook.json`: how others find this ledger. No secret stands in it. */
const LedgerFile = t.intersection(
  [
    t.type({ formatVersion: t.literal(formatVersion), version: t.string }),
    t.partial({
      url: t.string,
      hub: t.string,
      paper: t.string,
      postgresPort: t.number,
      healthPorts: t.record(t.string, t.number),
      /** Absent after a clean stop. */
      pid: t.number,
      startedAt: t.string,
      processes: t.array(ProcessMark),
    }),
  ],
  'LedgerFile',
)
export type LedgerFile = Readonly<t.TypeOf<typeof LedgerFile>>

export interface DataFolder {
  readonly path: string
  readonly ledgerFile: string
  readonly keyFile: string
  readonly lockFile: string
  readonly postgres: string
  readonly logs: string
}
export const dataFolder = (path: string): DataFolder => ({
  path,
  ledgerFile: join(path, 'daybook.json'),
  keyFile: join(path, 'key'),
  lockFile: join(path, 'lock'),
  postgres: join(path, 'postgres'),
  logs: join(path, 'logs'),
})
export const logFileOf = (folder: DataFolder, name: string): string =>
  join(folder.logs, `${name}.log`)

/** What `daybook.json` says; undefined where there is none. */
export const readLedgerFile = (folder: DataFolder): LedgerFile | undefined => {
  const text = readIfThere(folder.ledgerFile)
  if (text === undefined) return undefined
  const value = parsed(text)
  const made = (value as { readonly formatVersion?: unknown } | undefined)?.formatVersion
  if (typeof made === 'number' && made !== formatVersion) throw otherVersion(folder, made, value)
  const file = LedgerFile.decode(value)
  if (E.isLeft(file)) {
    throw new UsageError(
      `${folder.ledgerFile} cannot be read as this ledger's state. Nothing else in the folder ` +
        'depends on it: move the file away and start again.',
    )
  }
  return file.right
}

const otherVersion = (folder: DataFolder, made: number, value: unknown): UsageError => {
  const build = (value as { readonly version?: unknown }).version
  const by = typeof build === 'string' ? `Daybook ${build}` : 'another build'
  return new UsageError(
    `The data folder ${folder.path} has format ${String(made)}, made by ${by}; ` +
      `this build reads format ${String(formatVersion)}. ` +
      'Start it with that build, or begin a new ledger with --data <another folder>.',
  )
}

/** Replaces the file as a whole: a reader sees the old one or the new one. */
export const writeLedgerFile = (folder: DataFolder, file: LedgerFile): void => {
  const next = `${folder.ledgerFile}.${String(process.pid)}`
  writeFileSync(next, `${JSON.stringify(file, undefined, 2)}\n`, { mode: 0o600 })
  renameSync(next, folder.ledgerFile)
}

/** One after the other: where nothing can be made, as in /proc, Node's own recursion has no end. */
const makeFolder = (path: string): void => {
  if (existsSync(path)) return
  makeFolder(dirname(path))
  mkdirSync(path, { mode: 0o700 })
}

/** By what stands before the first dot: replaced files leave a draft behind when the machine goes down. */
const ours = new Set(['daybook', 'key', 'lock', 'postgres', 'logs', 'market'])

/** Makes the folder where it is absent, and refuses one that is not ours or not writable. */
export const prepareFolder = (folder: DataFolder): void => {
  explained(folder, () => {
    makeFolder(folder.path)
    accessSync(`${folder.path}/.`, constants.R_OK | constants.W_OK | constants.X_OK)
  })
  if (!existsSync(folder.ledgerFile)) {
    const others = readdirSync(folder.path).filter((name) => !ours.has(name.split('.')[0] ?? name))
    if (others.length > 0) {
      throw new UsageError(
        `The folder ${folder.path} holds other files (${others.slice(0, 3).join(', ')}) and no ` +
          'ledger. Choose an empty or a new folder with --data.',
      )
    }
  }
  explained(folder, () => mkdirSync(folder.logs, { recursive: true, mode: 0o700 }))
}

const keyGrammar = /^dbk_[a-z0-9]{8}_[A-Za-z0-9_-]{43}$/

/** The key that `<data>/key` holds. */
export const readKey = (folder: DataFolder): string | undefined =>
  readIfThere(folder.keyFile)?.trim()

/** The first API key of this ledger: as it was, else as given, else made; `fresh` where it was written just now. */
export const firstKey = (
  folder: DataFolder,
  given: string | undefined,
): { readonly key: string; readonly fresh: boolean } => {
  if (given !== undefined && !keyGrammar.test(given)) {
    throw new UsageError(
      'DAYBOOK_KEY (or --key) is not an API key: it looks like dbk_, 8 of a-z and 0-9, _, and 43 ' +
        'of A-Z, a-z, 0-9, - and _. Leave it out and one is made.',
    )
  }
  const there = readKey(folder)
  if (there !== undefined && there !== '') return { key: there, fresh: false }
  const key = given ?? newApiKey()
  explained(folder, () => {
    writeFileSync(folder.keyFile, `${key}\n`, { mode: 0o600 })
    chmodSync(folder.keyFile, 0o600)
  })
  return { key, fresh: true }
}

const readIfThere = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENOENT') return undefined
    if (code === 'ENOTDIR') {
      throw new UsageError(`${dirname(path)} is not a folder. Choose another with --data.`)
    }
    throw new UsageError(
      `${path} cannot be read (${error instanceof Error ? error.message : String(error)}). ` +
        'Run as the user who owns the data folder.',
    )
  }
}
const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

const explanations: Readonly<Record<string, string>> = {
  EACCES: 'may not be written by this user. Run as its owner, or choose another with --data.',
  EPERM: 'may not be written by this user. Run as its owner, or choose another with --data.',
  EROFS: 'lies on a file system that is read-only. Choose another with --data.',
  ENOSPC: 'lies on a disk that is full. Make room, or choose another with --data.',
  EDQUOT: 'is above its quota. Make room, or choose another with --data.',
  ENOENT: 'cannot be made there. Choose another with --data.',
  ENOTDIR: 'is not a folder. Choose another with --data.',
  EEXIST: 'is not a folder. Choose another with --data.',
}
/** Runs what touches the folder; a file system that says no becomes a sentence. */
export const explained = <A>(folder: DataFolder, touch: () => A): A => {
  try {
    return touch()
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    const says = explanations[code]
    throw says === undefined ? error : new UsageError(`The data folder ${folder.path} ${says}`)
  }
}
