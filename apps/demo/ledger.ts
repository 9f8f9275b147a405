/** A ledger of its own for a demonstration or a test: started, found ready, and stopped again. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

export interface Ledger {
  readonly url: string
  readonly key: string
  readonly data: string
  readonly supervisor: ChildProcess
  /** What it has printed so far. */
  readonly printed: () => string
  /** As Ctrl-C does; answers the exit code. */
  readonly stop: () => Promise<number | null>
}

export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port was given')
  return address.port
}

export interface LedgerSettings {
  readonly data: string
  readonly options?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly readyWithinMs?: number
  /** Where it is run from; its bundles stand below in build/apps. */
  readonly root: string
}

const isReady = async (url: string): Promise<boolean> => {
  try {
    return (await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2000) })).ok
  } catch {
    return false
  }
}

export const startLedger = async (settings: LedgerSettings): Promise<Ledger> => {
  const { data, options = [], environment = {}, readyWithinMs = 60_000, root } = settings
  const port = String(await freePort())
  const supervisor = spawn(
    process.execPath,
    [join(root, 'build/apps/cli.mjs'), 'run', '--data', data, '--port', port, ...options],
    { env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let printed = ''
  for (const stream of [supervisor.stdout, supervisor.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text
    })
  const ended = new Promise<number | null>((done) => supervisor.once('exit', done))
  const stop = async (): Promise<number | null> => {
    if (supervisor.exitCode === null && supervisor.signalCode === null) supervisor.kill('SIGINT')
    return ended
  }
  const url = `http://127.0.0.1:${port}`
  const givenUp = Date.now() + readyWithinMs
  while (!(await isReady(url))) {
    if (supervisor.exitCode !== null || Date.now() > givenUp) {
      await stop()
      throw new Error(`the ledger did not get ready:\n${printed}`)
    }
    await setTimeout(25)
  }
  const key = readFileSync(join(data, 'key'), 'utf8').trim()
  return { url, key, data, supervisor, printed: () => printed, stop }
}
