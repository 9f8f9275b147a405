/** The guard from one start to the next: what it begins with, what it leaves behind, and what it does in doubt. */
import * as E from 'fp-ts/lib/Either.js'
import { afterEach, describe, expect, test } from 'vitest'
import type { SnapshotStore, StoredSnapshot } from '#adapters/postgres/snapshots'
import { sha256, sha256OfBytes } from '#adapters/system/hash'
import { runGuard } from '#apps/risk-guard/running'
import { bodyOf, stateIn } from '#apps/risk-guard/snapshot-body'
import { type TestApp, testApp } from '#apps/risk-guard/testing/app'
import { openStage, type Stage } from '#apps/risk-guard/testing/stage'
import type { EventLog } from '#domain/kernel/event-log'
import { type Shard, whole } from '#domain/risk/shard'
import { engaged, main } from '#domain/risk/testing/words'

interface Shelf extends SnapshotStore {
  kept: StoredSnapshot | undefined
  isAway: boolean
}
/** A store in memory. */
const shelf = (): Shelf => {
  const answer = <A>(give: () => A) =>
    Promise.resolve(
      store.isAway
        ? E.left({ _tag: 'StoreUnreachable', detail: 'away' } as const)
        : E.right(give()),
    )
  const store: Shelf = {
    kept: undefined,
    isAway: false,
    newest: () => answer(() => store.kept),
    keep: (snapshot) =>
      answer(() => {
        store.kept = snapshot
      }),
    verified: (digest) =>
      answer(() => {
        if (store.kept?.digest === digest) store.kept = { ...store.kept, verified: true }
      }),
    drop: () =>
      answer(() => {
        store.kept = undefined
      }),
    close: () => Promise.resolve(),
  }
  return store
}

interface Started {
  readonly app: TestApp
  /** Resolves when it stops, rejects when it ends itself. */
  readonly ended: Promise<void>
  /** Positions after which it has asked for events. */
  readonly readFrom: readonly bigint[]
}
const running = new Set<Started>()
afterEach(async () => {
  for (const { app, ended } of running) {
    await app.stop().catch(() => undefined)
    await ended.catch(() => undefined)
  }
  running.clear()
})

let guards = 0
const start = (
  { log, clock, tools }: Pick<Stage, 'log' | 'clock' | 'tools'>,
  store: SnapshotStore | undefined,
  shard: Shard = whole,
): Started => {
  guards += 1
  const app = testApp(clock, guards * 1_000_000)
  const readFrom: bigint[] = []
  const subscribeAll: EventLog['subscribeAll'] = (after, filter) => {
    readFrom.push(after)
    return log.subscribeAll(after, filter)
  }
  const market = { ...tools, heard: Promise.resolve() }
  const ended = runGuard(app, {
    log: { ...log, subscribeAll },
    store,
    shard,
    market,
    snapshotEvents: 20_000,
  })
  ended.catch(() => undefined)
  const started = { app, ended, readFrom }
  running.add(started)
  return started
}
const ready = (started: Started): Promise<unknown> =>
  expect.poll(() => started.app.current().state).toBe('ready')
const stopped = async (started: Started): Promise<void> => {
  await started.app.stop()
  running.delete(started)
}
/** A ledger with some decisions, and the snapshot of a guard that was stopped. */
const stoppedOnce = async (store: Shelf): Promise<Stage> => {
  const stage = await openStage()
  const first = start(stage, store)
  for (const n of [1, 2, 3]) await stage.ask(n)
  await expect.poll(stage.decisions).toHaveLength(3)
  await stopped(first)
  return stage
}
const snapshotIn = ({ kept }: Shelf): StoredSnapshot => {
  if (kept === undefined) throw new Error('there is no snapshot')
  return kept
}

describe('an orderly stop leaves a snapshot', () => {
  test('of all that was decided, from which the next guard goes on', async () => {
    const store = shelf()
    const stage = await stoppedOnce(store)
    const { position, mark, verified } = snapshotIn(store)
    const last = (await stage.events()).at(-1)
    expect({ position, verified, id: mark.eventId }).toStrictEqual({
      position: last?.position,
      verified: false,
      id: last?.metadata.id,
    })
    const second = start(stage, store)
    await ready(second)
    expect(second.readFrom).toStrictEqual([position])
    await stage.ask(4)
    await expect
      .poll(stage.decisions)
      .toStrictEqual([1, 2, 3, 4].map((n) => `${String(n)}: approved`))
  })
  test('which is verified beside the work of the next, and then no more in doubt', async () => {
    const store = shelf()
    const stage = await stoppedOnce(store)
    const second = start(stage, store)
    await expect.poll(() => store.kept?.verified).toBe(true)
    expect(second.app.said).toContain('ready: verifying the snapshot it began from: 0 %')
    await expect.poll(() => second.app.current().detail).toBeUndefined()
    expect(await second.app.metrics.metrics()).toContain('daybook_risk_snapshot_verified 1')
    await stopped(second)
    expect(snapshotIn(store).verified).toBe(true)
    const third = start(stage, store)
    await ready(third)
    expect(third.app.said.join()).not.toContain('verifying')
  })
  test('and none where there is no database: said once', async () => {
    const stage = await openStage()
    const only = start(stage, undefined)
    await ready(only)
    await stopped(only)
    expect(only.app.logged.filter((line) => line.includes('snapshot'))).toStrictEqual([
      'no snapshots are kept: DAYBOOK_DATABASE is not set',
    ])
  })
})

