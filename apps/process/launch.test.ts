import * as E from 'fp-ts/lib/Either.js'
import { afterEach, describe, expect, test } from 'vitest'
import { systemClock } from '#adapters/system/clock'
import { systemIds } from '#adapters/system/ids'
import type { App } from './app.ts'
import type { Heartbeat } from './heartbeats.ts'
import { launch, type Running, type SupervisorRow } from './launch.ts'
import { version } from './version.ts'

describe('an app', () => {
  test('is wired, reports, and closes what it opened in reverse order when it is told to stop', async () => {
    const closed: string[] = []
    const ran = started(async (app) => {
      app.onStop(async () => void closed.push('first'))
      app.onStop(async () => void closed.push('second'))
      app.report('ready', 7n)
    })
    await ran.told('ready')
    ran.running.stop('SIGTERM')
    expect(await ran.exit).toBe(0)
    expect(closed).toStrictEqual(['second', 'first'])
    expect(ran.rows).toStrictEqual([
      { state: 'ready', logPosition: '7' },
      { state: 'stopping', logPosition: '7', detail: 'SIGTERM' },
    ])
  })
  test('is told by `stopping`, and what it reports afterwards does not count', async () => {
    let app: App | undefined
    const ran = started(async (given) => {
      app = given
      given.report('ready')
    })
    await ran.told('ready')
    expect(app?.stopping.aborted).toBe(false)
    ran.running.stop('SIGTERM')
    expect(app?.stopping.aborted).toBe(true)
    app?.report('ready')
    expect(app?.current().state).toBe('stopping')
    expect(await ran.exit).toBe(0)
  })
  test('closes also what it opened after it was told to stop', async () => {
    let closed = false
    const ran = started(async (app) => {
      ran.running.stop('SIGTERM')
      app.onStop(async () => void (closed = true))
    })
    expect(await ran.exit).toBe(0)
    expect(closed).toBe(true)
  })
  test('that cannot close something says so and exits with 1, but closes the rest', async () => {
    let closed = false
    const ran = started(async (app) => {
      app.onStop(async () => void (closed = true))
      app.onStop(() => Promise.reject(new Error('stuck')))
      app.report('ready')
    })
    await ran.told('ready')
    ran.running.stop('SIGTERM')
    expect(await ran.exit).toBe(1)
    expect(closed).toBe(true)
    expect(ran.lines.join('')).toContain('stuck')
  })
  test('exits at once when it is told to stop twice', async () => {
    const ran = started(async (app) => {
      app.onStop(() => new Promise(() => undefined))
      app.report('ready')
    })
    await ran.told('ready')
    ran.running.stop('SIGINT')
    ran.running.stop('SIGINT')
    expect(await ran.exit).toBe(1)
  })
})

describe('a defect', () => {
  test('is logged with its reason and ends the app with 1', async () => {
    const ran = started(() => Promise.reject(new Error('an order without terms')))
    expect(await ran.exit).toBe(1)
    expect(ran.lines.join('')).toContain('an order without terms')
    expect(ran.lines.join('')).toContain('"level":"fatal"')
    expect(ran.complaints.join('')).toContain('an order without terms')
  })
  test('says no secret', async () => {
    const ran = started(() => Promise.reject(new Error('at postgres://a:hunter2@h/d')))
    expect(await ran.exit).toBe(1)
    expect([...ran.lines, ...ran.complaints].join('')).not.toContain('hunter2')
  })
})

describe('a wrong use', () => {
  test('of a setting is one sentence, and exit code 2', async () => {
    const ran = started(async () => undefined, { DAYBOOK_HEALTH_PORT: 'many' })
    expect(await ran.exit).toBe(2)
    expect(ran.complaints).toStrictEqual([
      'DAYBOOK_HEALTH_PORT is not usable: set it to a port from 0 to 65535.',
    ])
  })
  test('of a port in use is one sentence, and exit code 2', async () => {
    const first = started(async (app) => app.report('ready'))
    await first.told('ready')
    const ran = started(async () => undefined, { DAYBOOK_HEALTH_PORT: String(first.healthPort()) })
    expect(await ran.exit).toBe(2)
    expect(ran.complaints.join('')).toMatch(/^Port 127\.0\.0\.1:\d+ is already in use: stop/)
  })
})

