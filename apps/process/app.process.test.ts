import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'

test.each(['SIGTERM', 'SIGINT'] as const)('%s stops an app cleanly', async (signal) => {
  const app = await ready('wait')
  app.child.kill(signal)
  expect(await app.exit).toStrictEqual([0, null])
  expect(app.said()).toContain(`"state":"stopping","logPosition":"3","detail":"${signal}"`)
  expect(app.said()).toContain('"message":"closed"')
})

test('an app whose supervisor is gone stops cleanly', async () => {
  const app = await ready('wait')
  app.child.disconnect()
  expect(await app.exit).toStrictEqual([0, null])
  expect(app.said()).toContain('the supervisor is gone')
})

test('a rejection that nobody handles ends the app loudly, with 1', async () => {
  const app = await ready('throw')
  expect(await app.exit).toStrictEqual([1, null])
  expect(app.said()).toContain('"level":"fatal"')
  expect(app.said()).toContain('a promise that nobody heard')
  expect(app.complained()).toBe(
    'daybook projector: ends itself after a defect: a promise that nobody heard\n',
  )
})

test('an app that cannot close is left at the second signal, with 1', async () => {
  const app = await ready('cling')
  app.child.kill('SIGTERM')
  await app.hears('stopping')
  app.child.kill('SIGTERM')
  expect(await app.exit).toStrictEqual([1, null])
})

test('a setting that is wrong ends it with 2, before anything is begun', async () => {
  const app = start('wait', { DAYBOOK_HEALTH_PORT: 'x' })
  expect(await app.exit).toStrictEqual([2, null])
  expect(app.complained()).toBe(
    'daybook projector: DAYBOOK_HEALTH_PORT is not usable: set it to a port from 0 to 65535.\n',
  )
})

const running = new Set<ChildProcess>()
afterEach(() => {
  for (const child of running) child.kill('SIGKILL')
})

const start = (does: string, environment: Readonly<Record<string, string>> = {}) => {
  const child = fork(join(import.meta.dirname, 'testing', 'small-app.ts'), [does], {
    execArgv: ['--import', 'tsx'],
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  running.add(child)
  let [said, complained] = ['', '']
  child.stdout?.on('data', (piece: Buffer) => (said += piece.toString()))
  child.stderr?.on('data', (piece: Buffer) => (complained += piece.toString()))
  // Not 'close': it does not come after disconnect().
  const streams = [child.stdout, child.stderr].filter((stream) => stream !== null)
  const exit = Promise.all([
    once(child, 'exit'),
    ...streams.map((stream) => once(stream, 'close')),
  ]).then(([ending]) => {
    running.delete(child)
    return ending as unknown[]
  })
  const hears = (state: string) =>
    new Promise<void>((resolve) => {
      child.on('message', (message: { readonly state?: unknown }) => {
        if (message.state === state) resolve()
      })
    })
  return { child, exit, hears, said: () => said, complained: () => complained }
}
const ready = async (does: string) => {
  const app = start(does)
  await app.hears('ready')
  return app
}
