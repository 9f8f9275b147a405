/** The double beside what is known of the server, asked by the bare client. A list of what we assume, too. */
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type AppendExpectedRevision,
  EventStoreDBClient,
  jsonEvent,
  streamNameFilter,
} from '@eventstore/db-client'
import { afterEach, describe, expect, test } from 'vitest'
import { type Double, type DoubleSettings, openDouble } from './double.ts'

const opened: (() => Promise<unknown> | void)[] = []
afterEach(async () => {
  for (const close of opened.splice(0).toReversed()) await close()
})
const start = async (settings?: DoubleSettings) => {
  const double = await openDouble(settings)
  const client = EventStoreDBClient.connectionString(double.url())
  // Of a wedged client even this never comes to an end.
  const dispose = () => Promise.race([client.dispose(), new Promise((r) => setTimeout(r, 300))])
  opened.push(() => double.stop(), dispose)
  return { double, client }
}

const event = (
  id: string = randomUUID(),
  data: Readonly<Record<string, string | number | boolean>> = { a: 1 },
) => jsonEvent({ id, type: 'Tested', data })
/** With credentials the client takes the classic path, without them it batches. */
const paths = {
  classic: { credentials: { username: 'a', password: 'b' } },
  batch: {},
} as const
const failed = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'nothing failed',
    (e: unknown) => e,
  )
const read = async (double: Double, stream: string): Promise<readonly bigint[]> =>
  (double.store.visible(stream) ?? []).map(({ revision }) => revision)

describe.each(['classic', 'batch'] as const)('appending, %s', (path) => {
  const options = paths[path]
  test('takes the path that it should', async () => {
    const { double, client } = await start()
    await client.appendToStream('a', event(), options)
    expect(double.counts.calls).toMatchObject(
      path === 'classic' ? { append: 1 } : { batchAppend: 1, features: 1 },
    )
  })
  test.each([
    ['no_stream', true, 0n],
    [7n, true, 0n],
    ['stream_exists', false, 'no_stream'],
  ] as const)(
    'answers a wrong %s with both revisions',
    async (expectedRevision, isThere, current) => {
      const { client } = await start()
      if (isThere) await client.appendToStream('a', event(), options)
      const work = client.appendToStream('a', event(), {
        ...options,
        expectedRevision: expectedRevision as AppendExpectedRevision,
      })
      expect(await failed(work)).toMatchObject({
        type: 'wrong-expected-version',
        expectedVersion: expectedRevision,
        actualVersion: current,
      })
    },
  )
  test('compares ids alone, and at the head not even these', async () => {
    const { double, client } = await start()
    const [one, two] = [event(), event()]
    const at = (expectedRevision: bigint | 'no_stream', ...events: (typeof one)[]) =>
      client.appendToStream('a', events, { ...options, expectedRevision })
    const first = await at('no_stream', one, two)
    expect(await at('no_stream', one, two)).toStrictEqual(first)
    expect(await at('no_stream', event(one.id, { other: true }))).toMatchObject({
      nextExpectedRevision: 0n,
    })
    expect(await failed(at('no_stream', one, event()))).toMatchObject({
      type: 'wrong-expected-version',
    })
    expect(await at(1n, one)).toMatchObject({ nextExpectedRevision: 2n })
    expect(await read(double, 'a')).toStrictEqual([0n, 1n, 2n])
  })
  test('remembers ids without an exact revision, until it is restarted', async () => {
    const { double, client } = await start()
    const again = event()
    await client.appendToStream('a', event(), options)
    const any = { ...options, expectedRevision: 'stream_exists' } as const
    await client.appendToStream('a', again, any)
    await client.appendToStream('a', again, any)
    expect(await read(double, 'a')).toStrictEqual([0n, 1n])
    double.store.forgetIds()
    await client.appendToStream('a', again, any)
    expect(await read(double, 'a')).toStrictEqual([0n, 1n, 2n])
  })
  test('takes a mebibyte and no more, and nothing on a tombstone', async () => {
    const { client } = await start()
    const large = Array.from({ length: 3 }, () =>
      event(randomUUID(), { x: 'x'.repeat(400 * 1024) }),
    )
    expect(await failed(client.appendToStream('a', large, options))).toMatchObject({
      type: 'maximum-append-size-exceeded',
      maxAppendSize: 1024 * 1024,
    })
    await client.appendToStream('a', large.slice(0, 2), options)
    await client.tombstoneStream('a')
    expect(await failed(client.appendToStream('a', event(), options))).toMatchObject({
      type: 'stream-deleted',
    })
  })
})

