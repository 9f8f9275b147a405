/** One app as a real process, for tests: what it logs, how it ends. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

export interface AppProcess {
  readonly pid: number
  /** Resolves when a line of its log has all of these texts, at once where one had already. */
  readonly logs: (...texts: readonly string[]) => Promise<string>
  readonly kill: (signal: NodeJS.Signals) => void
  readonly complained: () => string
  /** Exit code and signal. */
  readonly ended: Promise<readonly unknown[]>
}

const running = new Set<ChildProcess>()

/** Ends every process that was started here and has not ended. */
export const killAll = async (): Promise<void> => {
  await Promise.all(
    [...running].map(async (child) => {
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    }),
  )
}

export const startApp = (
  name: string,
  environment: Readonly<Record<string, string>>,
  main = 'main.ts',
): AppProcess => {
  const child = fork(join(import.meta.dirname, '..', name, main), [], {
    execArgv: ['--import', 'tsx'],
    env: { PATH: process.env['PATH'], DAYBOOK_INSTANCE: 'test', ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  running.add(child)
  const lines: string[] = []
  let [rest, complained] = ['', '']
  let wake = (): void => undefined
  child.stdout?.on('data', (piece: Buffer) => {
    const said = (rest + piece.toString()).split('\n')
    rest = said.pop() ?? ''
    lines.push(...said)
    wake()
  })
  child.stderr?.on('data', (piece: Buffer) => (complained += piece.toString()))
  const ended = once(child, 'exit').then((ending: unknown[]) => {
    running.delete(child)
    wake()
    return ending
  })
  return {
    pid: child.pid ?? 0,
    logs: async (...texts) => {
      for (;;) {
        const found = lines.find((line) => texts.every((text) => line.includes(text)))
        if (found !== undefined) return found
        if (!running.has(child)) throw new Error(`${name} ended: ${complained}${lines.join('\n')}`)
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    },
    kill: (signal) => child.kill(signal),
    complained: () => complained,
    ended,
  }
}
