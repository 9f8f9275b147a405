import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { nodeFinding } from './doctor-machine.ts'
import { markOf } from './run/lock.ts'
import { cleanUp, key, run, serving, temporary } from './testing/serving.ts'

afterEach(cleanUp)

const healthy = {
  '/healthz': [200, { app: 'api', state: 'ready' }],
  '/readyz': [200, { app: 'api', state: 'ready' }],
} as const
const app = (name: string, state = 'ready', detail: string | null = null) => ({
  name,
  state,
  detail,
})
const statusOf = (apps: readonly unknown[], at = new Date().toISOString()) => ({
  state: 'ready',
  at,
  head: '1',
  apps,
})
/** A ledger that answers these paths, and a data folder that says where it is. */
const ledger = async (
  answers: Readonly<Record<string, readonly [number, unknown]>>,
): Promise<{ readonly data: string; readonly url: string }> => {
  const { address: url } = await serving(({ url: path = '' }) => answers[path] ?? [404, {}])
  const data = temporary()
  mkdirSync(join(data, 'logs'))
  writeFileSync(join(data, 'key'), `${key}\n`, { mode: 0o600 })
  const mark = markOf('daybook run', process.pid)
  const file = { formatVersion: 1, version: '1', url, pid: process.pid, processes: [mark] }
  writeFileSync(join(data, 'daybook.json'), JSON.stringify(file))
  return { data, url }
}
const examine = async (data: string) => {
  const said = await run(`doctor --data ${data} -o json`, {})
  return { ...said, findings: JSON.parse(said.out) as Record<string, string>[] }
}

test('where all is well nothing is wrong, and the exit code says so', async () => {
  const { data } = await ledger({ ...healthy, '/v1/status': [200, statusOf([app('gateway')])] })
  const { code, err, findings } = await examine(data)
  expect(findings.filter(({ health }) => health !== 'ok')).toStrictEqual([])
  expect(findings.map(({ check }) => check)).toStrictEqual([
    'node',
    'data folder',
    'disk',
    'key',
    'supervisor',
    'api',
    'ready',
    'clock',
    'gateway',
  ])
  expect({ code, err }).toStrictEqual({ code: 0, err: 'Nothing is wrong.\n' })
})

