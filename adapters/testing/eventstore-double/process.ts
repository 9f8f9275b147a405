/** The double in a process of its own: it can be killed and started again on its data, frozen, and told what to do. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Faults } from './faults.ts'
import type { Order, Told } from './main.ts'

export interface DoubleProcess {
  /** Of the first node, or of another one. */
  readonly url: (node?: number) => string
  readonly pid: () => number
  readonly tell: (order: Order) => Promise<Told>
  readonly misbehave: (faults: Partial<Faults>) => Promise<Told>
  /** SIGKILL, and nothing in its place until it is started. */
  readonly kill: () => Promise<void>
  /** On the same port, with what was kept. */
  readonly start: () => Promise<void>
  readonly freeze: () => void
  readonly thaw: () => void
  readonly stop: () => Promise<void>
}

const program = fileURLToPath(new URL('./main.ts', import.meta.url))

/** `file`: where the events are kept over a kill. Several nodes are one cluster, of which the first leads. */
export const startDouble = async (file?: string, nodes = 1): Promise<DoubleProcess> => {
  let child: ChildProcess | undefined
  let urls: readonly string[] = Array.from({ length: nodes }, () => 'esdb://127.0.0.1:0')
  const start = async (): Promise<void> => {
    const port = urls.map((url) => new URL(url.replace('esdb:', 'http:')).port || '0').join(',')
    const kept = file === undefined ? [] : ['--file', file]
    child = fork(program, ['--port', port, ...kept], {
      execArgv: ['--import', 'tsx'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    const ended = once(child, 'exit').then(() => {
      throw new Error('the double has ended before it was ready')
    })
    const [ready] = (await Promise.race([once(child, 'message'), ended])) as [
      { urls: readonly string[] },
    ]
    ;({ urls } = ready)
    // From here on its end is no surprise.
    ended.catch(() => undefined)
  }
  const living = (): ChildProcess => {
    if (child === undefined) throw new Error('the double is not running')
    return child
  }
  const kill = async (): Promise<void> => {
    const dying = living()
    child = undefined
    const gone = once(dying, 'exit')
    dying.kill('SIGKILL')
    await gone
  }
  const tell = async (order: Order): Promise<Told> => {
    const done = once(living(), 'message')
    living().send(order)
    const [told] = (await done) as [Told]
    return told
  }
  await start()
  return {
    url: (node = 0) => urls[node] ?? '',
    pid: () => living().pid ?? 0,
    tell,
    misbehave: (faults) => tell({ faults }),
    kill,
    start,
    freeze: () => void living().kill('SIGSTOP'),
    thaw: () => void living().kill('SIGCONT'),
    stop: async () => {
      if (child !== undefined) await kill()
    },
  }
}
