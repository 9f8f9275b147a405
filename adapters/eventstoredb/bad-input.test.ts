/** What the server, or somebody else who writes to it, may hold against us: each is named, and nothing skipped. */
import { EventStoreDBClient } from '@eventstore/db-client'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import type { OfferedEvent } from '#adapters/testing/eventstore-double/store'
import { accountNamed, deposit, killSwitch, riskOf } from '#adapters/testing/ledger-events'
import type { LogFilter } from '#domain/kernel/event-log'
import { encodeProposed } from '#schemas/stored'
import { openEventStoreStoredLog } from './stored-log.ts'
import { type Log, doubled, idsOf, logAt, right, writeTo } from './testing/stage.ts'
import { eventDataOf, idOfBytes } from './translate.ts'

const unreadable = (stream: string, says: RegExp, more: object = {}) =>
  E.left({
    _tag: 'UnreadableEvent',
    stream,
    detail: expect.stringMatching(says) as string,
    ...more,
  })

/** An event as a stranger writes it. */
const strange = (over: Partial<OfferedEvent> = {}): OfferedEvent => ({
  id: crypto.randomUUID(),
  type: 'FundsDeposited',
  contentType: 'application/json',
  data: Buffer.from('{"a":1}'),
  metadata: Buffer.from('{"m":1}'),
  ...over,
})
/** Ours, but for what is changed; with the id that its bytes deserve. */
const offered = (
  change: (texts: { type: string; data: string; metadata: string }) => object,
): OfferedEvent => {
  const { type, data, metadata } = encodeProposed(deposit('a'))
  const texts = { type, data, metadata, ...change({ type, data, metadata }) }
  return {
    id: idOfBytes(texts),
    type: texts.type,
    contentType: 'application/octet-stream',
    data: Buffer.from(texts.data),
    metadata: Buffer.from(texts.metadata),
  }
}
const followed = (log: Log, filter: LogFilter = {}) => {
  const subscription = log.subscribeAll(0n, filter)
  return async () => {
    for (;;) {
      const page = await subscription.next()
      if (E.isLeft(page) || page.right.events.length > 0) return page
    }
  }
}

/** So many events come in one page or in several. */
const given = async (next: ReturnType<typeof followed>, count: number): Promise<string[]> => {
  const ids: string[] = []
  while (ids.length < count) ids.push(...idsOf(right(await next()).events))
  return ids
}

describe('metadata that are some JSON of a stranger', () => {
  const named = unreadable('account-a', /id|metadata/)
  test.each(['null', '[]', '7', '"x"', 'true', '{"id":null}'])(
    '%s: whoever reads it is told, a follower again and again',
    async (metadata) => {
      const double = await doubled()
      const log = logAt(double.url())
      double.store.append('account-a', 'noStream', [strange({ metadata: Buffer.from(metadata) })])
      expect(await log.read(accountNamed('a'), -1n)).toMatchObject(named)
      expect(await log.readAll(0n, {}, 10)).toMatchObject(named)
      const next = followed(log)
      expect(await next()).toMatchObject(named)
      expect(await next()).toMatchObject(named)
      const stored = openEventStoreStoredLog({ url: double.url(), patienceMs: 2_000, callMs: 800 })
      try {
        expect(await stored.readStored(0n, 10)).toMatchObject(named)
      } finally {
        await stored.close()
      }
    },
  )
  test('an append that finds it in its place is a conflict', async () => {
    const double = await doubled()
    const log = logAt(double.url())
    double.store.append('account-a', 'noStream', [strange({ metadata: Buffer.from('null') })])
    expect(await log.append(accountNamed('a'), 'noStream', [deposit('a')])).toMatchObject(
      E.left({ _tag: 'RevisionConflict' }),
    )
  })
})