describe('health', () => {
  test('is ready exactly while the app is, and never shows a secret', async () => {
    let app: App | undefined
    const ran = started(async (given) => {
      app = given
      given.report('replaying', 3n, 'reading postgres://a:hunter2@h/d')
    })
    await ran.told('replaying')
    expect(await ran.get('/readyz')).toMatchObject({ status: 503, body: { logPosition: '3' } })
    expect(JSON.stringify(await ran.get('/readyz'))).not.toContain('hunter2')
    expect(await ran.get('/healthz')).toMatchObject({ status: 200, body: { app: 'projector' } })
    app?.report('ready', 9n)
    expect(await ran.get('/readyz')).toMatchObject({ status: 200, body: { state: 'ready' } })
    expect((await ran.get('/else')).status).toBe(404)
  })
  test('has metrics of the process, the build, the state and the log', async () => {
    const ran = started(async (app) => app.report('ready', 42n))
    await ran.told('ready')
    const { body } = await ran.get('/metrics')
    expect(body).toContain('daybook_process_resident_memory_bytes')
    expect(body).toContain(`daybook_build_info{app="projector",version="${version()}"`)
    expect(body).toContain('daybook_state{state="ready"} 1')
    expect(body).toContain('daybook_state{state="waiting"} 0')
    expect(body).toContain('daybook_log_position 42')
  })
})

describe('heartbeats', () => {
  test('say each change at once, and the last one says that the app stops', async () => {
    const beats: Heartbeat[] = []
    const ran = started(
      async (app) => app.report('ready', 5n),
      { DAYBOOK_DATABASE: 'postgres://h/d' },
      async (row) => {
        beats.push(row)
        return E.right(undefined)
      },
    )
    await ran.told('ready')
    ran.running.stop('SIGTERM')
    expect(await ran.exit).toBe(0)
    expect(beats.map(({ state }) => state)).toContain('ready')
    expect(beats.at(-1)).toMatchObject({ app: 'projector', instance: 'p1', state: 'stopping' })
  })
  test('that cannot be written stop nothing, and are complained of once', async () => {
    const ran = started(
      async (app) => {
        app.report('replaying')
        app.report('ready')
      },
      { DAYBOOK_DATABASE: 'postgres://h/d' },
      async () => E.left({ detail: 'no route to host' }),
    )
    await ran.told('ready')
    ran.running.stop('SIGTERM')
    expect(await ran.exit).toBe(0)
    expect(ran.lines.filter((line) => line.includes('no route to host'))).toHaveLength(1)
  })
})

const open: Running[] = []
afterEach(() => {
  for (const running of open.splice(0)) running.stop('the test is over')
})

const started = (
  wire: (app: App) => Promise<void>,
  environment: Readonly<Record<string, string>> = {},
  beat?: (row: Heartbeat) => Promise<E.Either<{ readonly detail: string }, void>>,
) => {
  const lines: string[] = []
  const complaints: string[] = []
  const rows: SupervisorRow[] = []
  const waiting = new Map<string, () => void>()
  let exited: (code: number) => void = () => undefined
  const exit = new Promise<number>((resolve) => (exited = resolve))
  const running = launch('projector', wire, {
    environment: { DAYBOOK_INSTANCE: 'p1', ...environment },
    clock: systemClock,
    ids: systemIds,
    exit: (code) => exited(code),
    tellSupervisor: (row) => {
      rows.push(row)
      waiting.get(row.state)?.()
    },
    complain: (sentence) => complaints.push(sentence),
    output: { write: (line) => void lines.push(line) },
    ...(beat === undefined ? {} : { heartbeats: () => ({ beat, close: async () => undefined }) }),
  })
  open.push(running)
  const told = (state: string) =>
    new Promise<void>((resolve) => {
      if (rows.some((row) => row.state === state)) resolve()
      waiting.set(state, resolve)
    })
  const healthPort = () => /"healthPort":(\d+)/.exec(lines.join(''))?.[1]
  const get = async (path: string) => {
    const reply = await fetch(`http://127.0.0.1:${String(healthPort())}${path}`)
    const text = await reply.text()
    const body: unknown = text.startsWith('{') ? JSON.parse(text) : text
    return { status: reply.status, body }
  }
  return { running, exit, rows, lines, complaints, told, healthPort, get }
}