test('a large batch comes in fragments, and is one append', async () => {
  const { double, client } = await start()
  const events = Array.from({ length: 6 }, () => event(randomUUID(), { x: 'x'.repeat(100 * 1024) }))
  await client.appendToStream('a', events, { batchAppendSize: 150 * 1024 })
  expect((await read(double, 'a')).length).toBe(6)
})
test('a batch stream that ends with OK leaves its appends without an answer, for ever', async () => {
  const { double, client } = await start()
  await client.appendToStream('a', event())
  double.faults.isSilent = true
  const pending = client.appendToStream('a', event())
  // The client gives it up when it is disposed of, and not before.
  pending.catch(() => undefined)
  await new Promise((resolve) => setTimeout(resolve, 50))
  double.endBatches()
  const first = await Promise.race([
    pending,
    new Promise((resolve) => setTimeout(resolve, 300, 'silence')),
  ])
  expect(first).toBe('silence')
})
test('a server without batch append is asked, and gets the classic one', async () => {
  const { double, client } = await start({ hasBatchAppend: false })
  await client.appendToStream('a', event())
  expect(double.counts.calls).toMatchObject({ features: 1, append: 1 })
})

describe('reading', () => {
  test('includes the place where it begins, a subscription does not; both ways round', async () => {
    const { client } = await start()
    const [one, two] = [
      await client.appendToStream('a', event()),
      await client.appendToStream('a', event()),
    ]
    const revisions = async (
      stream: AsyncIterable<{ readonly event?: { readonly revision: bigint } }>,
    ) => {
      const found: (bigint | undefined)[] = []
      for await (const { event: recorded } of stream) found.push(recorded?.revision)
      return found
    }
    const fromPosition = one.position
    if (fromPosition === undefined || two.position === undefined) throw new Error('no position')
    expect(await revisions(client.readStream('a', { fromRevision: 1n }))).toStrictEqual([1n])
    expect(await revisions(client.readStream('a', { fromRevision: 9n }))).toStrictEqual([])
    expect(await revisions(client.readAll({ fromPosition }))).toStrictEqual([0n, 1n])
    const before = client.readAll({
      fromPosition: two.position,
      direction: 'backwards',
      maxCount: 1,
    })
    expect(await revisions(before)).toStrictEqual([0n])
    const subscription = client.subscribeToAll({ fromPosition })
    const next = await new Promise<bigint | undefined>((resolve) => {
      subscription.once('data', ({ event: recorded }) => resolve(recorded?.revision))
    })
    expect(next).toBe(1n)
    await subscription.unsubscribe()
    expect(await failed(revisions(client.readStream('nobody')))).toMatchObject({
      type: 'stream-not-found',
    })
  })
  test('positions are offsets: in order, with gaps, and none of ours at 0', async () => {
    const { double, client } = await start()
    for (let n = 0; n < 3; n += 1) await client.appendToStream('a', event())
    const positions = double.store.all().map(({ position }) => position)
    expect(positions).toStrictEqual([...positions].sort((a, b) => Number(a - b)))
    expect(
      positions.some((position, index) => position - (positions[index - 1] ?? 0n) === 1n),
    ).toBe(false)
    expect(double.store.all()[0]?.stream).toBe('$epoch-information')
  })
  test('a filtered subscription hears its events, checkpoints, and that it is level, in order', async () => {
    const { client } = await start()
    for (let n = 0; n < 40; n += 1)
      await client.appendToStream(n % 20 === 0 ? 'wanted-1' : 'a', event())
    const heard: string[] = []
    const filter = streamNameFilter({
      prefixes: ['wanted-'],
      checkpointInterval: 1,
      checkpointReached: () => void heard.push('checkpoint'),
    })
    const subscription = client.subscribeToAll({ filter })
    subscription.on('data', () => heard.push('event'))
    await new Promise((resolve) =>
      subscription.on('caughtUp', () => resolve(heard.push('caughtUp'))),
    )
    expect(heard).toStrictEqual(['event', 'event', 'checkpoint', 'checkpoint', 'caughtUp'])
    await subscription.unsubscribe()
  })
})

test('what was appended outlives a restart, and a line that was cut off is no event', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'daybook-test-'))
  opened.push(() => rm(folder, { recursive: true }))
  const file = join(folder, 'events.jsonl')
  const { double, client } = await start({ file })
  await client.appendToStream('a', event())
  const kept = double.store.all()
  double.stop()
  double.store.close()
  const { appendFile } = await import('node:fs/promises')
  await appendFile(file, '["a","1","9')
  const { double: again, client: other } = await start({ file })
  expect(again.store.all().map(({ id, position }) => [id, position])).toStrictEqual(
    kept.map(({ id, position }) => [id, position]),
  )
  expect(await other.appendToStream('a', event(), { expectedRevision: 0n })).toMatchObject({
    nextExpectedRevision: 1n,
  })
})
