/** Starts one app as a child process that ends with us, however we end. */
import { fork } from 'node:child_process'
import { closeSync, openSync, renameSync } from 'node:fs'
import { lastComplaint, sizeOf } from './complaint.ts'
import type { Ending, Life } from './supervisor.ts'

export interface ChildSettings {
  readonly name: string
  readonly program: string
  readonly environment: Readonly<Record<string, string>>
  readonly logFile: string
  readonly nodeOptions?: readonly string[]
  /** What the app says of itself over the IPC channel. */
  readonly hear?: (message: unknown) => void
}

/** Beyond this a log is put aside when the app is next started. */
const logBytesMax = 10 * 1024 * 1024

export const openLogFile = (path: string): number => {
  try {
    if (sizeOf(path) > logBytesMax) renameSync(path, `${path}.1`)
  } catch {
    // Somebody has moved it already.
  }
  return openSync(path, 'a', 0o600)
}

export const startChild = async ({
  name,
  program,
  environment,
  logFile,
  nodeOptions = [],
  hear = () => undefined,
}: ChildSettings): Promise<Life> => {
  const log = openLogFile(logFile)
  const began = sizeOf(logFile)
  try {
    const child = fork(program, [], {
      env: { ...environment },
      execArgv: [...nodeOptions],
      stdio: ['ignore', log, log, 'ipc'],
      // A group of its own: Ctrl-C in the terminal is for us, and we stop them in order.
      detached: true,
    })
    const ended = new Promise<Ending>((resolve) => {
      child.once('exit', (code, signal) => {
        resolve({ code, signal, said: lastComplaint(logFile, name, began) })
      })
    })
    child.on('message', hear)
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve)
      child.once('error', reject)
    })
    // From now on: the channel breaks when the child is killed, and `ended` tells.
    child.on('error', () => undefined)
    return {
      pid: child.pid ?? 0,
      ended,
      stop: () => child.kill('SIGTERM'),
      kill: () => child.kill('SIGKILL'),
    }
  } finally {
    closeSync(log)
  }
}
