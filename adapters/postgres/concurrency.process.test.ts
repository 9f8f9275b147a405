/** Many writing processes, killed and not: what was acknowledged is there, and everybody hears all of it once. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import * as E from 'fp-ts/lib/Either.js'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type TestPostgres, testPostgres } from '#adapters/testing/postgres'
import { type Acknowledged, buildWriter, startWriter, type Writer } from '#adapters/testing/writers'
import type { Subscription } from '#domain/kernel/event-log'
import type { RecordedEvent } from '#schemas/envelope'
import { openPostgresEventLog } from './event-log.ts'

let folder: string
let program: string
let server: TestPostgres
let closing: (() => Promise<unknown>)[] = []
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'daybook-test-'))
  program = await buildWriter(folder)
})
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})
beforeEach(async () => {
  server = await testPostgres()
})
afterEach(async () => {
  await Promise.all(closing.map((close) => close()))
  closing = []
  await server.stop()
})

interface Follower {
  readonly heard: readonly RecordedEvent[]
  /** Until it has heard of that position. */
  readonly until: (position: bigint) => Promise<void>
}

/** As the apps do it: after a failure a new subscription from the last position that was dealt with. */
const follow = (): Follower => {
  const log = openPostgresEventLog({
    url: server.url('projector'),
    app: 'projector',
    patienceMs: 500,
  })
  const heard: RecordedEvent[] = []
  let position = 0n
  let stopped = false
  let subscription: Subscription = log.subscribeAll(position, {})
  const running = (async () => {
    while (!stopped) {
      const page = await subscription.next()
      if (E.isRight(page)) {
        heard.push(...page.right.events)
        position = page.right.upTo
      } else {
        await subscription.close()
        subscription = log.subscribeAll(position, {})
      }
    }
  })()
  closing.push(async () => {
    stopped = true
    await subscription.close()
    await running
    await log.close()
  })
  return {
    heard,
    until: async (wanted) => {
      const end = performance.now() + 30_000
      while (position < wanted && performance.now() < end) await delay(10)
    },
  }
}

const asOwner = async <A>(work: (client: pg.Client) => Promise<A>): Promise<A> => {
  const client = new pg.Client({ connectionString: server.url() })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** Cuts every connection of the followers, also the one that listens. */
const cutFollowers = () =>
  asOwner((client) =>
    client.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'daybook_projector'",
    ),
  )

const headOf = () =>
  asOwner(async (client) => {
    const { rows } = await client.query<{ position: string }>('select position from log.head')
    return BigInt(rows[0]?.position ?? 0)
  })

const write = (
  processes: number,
  work: { readonly callers: number; readonly events: number; readonly hot?: string },
): readonly Writer[] =>
  Array.from({ length: processes }, (_, index) => {
    const writer = startWriter(program, {
      url: server.url('api'),
      name: `w${String(index)}`,
      ...work,
    })
    closing.push(async () => {
      writer.kill()
      await writer.ended
    })
    return writer
  })

const acknowledgedBy = (writers: readonly Writer[]): readonly Acknowledged[] =>
  writers.flatMap(({ acknowledged }) => acknowledged)

/** Until the writers have been told of that many; a writer that ends before its time is a failure. */
const reach = async (writers: readonly Writer[], count: number): Promise<void> => {
  const failed = new AbortController()
  for (const { ended } of writers) {
    ended.then(
      (code) => code === 1 && failed.abort(),
      () => failed.abort(),
    )
  }
  while (acknowledgedBy(writers).length < count)
    await delay(2, undefined, { signal: failed.signal })
}

/** Positions 1 to the head, each once, in order, and in each stream revisions from 0 without a hole. */
const expectWhole = (heard: readonly RecordedEvent[], head: bigint): void => {
  expect(heard.map(({ position }) => position)).toStrictEqual(
    Array.from({ length: Number(head) }, (_, index) => BigInt(index + 1)),
  )
  const revisions = new Map<string, bigint>()
  const holes = heard.filter(({ stream, revision }) => {
    const expected = (revisions.get(stream) ?? -1n) + 1n
    revisions.set(stream, revision)
    return revision !== expected
  })
  expect(holes).toStrictEqual([])
}

const expectTold = (heard: readonly RecordedEvent[], told: readonly Acknowledged[]): void => {
  const byId = new Map(heard.map((event) => [event.metadata.id as string, event]))
  const wrong = told.filter(({ id, position, revision, stream }) => {
    const event = byId.get(id)
    return event?.position !== position || event.revision !== revision || event.stream !== stream
  })
  expect(wrong).toStrictEqual([])
}

describe('delivered is appended, in order, each event once', () => {
  test.each([
    { processes: 1, callers: 16, events: 2_000 },
    { processes: 8, callers: 4, events: 250 },
    { processes: 32, callers: 2, events: 60 },
  ])('with $processes writing processes', async ({ processes, callers, events }) => {
    const early = follow()
    const writers = write(processes, { callers, events })
    const running = Promise.all(writers.map(({ ended }) => ended))
    await reach(writers, (processes * events) / 4)
    await cutFollowers()
    const late = follow()
    await reach(writers, (processes * events) / 2)
    await cutFollowers()
    expect(await running).toStrictEqual(writers.map(() => 0))

    const told = acknowledgedBy(writers)
    expect(told.length).toBe(processes * events)
    const head = await headOf()
    expect(head).toBe(BigInt(told.length))
    for (const follower of [early, late]) {
      await follower.until(head)
      expectWhole(follower.heard, head)
      expectTold(follower.heard, told)
    }
  })
})

test('of many processes at one stream exactly one wins each revision', async () => {
  const writers = write(6, { callers: 2, events: 150, hot: 'hot' })
  expect(await Promise.all(writers.map(({ ended }) => ended))).toStrictEqual(writers.map(() => 0))
  const told = acknowledgedBy(writers)
  const revisions = told.map(({ revision }) => revision).sort((a, b) => Number(a - b))
  expect(revisions).toStrictEqual(revisions.map((_, index) => BigInt(index)))
  expect(await headOf()).toBe(BigInt(told.length))
  // All of them took part, and met each other.
  expect(writers.every(({ acknowledged }) => acknowledged.length > 0)).toBe(true)
  expect(told.length).toBeLessThan(6 * 150)
})

test('what was acknowledged survives SIGKILL of writers and of the server', async () => {
  const follower = follow()
  const writers = write(4, { callers: 8, events: 100_000 })
  const more = (count: number) => reach(writers, acknowledgedBy(writers).length + count)
  await more(500)
  writers[0]?.kill()
  await more(300)
  await server.crash()
  await more(300)
  writers[1]?.kill()
  await server.crash()
  await more(300)
  // Those that were not killed never met an error: they are still at it.
  const [, , third, fourth] = writers
  const stillRunning = await Promise.race([third?.ended, fourth?.ended, delay(0, 'running')])
  expect(stillRunning).toBe('running')
  for (const { kill } of writers) kill()
  await Promise.all(writers.map(({ ended }) => ended))

  const told = acknowledgedBy(writers)
  const head = await headOf()
  expect(head).toBeGreaterThanOrEqual(BigInt(told.length))
  await follower.until(head)
  expectWhole(follower.heard, head)
  expectTold(follower.heard, told)
})
