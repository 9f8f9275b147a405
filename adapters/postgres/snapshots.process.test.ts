/** Snapshots in a real database: kept, replaced, found again byte for byte, and nobody else's business. */
import * as E from 'fp-ts/lib/Either.js'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestPostgres, testPostgres } from '#adapters/testing/postgres'
import { apps } from '#schemas/writers'
import { openSnapshots, type SnapshotStore, type StoredSnapshot } from './snapshots.ts'

let server: TestPostgres
let snapshots: SnapshotStore
beforeAll(async () => {
  server = await testPostgres()
  snapshots = openSnapshots({ url: server.url('risk-guard'), app: 'risk-guard' })
})
afterAll(async () => {
  await snapshots.close()
  await server.stop()
})

const snapshotAt = (position: bigint): StoredSnapshot => ({
  foldVersion: 7,
  codec: 'a codec',
  position,
  mark: {
    stream: 'order-1',
    revision: 3n,
    eventId: '00000000-0000-7000-8000-000000000001',
    position: position - 1n,
  },
  digest: `digest ${position.toString()}`,
  verified: false,
  body: Uint8Array.from({ length: 100_000 }, (_, index) => (index * 7) % 256),
})
const newest = async (): Promise<StoredSnapshot | undefined> => {
  const answer = await snapshots.newest()
  if (E.isLeft(answer)) throw new Error(answer.left.detail)
  const found = answer.right
  return found === undefined ? undefined : { ...found, body: Uint8Array.from(found.body) }
}

test('the last that was kept is found as it was, until it is dropped', async () => {
  expect(await newest()).toBeUndefined()
  for (const position of [10n, 2n ** 62n]) {
    expect(await snapshots.keep(snapshotAt(position))).toStrictEqual(E.right(undefined))
    expect(await newest()).toStrictEqual(snapshotAt(position))
  }
  await snapshots.drop()
  expect(await newest()).toBeUndefined()
})
test('only the one that was verified is marked', async () => {
  await snapshots.keep(snapshotAt(10n))
  await snapshots.verified('digest 9')
  expect((await newest())?.verified).toBe(false)
  await snapshots.verified('digest 10')
  expect((await newest())?.verified).toBe(true)
  await snapshots.keep(snapshotAt(11n))
  expect((await newest())?.verified).toBe(false)
})
test('no other app can read or write one, and nobody one of another', async () => {
  await snapshots.keep(snapshotAt(10n))
  for (const app of apps.filter((each) => each !== 'risk-guard')) {
    const other = openSnapshots({ url: server.url(app), app })
    const refused = E.left({
      _tag: 'StoreUnreachable',
      detail: expect.stringMatching(/denied/) as string,
    })
    expect(await other.newest()).toStrictEqual(refused)
    expect(await other.keep(snapshotAt(1n))).toStrictEqual(refused)
    expect(await other.drop()).toStrictEqual(refused)
    await other.close()
  }
  const client = new pg.Client({ connectionString: server.url('risk-guard') })
  await client.connect()
  const forged = `insert into ops.snapshots select 'daybook_api', fold_version, codec, log_position, stream,
    revision, event_id, event_position, digest, verified, body, at from ops.snapshots`
  await expect(client.query(forged)).rejects.toThrow('row-level security')
  await client.end()
})
test('a server that is gone is a failure, and the next one is asked again', async () => {
  await server.crash()
  await expect.poll(async () => (await snapshots.newest())._tag).toBe('Right')
  expect((await newest())?.position).toBe(10n)
})
