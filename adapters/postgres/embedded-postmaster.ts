/** The lock file of a PostgreSQL data folder: who runs there, and how to stop it. */
import { execFileSync } from 'node:child_process'
import { readFileSync, realpathSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Lock {
  readonly pid: number
  readonly port: number
  readonly ready: boolean
}

export const lockFile = (folder: string): string => join(folder, 'postmaster.pid')

/** Lines: pid, folder, start time, port, socket folder, address, shared memory, status. */
export const readLock = (folder: string): Lock | undefined => {
  let lines: readonly string[]
  try {
    lines = readFileSync(lockFile(folder), 'utf8').split('\n')
  } catch {
    return undefined
  }
  const pid = Number(lines[0])
  if (!Number.isSafeInteger(pid) || pid <= 1) return undefined
  return { pid, port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' }
}

export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (e) {
    return e instanceof Error && 'code' in e && e.code === 'EPERM'
  }
}

const argumentsOf = (pid: number): readonly string[] => {
  try {
    return readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8').split('\0')
  } catch {
    if (process.platform === 'linux') return []
  }
  try {
    return execFileSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }).split(' ')
  } catch {
    return []
  }
}

/** Is that process a PostgreSQL server of this very folder? A pid alone proves nothing: it may be somebody else's by now. */
export const runsHere = (pid: number, folder: string): boolean => {
  const words = argumentsOf(pid)
  const place = realpathSync(folder)
  return words.some((word) => /(^|\/)postgres$/.test(word)) && words.includes(place)
}

/**
 * PostgreSQL believes a lock file whose pid is alive, whoever that is now, and would never start again.
 * It overlooks its own parent, so the stranger's pid is replaced by ours; the rest of the file stays,
 * for by it PostgreSQL finds survivors of the old server.
 */
export const disownLock = (folder: string): void => {
  const path = lockFile(folder)
  const lines = readFileSync(path, 'utf8').split('\n')
  const draft = `${path}.new`
  writeFileSync(draft, [String(process.pid), ...lines.slice(1)].join('\n'), { mode: 0o600 })
  renameSync(draft, path)
}

export type Stopped = 'clean' | 'killed'

const signal = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(pid, name)
  } catch {
    // It has ended meanwhile.
  }
}

/** Fast (SIGINT: clients are cut off, a checkpoint is made), then immediate (SIGQUIT: recovery at the next start), then SIGKILL. */
export const stopServer = async (
  pid: number,
  ended: (withinMs: number) => Promise<boolean>,
  deadlineMs: number,
): Promise<Stopped> => {
  signal(pid, 'SIGINT')
  if (await ended(deadlineMs)) return 'clean'
  signal(pid, 'SIGQUIT')
  if (await ended(3000)) return 'killed'
  signal(pid, 'SIGKILL')
  await ended(3000)
  return 'killed'
}
