import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type DoubleProcess, startDouble } from './process.ts'

let folder: string
let double: DoubleProcess
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'daybook-double-'))
  double = await startDouble(join(folder, 'events.jsonl'), 2)
})
afterAll(async () => {
  await double.stop()
  rmSync(folder, { recursive: true })
})

const event = () => jsonEvent({ type: 'Something', data: {} })
const credentials = { username: 'nobody', password: 'nobody' }

test('the nodes hold one log, and send to the leader whoever wants him', async () => {
  const [first, second] = [0, 1].map((n) =>
    EventStoreDBClient.connectionString([double.url(n)] as never),
  ) as [EventStoreDBClient, EventStoreDBClient]
  const append = (client: EventStoreDBClient) =>
    client.appendToStream('some-1', event(), { credentials, requiresLeader: true })
  expect((await append(first)).nextExpectedRevision).toBe(0n)
  await double.tell({ leader: 1 })
  // The client is told where to go, and goes there with its next call.
  await expect(append(first)).rejects.toMatchObject({ type: 'not-leader' })
  expect((await append(first)).nextExpectedRevision).toBe(1n)
  expect((await append(second)).nextExpectedRevision).toBe(2n)
  await Promise.all([first.dispose(), second.dispose()])
})
test('killed and started again they have what they had, on the same ports', async () => {
  const before = [double.url(0), double.url(1)]
  await double.kill()
  await double.start()
  expect([double.url(0), double.url(1)]).toStrictEqual(before)
  const client = EventStoreDBClient.connectionString([double.url(1)] as never)
  let count = 0
  for await (const _ of client.readStream('some-1', { maxCount: 10 })) count += 1
  expect(count).toBe(3)
  await client.dispose()
})