const spoiled: Readonly<Record<string, (good: StoredSnapshot) => StoredSnapshot>> = {
  'of other folds': (good) => ({ ...good, foldVersion: good.foldVersion + 1 }),
  'of another engine': (good) => ({ ...good, codec: 'v8 0.0' }),
  'with another digest': (good) => ({ ...good, digest: sha256(good.digest) }),
  'cut short': (good) => ({ ...good, body: good.body.slice(0, good.body.length / 2) }),
  'that is empty': (good) => ({ ...good, body: new Uint8Array() }),
  'with a byte changed': (good) => ({
    ...good,
    body: good.body.map((byte, index) => (index === 200 ? byte ^ 1 : byte)),
  }),
  'of a log with another event there': (good) => ({
    ...good,
    mark: { ...good.mark, eventId: '00000000-0000-7000-8000-00000000ffff' },
  }),
  'of a log where the event stands elsewhere': (good) => ({
    ...good,
    mark: { ...good.mark, position: good.mark.position - 1n },
  }),
  'of a log that was longer': (good) => ({ ...good, position: good.position + 1n }),
}
describe('a snapshot is thrown away, and the whole log read', () => {
  test.each(Object.keys(spoiled))('%s', async (how) => {
    const store = shelf()
    const stage = await stoppedOnce(store)
    store.kept = spoiled[how]?.(snapshotIn(store))
    const second = start(stage, store)
    await ready(second)
    expect(second.readFrom).toStrictEqual([0n])
    expect(store.kept).toBeUndefined()
    expect(second.app.logged.join()).toContain('the snapshot is thrown away')
    await stage.ask(4)
    await expect.poll(stage.decisions).toHaveLength(4)
  })
  test('unless the database is away: then it is only not used', async () => {
    const store = shelf()
    const stage = await stoppedOnce(store)
    store.isAway = true
    const second = start(stage, store)
    await ready(second)
    expect(second.readFrom).toStrictEqual([0n])
    store.isAway = false
    expect(store.kept).toBeDefined()
  })
})

/** As if a kill switch had never been engaged: the bytes and their digest agree, and the log says otherwise. */
const forgetful = (good: StoredSnapshot): StoredSnapshot => {
  const state = stateIn(good.body)
  state?.desks.get(main)?.killSwitches.standing.clear()
  if (state === undefined) throw new Error('it can be read')
  const body = bodyOf(state)
  return { ...good, body, digest: sha256OfBytes(body) }
}
describe('a snapshot that is not what the log comes to', () => {
  test('ends all deciding, is deleted, and the next guard begins anew', async () => {
    const store = shelf()
    const stage = await openStage()
    await stage.write(engaged(1, 'halt'))
    const first = start(stage, store)
    await ready(first)
    await stopped(first)
    store.kept = forgetful(snapshotIn(store))
    const second = start(stage, store)
    await expect(second.ended).rejects.toThrow('the snapshot was wrong')
    expect(store.kept).toBeUndefined()
    expect(second.app.current().state).toBe('waiting')
    expect(await second.app.metrics.metrics()).toContain('daybook_risk_snapshot_verified -1')
    await stage.ask(1)
    const third = start(stage, store)
    await expect.poll(stage.decisions).toStrictEqual(['1: killSwitch'])
    await stopped(third)
  })
  test('decides nothing more from the moment that this is known, however long it takes to delete it', async () => {
    const store = shelf()
    const stage = await openStage()
    await stage.write(engaged(1, 'halt'))
    const first = start(stage, store)
    await ready(first)
    await stopped(first)
    store.kept = forgetful(snapshotIn(store))
    const away: SnapshotStore = {
      ...store,
      newest: store.newest,
      drop: () => Promise.resolve(E.left({ _tag: 'StoreUnreachable', detail: 'away' })),
    }
    const second = start(stage, away)
    await expect.poll(() => second.app.current().detail).toMatch(/nothing more is decided/)
    await stage.ask(1)
    await expect
      .poll(() => second.app.current().logPosition)
      .toBe((await stage.events()).at(-1)?.position)
    expect(await stage.decisions()).toStrictEqual([])
  })
})
