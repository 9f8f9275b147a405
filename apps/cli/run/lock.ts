/** One supervisor per data folder: who holds it, and what became of the one before. */
import { execFileSync } from 'node:child_process'
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { UsageError } from '#apps/process/failure'
import type { DataFolder, ProcessMark } from './data-folder.ts'

export interface Lock {
  /** The one before ended without giving the folder back. */
  readonly wasLeftBehind: boolean
  readonly release: () => void
}

/**
 * When a process began, in words that differ for every process that ever had this number; undefined where there
 * is none. Numbers are used again, after a restart of the machine and in every container.
 */
export const startOf = (pid: number): string | undefined => {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8')
    // The name in parentheses may hold anything; after it: state (a zombie has ended), …, starttime as 20th.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${fields[19] ?? ''}`
  } catch {
    return process.platform === 'linux' ? undefined : startByPs(pid)
  }
}
const startByPs = (pid: number): string | undefined => {
  try {
    const said = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' })
    return said.trim() === '' ? undefined : said.trim()
  } catch {
    return undefined
  }
}

export const markOf = (name: string, pid: number): ProcessMark => ({
  name,
  pid,
  started: startOf(pid) ?? 'unknown',
})
export const stillRuns = ({ pid, started }: ProcessMark): boolean => startOf(pid) === started

const attemptsMax = 5

/** Takes the folder, or says who has it. */
export const lock = (folder: DataFolder): Lock => {
  const mine = JSON.stringify(markOf('daybook run', process.pid))
  const draft = `${folder.lockFile}.${String(process.pid)}`
  writeFileSync(draft, mine, { mode: 0o600 })
  let wasLeftBehind = false
  try {
    for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
      // A link either is made by us or exists already; there is no moment between.
      if (linked(draft, folder.lockFile)) {
        return { wasLeftBehind, release: () => release(folder, mine) }
      }
      const holder = holderOf(folder.lockFile)
      if (holder !== undefined && stillRuns(holder)) throw held(folder, holder)
      if (holder !== undefined) wasLeftBehind = true
      moveAway(folder.lockFile, holder)
    }
  } finally {
    rmSync(draft, { force: true })
  }
  throw new UsageError(
    `${folder.lockFile} is taken again and again: is it being started in a loop?`,
  )
}

const held = (folder: DataFolder, { pid }: ProcessMark): UsageError =>
  new UsageError(
    `The data folder ${folder.path} is in use by daybook run with process id ${String(pid)}. ` +
      'Stop that one, or start another ledger with --data <another folder> --port <another port>.',
  )

const linked = (from: string, to: string): boolean => {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

const holderOf = (path: string): ProcessMark | undefined => {
  try {
    const { pid, started } = JSON.parse(readFileSync(path, 'utf8')) as ProcessMark
    return { name: 'daybook run', pid, started }
  } catch {
    return undefined
  }
}

/** Somebody else may have moved it away and taken the folder meanwhile: then it is put back. */
const moveAway = (path: string, expected: ProcessMark | undefined): void => {
  const aside = `${path}.aside.${String(process.pid)}`
  try {
    renameSync(path, aside)
  } catch {
    return
  }
  const moved = holderOf(aside)
  if (moved !== undefined && moved.started !== expected?.started) linked(aside, path)
  rmSync(aside, { force: true })
}

const release = (folder: DataFolder, mine: string): void => {
  try {
    if (readFileSync(folder.lockFile, 'utf8') === mine) rmSync(folder.lockFile)
  } catch {
    // It is gone already.
  }
}