describe('events that somebody else wrote', () => {
  const cases: readonly (readonly [string, OfferedEvent, RegExp])[] = [
    [
      'of an unknown type',
      offered(({ metadata }) => ({
        type: 'MoonBought',
        metadata: metadata.replace('FundsDeposited', 'MoonBought'),
      })),
      /knows no event MoonBought/,
    ],
    [
      'of a later version',
      offered(({ metadata }) => ({ metadata: metadata.replace('"version":1', '"version":9') })),
      /has version 9/,
    ],
    [
      'with other data than their codec',
      offered(() => ({ data: '{"account":"a"}' })),
      /its data: /,
    ],
    ['that are not JSON', offered(() => ({ data: '{' })), /it is not JSON/],
    [
      'under an id that is not of their bytes',
      { ...offered(() => ({})), id: crypto.randomUUID() },
      /under an id that is not ours/,
    ],
    ['with metadata of their own', strange(), /under an id that is not ours/],
    ['without metadata', strange({ metadata: new Uint8Array() }), /has no metadata/],
  ]
  test.each(cases)('%s', async (_, event, says) => {
    const double = await doubled()
    const log = logAt(double.url())
    const [before] = await writeTo(log, 1, 'before')
    double.store.append('account-a', 'noStream', [event])
    const position = double.store.all().at(-1)?.position
    const next = followed(log)
    // What stands before it is still given.
    expect(idsOf(right(await next()).events)).toStrictEqual([before])
    const named = unreadable('account-a', says, { position, type: event.type })
    expect(await next()).toMatchObject(named)
    expect(await next()).toMatchObject(named)
    expect(await log.read(accountNamed('a'), -1n)).toMatchObject(named)
    expect(idsOf(right(await log.readAll(0n, {}, 10)).events)).toStrictEqual([before])
    expect(await log.readAll(right(await log.readAll(0n, {}, 10)).upTo, {}, 10)).toMatchObject(
      named,
    )
  })
  test('whose bytes are not those that the id stands for: a stream is not read over them', async () => {
    const double = await doubled()
    const log = logAt(double.url())
    const { id } = offered(() => ({}))
    double.store.append('account-a', 'noStream', [{ ...offered(() => ({})), id }])
    expect(await log.read(accountNamed('a'), -1n)).toMatchObject(
      unreadable('account-a', /its bytes are not those that were appended/),
    )
  })
  test('in streams of their own: named to whoever follows everything, and nobody else', async () => {
    const double = await doubled()
    const log = logAt(double.url())
    double.store.append('foo-1', 'noStream', [strange()])
    const [mine] = await writeTo(log, 1)
    expect(await followed(log)()).toMatchObject(unreadable('foo-1', /./))
    expect(idsOf(right(await followed(log, { prefixes: ['account-'] })()).events)).toStrictEqual([
      mine,
    ])
  })
  test('with the id of the envelope, as another tool may bring them: they are ours', async () => {
    const double = await doubled()
    const log = logAt(double.url())
    const event = deposit('a')
    const data = eventDataOf(encodeProposed(event))
    double.store.append('account-a', 'noStream', [
      { ...offered(() => ({})), ...(data as object), id: event.metadata.id } as OfferedEvent,
    ])
    expect(right(await log.read(accountNamed('a'), -1n))).toMatchObject([event])
  })
  test('of types that are not wanted: they are not even parsed', async () => {
    const double = await doubled()
    const log = logAt(double.url())
    double.store.append('account-a', 'noStream', [strange()])
    const engaged = killSwitch('a')
    right(await log.append(riskOf('a'), 'noStream', [engaged]))
    expect(right(await followed(log, { types: ['KillSwitchEngaged'] })()).events).toMatchObject([
      engaged,
    ])
  })
  test('in explicit transactions, whose positions are two', async () => {
    const double = await doubled()
    const log = logAt(double.url())
    await writeTo(log, 1, 'a')
    double.faults.splitsPositions = true
    expect(await log.readAll(0n, {}, 10)).toMatchObject(
      unreadable('account-a', /explicit transaction/),
    )
  })
  test('on a server that tells no positions: which one is needed is said', async () => {
    const double = await doubled()
    const log = logAt(double.url())
    await writeTo(log, 1, 'a')
    double.faults.isOld = true
    expect(await log.read(accountNamed('a'), -1n)).toMatchObject(
      unreadable('account-a', /22\.10 or later/),
    )
  })
})

describe('a stream of ours that lost events', () => {
  const client = (url: string) => EventStoreDBClient.connectionString(url)
  test('tombstoned: named by every read, whatever types are wanted, and refused for ever', async () => {
    const double = await doubled()
    const log = logAt(double.url())
    await writeTo(log, 3, 'a')
    await client(double.url()).tombstoneStream('account-a')
    const named = unreadable('account-a', /tombstoned/)
    expect(await log.read(accountNamed('a'), -1n)).toMatchObject(named)
    expect(await followed(log, { types: ['KillSwitchEngaged'] })()).toMatchObject(named)
    expect(await log.append(accountNamed('a'), 2n, [deposit('a')])).toMatchObject(
      E.left({ _tag: 'AppendForbidden', detail: expect.stringMatching(/tombstoned/) as string }),
    )
  })
  test('deleted softly: it is not taken for a stream that never was', async () => {
    const double = await doubled()
    const log = logAt(double.url())
    await writeTo(log, 3, 'a')
    await client(double.url()).deleteStream('account-a')
    expect(await log.read(accountNamed('a'), -1n)).toMatchObject(
      unreadable('account-a', /deleted or truncated/),
    )
    expect(right(await log.read(accountNamed('never'), -1n))).toStrictEqual([])
  })
  test.each([{ $maxCount: 2 }, { $tb: 1 }, { $maxAge: 3600 }])(
    'truncated by %j: named at once, and no longer once it is taken back',
    async (setting) => {
      const double = await doubled()
      const log = logAt(double.url())
      const written = await writeTo(log, 3, 'a')
      const set = (data: object) =>
        double.store.append('$$account-a', 'any', [
          strange({
            type: '$metadata',
            data: Buffer.from(JSON.stringify(data)),
            metadata: new Uint8Array(),
          }),
        ])
      set(setting)
      const says = new RegExp(`\\${Object.keys(setting)[0] ?? ''} \\d+ is set on this stream`)
      const next = followed(log, { prefixes: ['account-'] })
      expect(await given(next, written.length)).toStrictEqual(written)
      expect(await next()).toMatchObject(unreadable('account-a', says, { type: '$metadata' }))
      set({})
      const again = followed(log, { prefixes: ['account-'] })
      expect(await given(again, written.length)).toStrictEqual(written)
      expect(right(await log.readAll(0n, {}, 10)).atHead).toBe(true)
    },
  )
  test('truncated and scavenged: the gap is named by the stream, and by whoever follows from the beginning', async () => {
    const double = await doubled()
    const log = logAt(double.url())
    await writeTo(log, 4, 'a')
    const [kept] = await writeTo(log, 1, 'b')
    double.store.append('$$account-a', 'any', [
      strange({ type: '$metadata', data: Buffer.from('{"$maxCount":2}') }),
    ])
    double.store.scavenge()
    double.store.append('$$account-a', 'any', [
      strange({ type: '$metadata', data: Buffer.from('{}') }),
    ])
    const named = unreadable('account-a', /no longer has revision 0 of this stream/)
    expect(await log.read(accountNamed('a'), -1n)).toMatchObject(named)
    expect(await followed(log)()).toMatchObject(named)
    expect(idsOf(right(await log.read(accountNamed('b'), -1n)))).toStrictEqual([kept])
  })
})
