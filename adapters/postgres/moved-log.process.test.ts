import * as E from 'fp-ts/lib/Either.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sha256 } from '#adapters/system/hash'
import { type TestPostgres, testPostgres } from '#adapters/testing/postgres'
import { differencesFrom, withClient } from '#adapters/testing/read-models'
import { allReadModels } from '#projections/all'
import { dayOf } from '#projections/testing/day'
import { recorded } from '#projections/testing/stories'
import type { RecordedEvent } from '#schemas/envelope'
import { openReadModelStore, type ReadModelStore } from './read-model-store.ts'

const models = allReadModels(sha256)
const events = recorded(dayOf(120))
/** The same log in another store, with other positions. */
const copied = events.map((event) => ({ ...event, position: event.position * 1_000n + 84n }))

let server: TestPostgres
beforeAll(async () => {
  server = await testPostgres()
})
afterAll(() => server.stop())

const right = <A>(answer: E.Either<unknown, A>): A => {
  if (E.isRight(answer)) return answer.right
  throw new Error(JSON.stringify(answer.left))
}
const withStore = async (work: (store: ReadModelStore) => Promise<void>): Promise<void> => {
  const store = openReadModelStore({ url: server.url('projector'), app: 'projector' }, models)
  try {
    await expect.poll(async () => E.isRight(await store.open())).toBe(true)
    await work(store)
  } finally {
    await store.close()
  }
}
const apply = async (store: ReadModelStore, log: readonly RecordedEvent[], to: number) => {
  const page = {
    events: log.slice(0, to),
    upTo: log[to - 1]?.position ?? 0n,
    atHead: to === log.length,
  }
  right(await store.apply(page))
}
const expectFolded = (log: readonly RecordedEvent[]): Promise<void> =>
  withClient(server.url('projector'), async (client) => {
    expect(await differencesFrom(client, models, log)).toStrictEqual([])
  })
const settledIn = (log: readonly RecordedEvent[]) => {
  const { stream, revision, metadata, position } = log.at(-1) as RecordedEvent
  return { stream, revision, eventId: metadata.id, position }
}

describe('read models whose log was moved', () => {
  test('know the event by which their log can be known again, also where a page has none', () =>
    withStore(async (store) => {
      expect(store.mark()).toBeUndefined()
      await apply(store, events, events.length)
      right(await store.apply({ events: [], upTo: 1_000_000n, atHead: true }))
      right(await store.open())
      expect(store.mark()).toStrictEqual(settledIn(events))
    }))
  test('begin anew beside what is shown, and take its place when they are level', () =>
    withStore(async (store) => {
      expect(right(await store.beginAnew())).toBe(0n)
      expect(store.mark()).toBeUndefined()
      await apply(store, copied, 50)
      await expectFolded(events)
      // Whoever waits for a position of the new log does not get what was shown of the old one.
      const reached = await withClient(server.url('api'), async (client) => {
        const { rows } = await client.query(
          'select max(position)::int as at from read.generations where live',
        )
        return rows[0] as unknown
      })
      expect(reached).toStrictEqual({ at: 0 })
    }))
  test('go on where they were left when they are opened again half-way', () =>
    withStore(async (store) => {
      expect(right(await store.open())).toBe(copied[49]?.position)
      expect(store.mark()).toStrictEqual(settledIn(copied.slice(0, 50)))
      const rest = { events: copied.slice(50), upTo: settledIn(copied).position, atHead: true }
      right(await store.apply(rest))
      await expectFolded(copied)
      right(await store.open())
      expect(store.mark()).toStrictEqual(settledIn(copied))
    }))
})