describe('what is wrong is named, with what to do', () => {
  test('an app that is down, with its last complaint and without its secrets', async () => {
    const apps = [app('risk-guard', 'down', 'not heard of for 9 s')]
    const { data } = await ledger({ ...healthy, '/v1/status': [200, statusOf(apps)] })
    const line = (level: string, message: string) => JSON.stringify({ level, message })
    const lines = [
      line('error', 'cannot log in at postgres://daybook:hunter2@127.0.0.1/daybook'),
      line('info', 'trying again'),
    ]
    writeFileSync(join(data, 'logs', 'risk-guard.log'), lines.join('\n'))
    const { code, err, findings } = await examine(data)
    expect(findings.at(-1)).toMatchObject({
      check: 'risk-guard',
      health: 'wrong',
      says:
        'down: not heard of for 9 s; it last complained: ' +
        'cannot log in at postgres://daybook:***@127.0.0.1/daybook',
    })
    expect(err).toContain(`risk-guard: Look at its log: ${join(data, 'logs', 'risk-guard.log')}`)
    expect(code).toBe(1)
  })
  test('an api that is not ready, in its own words', async () => {
    const waiting = [503, { app: 'api', detail: 'no price yet of BTC/USDT' }] as const
    const answers = { ...healthy, '/readyz': waiting, '/v1/status': [200, statusOf([])] as const }
    const { findings } = await examine((await ledger(answers)).data)
    expect(findings).toContainEqual(
      expect.objectContaining({
        check: 'ready',
        health: 'wrong',
        says: 'no price yet of BTC/USDT',
      }),
    )
  })
  test('a log that does not answer, and what that means', async () => {
    const why = 'the event log is unreachable: connect ECONNREFUSED 127.0.0.1:2113'
    const starting = {
      code: 'notReady',
      detail: `The ledger is starting; ask again. It waits: ${why}`,
    }
    const { data } = await ledger({
      ...healthy,
      '/readyz': [503, { app: 'api', state: 'waiting', detail: why }],
      '/v1/status': [503, starting],
    })
    const { findings } = await examine(data)
    expect(findings.find(({ check }) => check === 'ready')).toMatchObject({
      says: why,
      todo: expect.stringMatching(
        /^Until the log answers nothing new is decided or sent/,
      ) as string,
    })
    expect(findings.find(({ check }) => check === 'apps')?.['says']).toContain(why)
  })
  test('a key that the ledger does not know', async () => {
    const { data } = await ledger({ ...healthy, '/v1/status': [401, {}] })
    expect((await examine(data)).findings.at(-1)).toMatchObject({ check: 'key', health: 'wrong' })
  })
  test('another program on that port', async () => {
    const { data } = await ledger({ '/healthz': [200, 'hello'] })
    const { findings } = await examine(data)
    expect(findings.at(-1)).toMatchObject({ check: 'api', health: 'wrong' })
    expect(findings.at(-1)?.['says']).toMatch(/is no ledger$/)
  })
  test('nobody there', async () => {
    const { code, out } = await run('doctor --url http://127.0.0.1:1 -o json', {})
    expect(code).toBe(1)
    expect(JSON.parse(out)).toContainEqual(
      expect.objectContaining({ check: 'api', says: 'nobody answers at http://127.0.0.1:1' }),
    )
  })
  test('a supervisor that ended without stopping its apps', async () => {
    const { data, url } = await ledger(healthy)
    const gone = { name: 'daybook run', pid: 999_999_999, started: 'long ago' }
    const file = { formatVersion: 1, version: '1', url, pid: gone.pid, processes: [gone] }
    writeFileSync(join(data, 'daybook.json'), JSON.stringify(file))
    expect((await examine(data)).findings).toContainEqual(
      expect.objectContaining({
        check: 'supervisor',
        health: 'wrong',
        says: 'it ended without stopping its apps',
        todo: `Start it again with: daybook run --data ${data}`,
      }),
    )
  })
  test('a folder that holds no ledger, and one that does not exist', async () => {
    const empty = temporary()
    expect((await examine(empty)).findings.at(-1)).toMatchObject({ check: 'ledger' })
    const { findings } = await examine(join(empty, 'nowhere'))
    expect(findings.at(-1)).toMatchObject({ check: 'data folder', health: 'wrong' })
  })
})

describe('what will go wrong is a warning, and no failure', () => {
  test('a key that others can read', async () => {
    const { data } = await ledger({ ...healthy, '/v1/status': [200, statusOf([])] })
    chmodSync(join(data, 'key'), 0o644)
    const { code, findings } = await examine(data)
    expect(findings.find(({ check }) => check === 'key')).toMatchObject({
      health: 'warning',
      todo: `chmod 600 ${join(data, 'key')}`,
    })
    expect(code).toBe(0)
  })
  test('an app that runs and says that something is amiss', async () => {
    const apps = [app('market-data', 'ready', 'replay:trades.csv has ended')]
    const { data } = await ledger({ ...healthy, '/v1/status': [200, statusOf(apps)] })
    const { code, findings } = await examine(data)
    expect(findings.at(-1)).toMatchObject({
      check: 'market-data',
      health: 'warning',
      says: 'ready: replay:trades.csv has ended',
    })
    expect(code).toBe(0)
  })
  test("a clock that is not the ledger's", async () => {
    const late = statusOf([], new Date(Date.now() - 90_000).toISOString())
    const { data } = await ledger({ ...healthy, '/v1/status': [200, late] })
    const clock = (await examine(data)).findings.find(({ check }) => check === 'clock')
    expect(clock?.['health']).toBe('warning')
    expect(clock?.['says']).toMatch(/^(89|90)\d{3} ms from the ledger's$/)
  })
})

test.each([
  ['20.19.0', 'ok'],
  ['20.18.9', 'wrong'],
  ['18.20.8', 'wrong'],
  ['24.1.0', 'ok'],
])('Node %s is %s', (version, health) => {
  expect(nodeFinding(version).health).toBe(health)
})
