/** The real projector on a real server, killed again and again: P5, I26. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openPostgresEventLog } from '#adapters/postgres/event-log'
import { openReadModels, type ReadModels } from '#adapters/postgres/read-models'
import { sha256 } from '#adapters/system/hash'
import { readBack, tell } from '#adapters/testing/log-story'
import { type TestPostgres, testPostgres } from '#adapters/testing/postgres'
import { differencesFrom, withClient } from '#adapters/testing/read-models'
import { allReadModels } from '#projections/all'
import { dayOf } from '#projections/testing/day'
import type { Told } from '#projections/testing/stories'
import type { AppName } from '#schemas/writers'

const story = dayOf(1_000)
let server: TestPostgres
let readModels: ReadModels
const logs = new Map<AppName, ReturnType<typeof openPostgresEventLog>>()
const running = new Set<ChildProcess>()

beforeAll(async () => {
  server = await testPostgres()
  readModels = openReadModels(server.url('api'))
})
afterAll(async () => {
  for (const child of running) await killed(child)
  await Promise.all([readModels.close(), ...[...logs.values()].map((log) => log.close())])
  await server.stop()
})

describe('the projector', () => {
  test('killed in the midst of batches, and started again, holds what a fold in memory holds', async () => {
    const half = Math.floor(story.length / 2)
    await tell(logOf, story.slice(0, half))
    let reached = 0n
    let kills = 0
    while (reached < BigInt(half)) {
      const child = started()
      // Killed while it writes what comes after; where it was quicker than this test, it is level.
      await right(readModels.waitFor(reached + 1n, 30_000))
      await killed(child)
      kills += 1
      reached = await right(readModels.position())
    }
    expect(kills).toBeGreaterThan(1)
    await expectFolded(story.slice(0, half))
  })
  test('killed while the log grows, beside another one, loses nothing and does nothing twice', async () => {
    const half = Math.floor(story.length / 2)
    const telling = tell(logOf, story, half)
    const lasting = started()
    for (let n = 0; n < 3; n += 1) {
      const doomed = started()
      const reached = await right(readModels.position())
      await right(readModels.waitFor(reached + 100n, 2_000))
      await killed(doomed)
    }
    await telling
    expect(await right(readModels.waitFor(BigInt(story.length), 30_000))).toBe(true)
    await killed(lasting)
    await expectFolded(story)
  })
  test('lives on when the server dies, and is level again', async () => {
    const child = started()
    await right(readModels.waitFor(BigInt(story.length), 30_000))
    await server.crash()
    await expect.poll(() => tellOne(), { timeout: 20_000 }).toBe(true)
    const wanted = BigInt(story.length + 1)
    await expect
      .poll(async () => E.getOrElse(() => false)(await readModels.waitFor(wanted, 1_000)), {
        timeout: 30_000,
      })
      .toBe(true)
    expect(child.exitCode).toBeNull()
    child.kill('SIGTERM')
    expect(await once(child, 'exit')).toStrictEqual([0, null])
    await expectFolded([...story, last])
  })
})

const last = dayOf(1_001).at(-1) as Told
const tellOne = async (): Promise<boolean> => {
  try {
    await tell(logOf, [...story, { ...last, stream: last.stream }], story.length)
    return true
  } catch {
    return false
  }
}

const logOf = (app: AppName) => {
  const known = logs.get(app)
  if (known !== undefined) return known
  const log = openPostgresEventLog({ url: server.url(app), app })
  logs.set(app, log)
  return log
}

const started = (): ChildProcess => {
  const child = fork(join(import.meta.dirname, 'main.ts'), [], {
    execArgv: ['--import', 'tsx'],
    env: {
      PATH: process.env['PATH'],
      DAYBOOK_LOG: server.url('projector'),
      DAYBOOK_DATABASE: server.url('projector'),
      DAYBOOK_LOG_LEVEL: 'silent',
    },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  running.add(child)
  return child
}
const killed = async (child: ChildProcess): Promise<void> => {
  running.delete(child)
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}

const expectFolded = async (told: readonly Told[]): Promise<void> => {
  const events = await readBack(logOf('api'))
  expect(events.length).toBe(told.length)
  const differences = await withClient(server.url('projector'), (client) =>
    differencesFrom(client, allReadModels(sha256), events),
  )
  expect(differences).toStrictEqual([])
}

const right = async <A>(asked: Promise<E.Either<unknown, A>>): Promise<A> => {
  const answer = await asked
  if (E.isLeft(answer)) throw new Error(JSON.stringify(answer.left))
  return answer.right
}
