/** What this machine has to say: Node, the data folder, its disk, its key, and the processes that live in it. */
import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs'
import { createConnection } from 'node:net'
import {
  type DataFolder,
  type LedgerFile,
  type ProcessMark,
  readKey,
  readLedgerFile,
} from './run/data-folder.ts'
import { stillRuns } from './run/lock.ts'
import { usageSentence } from '#apps/process/failure'
import { type Finding, ok, unknown, warning, wrong } from './finding.ts'

/** Node 20.19: the first 20 that can load every package of ours. */
const nodeLeast = { major: 20, minor: 19 } as const
const diskLeastBytes = 200 * 1024 ** 2
const diskLowBytes = 2 * 1024 ** 3
const connectWithinMs = 1_000

export const nodeFinding = (version: string): Finding => {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number)
  const fits = major > nodeLeast.major || (major === nodeLeast.major && minor >= nodeLeast.minor)
  return fits
    ? ok('node', `Node ${version}`)
    : wrong(
        'node',
        `Node ${version} is too old`,
        `Install Node ${String(nodeLeast.major)}.${String(nodeLeast.minor)} or later.`,
      )
}

/** What stands in the folder; the file is undefined where there is none that can be read. */
export const folderFindings = (
  folder: DataFolder,
  start: string,
): { readonly findings: readonly Finding[]; readonly file?: LedgerFile } => {
  if (!existsSync(folder.path)) {
    const todo = `Start one with: ${start}. Or say where it is: --data <folder>, or --url <address>.`
    return { findings: [wrong('data folder', `${folder.path} does not exist`, todo)] }
  }
  const access = accessFinding(folder)
  if (access.health === 'wrong') return { findings: [access] }
  const findings = [access, diskFinding(folder), keyFinding(folder)]
  try {
    const file = readLedgerFile(folder)
    if (file !== undefined) return { findings, file }
    const says = `${folder.path} holds no ledger yet`
    return { findings: [...findings, wrong('ledger', says, `Start one with: ${start}`)] }
  } catch (error) {
    const says = usageSentence(error) ?? String(error)
    return { findings: [...findings, wrong('ledger', says, 'Do what it says, and ask again.')] }
  }
}

const accessFinding = (folder: DataFolder): Finding => {
  try {
    accessSync(folder.path, constants.R_OK | constants.W_OK | constants.X_OK)
    return ok('data folder', folder.path)
  } catch {
    return wrong(
      'data folder',
      `${folder.path} may not be read and written by this user`,
      'Ask as the user who owns it.',
    )
  }
}

const diskFinding = (folder: DataFolder): Finding => {
  const { bavail, bsize } = statfsSync(folder.path)
  const free = bavail * bsize
  const says = `${(free / 1024 ** 3).toFixed(1)} GiB free`
  if (free < diskLeastBytes) return wrong('disk', says, 'Make room: a full disk stops the log.')
  return free < diskLowBytes ? warning('disk', says, 'Make room soon.') : ok('disk', says)
}

const keyFinding = (folder: DataFolder): Finding => {
  if (readKey(folder) === undefined) {
    return warning('key', `${folder.keyFile} does not exist`, 'Give --key, or set DAYBOOK_KEY.')
  }
  const others = statSync(folder.keyFile).mode & 0o077
  return others === 0
    ? ok('key', `${folder.keyFile}, readable to its owner alone`)
    : warning('key', `${folder.keyFile} can be read by others`, `chmod 600 ${folder.keyFile}`)
}

/** Whether the supervisor lives, and whether anything outlived one that does not. */
export const processFindings = (file: LedgerFile, start: string): readonly Finding[] => {
  const marks = file.processes ?? []
  const supervisor = marks.find(({ pid }) => pid === file.pid)
  if (supervisor !== undefined && stillRuns(supervisor)) {
    const since = file.startedAt === undefined ? '' : ` since ${file.startedAt}`
    return [ok('supervisor', `process ${String(supervisor.pid)} runs${since}`)]
  }
  const left = marks.filter((mark) => mark !== supervisor && stillRuns(mark))
  const says = file.pid === undefined ? 'was stopped in order' : 'ended without stopping its apps'
  return [
    wrong('supervisor', `it ${says}`, `Start it again with: ${start}`),
    ...(left.length === 0 ? [] : [leftBehind(left, start)]),
  ]
}

const leftBehind = (left: readonly ProcessMark[], start: string): Finding =>
  warning(
    'left behind',
    left.map(({ name, pid }) => `${name} (process ${String(pid)})`).join(', '),
    `They end when the ledger starts again: ${start}`,
  )

const startsAgain = 'A supervisor that runs starts it again within seconds; else start the ledger.'

/** Whether somebody takes connections there. */
export const portFinding = async (check: string, port: number | undefined): Promise<Finding> => {
  if (port === undefined) return unknown(check, 'no port is known')
  const isOpen = await new Promise<boolean>((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port, timeout: connectWithinMs })
    const end = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', () => end(true))
    socket.once('timeout', () => end(false))
    socket.once('error', () => end(false))
  })
  return isOpen
    ? ok(check, `takes connections on 127.0.0.1:${String(port)}`)
    : wrong(check, `takes no connection on 127.0.0.1:${String(port)}`, startsAgain)
}
