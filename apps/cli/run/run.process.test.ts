import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { transformSync } from 'esbuild'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { dataFolder, type LedgerFile, readLedgerFile } from './data-folder.ts'
import { stopOrder } from './environment.ts'
import { stillRuns } from './lock.ts'
import { freePorts } from './ports.ts'

describe('a ledger on this machine', () => {
  test('starts, is found by its file, and stops in order when it is asked to', async () => {
    const ledger = await started()
    expect(ledger.out()).toContain(`API     http://127.0.0.1:${String(ledger.port)}`)
    expect(ledger.out()).toContain('shown this once')
    expect(ledger.names().toSorted()).toStrictEqual(
      ['daybook run', 'postgres', ...stopOrder].toSorted(),
    )
    // As a terminal does it at Ctrl-C: to the whole group.
    process.kill(-ledger.pid, 'SIGINT')
    expect(await ledger.exit).toBe(0)
    expect(journal()).toStrictEqual(stopOrder.map((app) => `${app} SIGTERM`))
    expect(ledger.alive()).toStrictEqual([])
    expect(ledger.file().pid).toBeUndefined()
    expect(ledger.err()).toContain('Stopped. The ledger is kept in')
  })
  test('starts an app again that was killed, and leaves the others alone', async () => {
    const ledger = await started()
    const before = ledger.pids()
    process.kill(before['gateway'] ?? 0, 'SIGKILL')
    await ledger.hears(/gateway was ended by SIGKILL after .* s; it is started again in 0\.2 s\./)
    await ledger.hears(/gateway is ready again\./)
    const after = ledger.pids()
    expect({ ...after, gateway: 0 }).toStrictEqual({ ...before, gateway: 0 })
    expect(after['gateway']).not.toBe(before['gateway'])
    await ledger.stop()
  })
  test('starts PostgreSQL again that was killed, on the same port', async () => {
    const ledger = await started()
    const { postgresPort } = ledger.file()
    process.kill(ledger.pids()['postgres'] ?? 0, 'SIGKILL')
    await ledger.hears(/postgres ended after .*it is started again in/)
    await ledger.until(() => ledger.alive().includes('postgres'))
    expect(ledger.file().postgresPort).toBe(postgresPort)
    await ledger.stop()
  })
})

describe('a killed supervisor', () => {
  test('takes its apps with it, and the next one goes on with the same data', async () => {
    const first = await started()
    process.kill(first.pid, 'SIGKILL')
    await first.exit
    await first.until(() => first.alive().every((name) => name === 'postgres'))
    const second = await started(first)
    expect(second.out()).not.toContain('shown this once')
    await second.stop()
    expect(second.alive()).toStrictEqual([])
    expect(first.alive()).toStrictEqual([])
  })
  test('leaves a frozen app behind that the next one ends', async () => {
    const first = await started()
    const frozen = first.pids()['gateway'] ?? 0
    process.kill(frozen, 'SIGSTOP')
    process.kill(first.pid, 'SIGKILL')
    await first.exit
    const second = await started(first)
    expect(second.err()).toMatch(/Ended what a killed run had left: .*gateway/)
    expect(first.alive()).toStrictEqual([])
    await second.stop()
  })
})

describe('two at once', () => {
  test('on one folder: the second is told who has it', async () => {
    const first = await started()
    const second = launch({ data: first.data, port: (await freePorts([undefined]))[0] ?? 0 })
    expect(await second.exit).toBe(2)
    expect(second.err()).toContain(`in use by daybook run with process id ${String(first.pid)}`)
    await first.stop()
  })
  test('on one port: the second is told so', async () => {
    const first = await started()
    const second = launch({ data: newFolder(), port: first.port })
    expect(await second.exit).toBe(2)
    expect(second.err()).toMatch(/^Port \d+ is already in use: stop what listens there, or start/)
    await first.stop()
  })
  test('on folders and ports of their own: both run', async () => {
    const [first, second] = await Promise.all([started(), started()])
    expect(new Set([...Object.values(first.pids()), ...Object.values(second.pids())]).size).toBe(16)
    await Promise.all([first.stop(), second.stop()])
  })
})

test('who does not stop is killed when it is asked twice, and the exit code tells', async () => {
  const ledger = await started(undefined, { DAYBOOK_TEST_DEAF: 'gateway' })
  process.kill(ledger.pid, 'SIGTERM')
  await ledger.until(() => journal().includes('gateway SIGTERM'))
  // As npx does, which passes a signal on that has come already.
  process.kill(ledger.pid, 'SIGTERM')
  await sleep(1_200)
  expect(ledger.alive()).toContain('gateway')
  process.kill(ledger.pid, 'SIGTERM')
  expect(await ledger.exit).toBe(1)
  expect(ledger.err()).toContain('gateway had not ended, and was killed.')
  expect(ledger.alive()).toStrictEqual([])
})

