/** Writing processes of a test, and what they were told. */
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

export interface Acknowledged {
  readonly id: string
  readonly position: bigint
  readonly revision: bigint
  readonly stream: string
}
export interface Writer {
  readonly acknowledged: Acknowledged[]
  /** Settles with its exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>
  readonly kill: () => void
}
export interface Work {
  readonly url: string
  readonly name: string
  readonly callers: number
  readonly events: number
  /** The one stream that all fight for. */
  readonly hot?: string
}

/** The program of a writing process in one file, for many of them start at once. */
export const buildWriter = async (folder: string): Promise<string> => {
  const outfile = join(folder, 'append-worker.cjs')
  await build({
    entryPoints: [fileURLToPath(new URL('append-worker.ts', import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['pg-native'],
    logLevel: 'warning',
  })
  return outfile
}

export const startWriter = (
  program: string,
  { url, name, callers, events, hot = '' }: Work,
): Writer => {
  const child: ChildProcess = spawn(
    process.execPath,
    [program, url, name, String(callers), String(events), hot],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const acknowledged: Acknowledged[] = []
  let rest = ''
  child.stdout?.on('data', (piece: Buffer) => {
    const lines = (rest + piece.toString('utf8')).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const [id = '', position = '', revision = '', stream = ''] = line.split(' ')
      acknowledged.push({ id, position: BigInt(position), revision: BigInt(revision), stream })
    }
  })
  const ended = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once('close', (code, signal) => {
      resolve(signal ?? code ?? -1)
    })
  })
  return { acknowledged, ended, kill: () => child.kill('SIGKILL') }
}
