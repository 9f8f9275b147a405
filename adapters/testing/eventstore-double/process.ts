/** The double in a process of its own: it can be killed and started again on its data, frozen, and told what to do. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Faults } from './faults.ts'
import type { Order, Told } from './main.ts'

export interface DoubleProcess {
  readonly url: () => string
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

/** `file`: where the events are kept over a kill. */
export const startDouble = async (file?: string): Promise<DoubleProcess> => {
  let child: ChildProcess | undefined
  let url = ''
  const start = async (): Promise<void> => {
    const port = url === '' ? '0' : new URL(url.replace('esdb:', 'http:')).port
    const kept = file === undefined ? [] : ['--file', file]
    child = fork(program, ['--port', port, ...kept], {
      execArgv: ['--import', 'tsx'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    const ended = once(child, 'exit').then(() => {
      throw new Error('the double has ended before it was ready')
    })
    const [ready] = (await Promise.race([once(child, 'message'), ended])) as [{ url: string }]
    ;({ url } = ready)
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
    url: () => url,
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