test('told to stop while it starts, it stops', async () => {
  const ledger = launch({ data: newFolder(), port: (await freePorts([undefined]))[0] ?? 0 })
  await ledger.hears(/Starting the ledger/)
  process.kill(ledger.pid, 'SIGTERM')
  expect(await ledger.exit).toBe(0)
  expect(ledger.out()).toBe('')
  expect(ledger.alive()).toStrictEqual([])
})

test('a folder of another format is refused before anything is touched', async () => {
  const data = newFolder()
  mkdirSync(data)
  writeFileSync(dataFolder(data).ledgerFile, '{"formatVersion":9,"version":"4.0.0"}')
  const ledger = launch({ data, port: 0 })
  expect(await ledger.exit).toBe(2)
  expect(ledger.err()).toContain('has format 9, made by Daybook 4.0.0')
})

const testing = join(import.meta.dirname, '..', 'testing')
let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'daybook-run-'))
  mkdirSync(join(root, 'apps'))
  writeFileSync(join(root, 'journal'), '')
  const source = readFileSync(join(testing, 'trivial-app.ts'), 'utf8')
  const { code } = transformSync(source, { loader: 'ts', format: 'esm' })
  for (const app of stopOrder) writeFileSync(join(root, 'apps', `${app}.mjs`), code)
})
const running = new Set<ChildProcess>()
afterEach(async () => {
  for (const child of running) {
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
  rmSync(root, { recursive: true })
})
const lines = (): readonly string[] =>
  readFileSync(join(root, 'journal'), 'utf8').trimEnd().split('\n')
/** What the apps heard, in order. */
const journal = () => lines().filter((line) => !line.endsWith(' listens'))
/** An app can be stopped in order only once it listens to signals. */
const listening = () => lines().filter((line) => line.endsWith(' listens')).length
let folders = 0
const newFolder = (): string => join(root, `data-${String((folders += 1))}`)

interface Where {
  readonly data: string
  readonly port: number
}
const launch = ({ data, port }: Where, environment: Readonly<Record<string, string>> = {}) => {
  const main = join(testing, 'run-trivial.ts')
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', main, join(root, 'apps'), data, String(port)],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      env: { ...process.env, ...environment, DAYBOOK_TEST_JOURNAL: join(root, 'journal') },
    },
  )
  running.add(child)
  let [out, err] = ['', '']
  child.stdout.on('data', (piece: Buffer) => (out += piece.toString()))
  child.stderr.on('data', (piece: Buffer) => (err += piece.toString()))
  const exit = once(child, 'close').then(([code]) => {
    running.delete(child)
    return code as number | null
  })
  // What ran under this supervisor, also after its file was written anew.
  let last: LedgerFile['processes'] = []
  const processes = () => {
    const now = readLedgerFile(dataFolder(data))
    if (now?.pid === child.pid && now?.processes !== undefined) last = now.processes
    return last ?? []
  }
  const until = async (holds: () => boolean): Promise<void> => {
    for (let waited = 0; !holds(); waited += 20) {
      if (waited > 20_000) throw new Error(`it never came true; it said:\n${out}\n${err}`)
      await sleep(20)
    }
  }
  return {
    data,
    port,
    exit,
    until,
    pid: child.pid ?? 0,
    out: () => out,
    err: () => err,
    file: () => readLedgerFile(dataFolder(data)) ?? { formatVersion: 1 as const, version: '' },
    names: () => processes().map(({ name }) => name),
    pids: () => Object.fromEntries(processes().map(({ name, pid }) => [name, pid])),
    alive: () =>
      processes()
        .filter(stillRuns)
        .map(({ name }) => name),
    hears: (words: RegExp) => until(() => words.test(err)),
    stop: async () => {
      processes()
      child.kill('SIGTERM')
      expect(await exit, err).toBe(0)
    },
  }
}

const started = async (where?: Where, environment: Readonly<Record<string, string>> = {}) => {
  const port = where?.port ?? (await freePorts([undefined]))[0] ?? 0
  const before = listening()
  const ledger = launch({ data: where?.data ?? newFolder(), port }, environment)
  await ledger.until(() => ledger.out().includes('Ctrl-C stops it'))
  await ledger.until(() => listening() >= before + stopOrder.length)
  ledger.names()
  return ledger
}
