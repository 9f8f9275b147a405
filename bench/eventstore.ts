/** T20: the log in EventStoreDB, beside the bare client making the same calls, both against the double in a process of its own. */
import { performance } from 'node:perf_hooks'
import { type AllStreamResolvedEvent, EventStoreDBClient, START } from '@eventstore/db-client'
import * as E from 'fp-ts/lib/Either.js'
import { openEventStoreLog } from '#adapters/eventstoredb/event-log'
import { eventDataOf } from '#adapters/eventstoredb/translate'
import { systemClock } from '#adapters/system/clock'
import { systemIds } from '#adapters/system/ids'
import { startDouble } from '#adapters/testing/eventstore-double/process'
import { enveloper } from '#domain/kernel/envelop'
import type { ProposedEvent } from '#schemas/envelope'
import { decodeStored, encodeProposed } from '#schemas/stored'
import { accountStream, type StreamName } from '#schemas/streams'
import type { Amount } from '#schemas/values/decimal'
import type { AccountId, BookId, Currency, Line } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'
import { atLeast, figure, repetitions, type Result, spreadOf } from './harness.ts'

const secondsEach = 1
const warmUpMs = 500
const events = 40_000

const envelop = enveloper('api', systemIds, systemClock)
const deposit = (): ProposedEvent =>
  envelop(
    {
      type: 'FundsDeposited',
      account: 'bench' as AccountId,
      book: 'main' as BookId,
      currency: 'USDT' as Currency,
      amount: (10n ** 36n) as Amount,
      reason: 'bench' as Line,
    },
    { correlationId: systemIds.correlationId() },
  )
type Batch = readonly [ProposedEvent, ...ProposedEvent[]]
const batchOf = (size: number): Batch => [
  deposit(),
  ...Array.from({ length: size - 1 }, () => deposit()),
]
let streams = 0
const newStream = (): StreamName => accountStream(`b${((streams += 1)).toString(36)}` as AccountId)

interface Way {
  readonly append: (stream: StreamName, batch: Batch) => Promise<void>
  /** Answer how many events they have seen. */
  readonly readAll: () => Promise<number>
  readonly catchUp: () => Promise<number>
}

/** What a reader must do with an event before it means anything to him; nothing, where `isDecoding` is false. */
const take = ({ event }: AllStreamResolvedEvent, isDecoding: boolean): number => {
  if (event === undefined || !event.streamId.startsWith('account-')) return 0
  if (!isDecoding) return 1
  const { type, streamId: stream, revision, metadata, position } = event
  const { id } = metadata as unknown as { readonly id: string }
  const data = new TextDecoder().decode(event.data as Uint8Array)
  const recordedAt = (event.created.getTime() * 1000) as Instant
  const at = position?.commit ?? 0n
  const stored = { position: at, stream, revision, recordedAt, id, type, data, metadata: '' }
  if (E.isLeft(decodeStored(stored, metadata))) throw new Error('an event of ours is unreadable')
  return 1
}

/** As many as ours asks for at once: what it gives are pages. */
const pageEvents = 1_000

/** In calls of a page each, as ours makes them. */
const readInPages = async (client: EventStoreDBClient): Promise<number> => {
  let seen = 0
  for (let after = 0n, isOver = false; !isOver; ) {
    isOver = true
    const fromPosition = after === 0n ? START : { commit: after, prepare: after }
    for await (const resolved of client.readAll({ fromPosition, maxCount: pageEvents + 2 })) {
      const position = resolved.event?.position.commit ?? 0n
      if (position <= after) continue
      seen += take(resolved, false)
      after = position
      isOver = false
    }
  }
  return seen
}

/** The classic path, as ours takes it: with credentials, which are dropped without TLS. */
const bareWay = (client: EventStoreDBClient, isDecoding = false): Way => ({
  append: async (stream, batch) => {
    await client.appendToStream(
      stream,
      batch.map((event) => eventDataOf(encodeProposed(event))),
      {
        expectedRevision: 'no_stream',
        credentials: { username: 'nobody', password: 'nobody' },
      },
    )
  },
  readAll: async () => {
    let seen = 0
    for await (const resolved of client.readAll()) seen += take(resolved, isDecoding)
    return seen
  },
  catchUp: async () => {
    const subscription = client.subscribeToAll({
      filter: { filterOn: 'streamName', prefixes: ['account-'], checkpointInterval: 32 },
    })
    let seen = 0
    for await (const resolved of subscription) {
      seen += take(resolved, isDecoding)
      if (seen === events) break
    }
    await subscription.unsubscribe()
    return seen
  },
})

const right = <A>(answer: E.Either<{ readonly _tag: string }, A>): A => {
  if (E.isLeft(answer)) throw new Error(answer.left._tag)
  return answer.right
}
const ourWay = (log: ReturnType<typeof openEventStoreLog>): Way => ({
  append: async (stream, batch) => {
    right(await log.append(stream, 'noStream', batch))
  },
  readAll: async () => {
    let seen = 0
    for (let [upTo, isOver] = [0n, false]; !isOver; ) {
      const page = right(await log.readAll(upTo, { prefixes: ['account-'] }, pageEvents))
      seen += page.events.length
      ;({ upTo, atHead: isOver } = page)
    }
    return seen
  },
  catchUp: async () => {
    const subscription = log.subscribeAll(0n, { prefixes: ['account-'] })
    let seen = 0
    while (seen < events) seen += right(await subscription.next()).events.length
    await subscription.close()
    return seen
  },
})

interface Run {
  readonly rate: number
  /** Microseconds of processor time for one event, of this process alone. */
  readonly cpu: number
}

const measured = async (work: () => Promise<number>): Promise<Run> => {
  const [cpuBefore, before] = [process.cpuUsage(), performance.now()]
  const done = await work()
  const { user, system } = process.cpuUsage(cpuBefore)
  return { rate: (done * 1000) / (performance.now() - before), cpu: (user + system) / done }
}

/** One repetition is so short that the machine's moods are as long. */
const rounds = repetitions * 3

/** All by turns, each first as often as last, so that whatever else the machine does hits each of them. */
const byTurns = async (ways: readonly (() => Promise<number>)[]): Promise<readonly Run[][]> => {
  const runs = ways.map((): Run[] => [])
  // What is not yet compiled would be the first one's misfortune.
  for (const way of ways) await way()
  for (let round = 0; round < rounds; round += 1) {
    for (let n = 0; n < ways.length; n += 1) {
      const index = (n + round) % ways.length
      const way = ways[index]
      if (way !== undefined) runs[index]?.push(await measured(way))
    }
  }
  return runs
}

/** So many callers, each of whom appends again as soon as it has an answer. */
const appending = (way: Way, callers: number, size: number) => async (): Promise<number> => {
  const end = performance.now() + secondsEach * 1000
  let done = 0
  await Promise.all(
    Array.from({ length: callers }, async () => {
      while (performance.now() < end) {
        await way.append(newStream(), batchOf(size))
        done += size
      }
    }),
  )
  return done
}

const rateOf = (what: string, runs: readonly Run[] = []) =>
  figure(what, 'events/s', spreadOf(runs.map(({ rate }) => rate)))
const cpuOf = (what: string, runs: readonly Run[] = []) =>
  figure(`${what}, processor time`, 'µs/event', spreadOf(runs.map(({ cpu }) => cpu)))

const resultOf = (what: string, [ours, bare, decoded, paged]: readonly Run[][]): Result => {
  const rate = rateOf('ours', ours)
  const limit = rateOf('bare client', bare)
  const decoding = rateOf('bare client, decoding', decoded)
  const inPages = rateOf('bare client, in pages as ours', paged)
  return {
    target: 'T20',
    what,
    ours: rate,
    limits: [
      limit,
      ...(decoded === undefined ? [] : [decoding]),
      ...(paged === undefined ? [] : [inPages]),
      cpuOf('ours', ours),
      cpuOf('bare client', bare),
      ...(decoded === undefined ? [] : [cpuOf('bare client, decoding', decoded)]),
      ...(paged === undefined ? [] : [cpuOf('bare client, in pages as ours', paged)]),
    ],
    goals: [
      atLeast(0.8, limit, rate),
      ...(decoded === undefined ? [] : [atLeast(0.8, decoding, rate)]),
      ...(paged === undefined ? [] : [atLeast(0.8, inPages, rate)]),
    ],
  }
}

const reading = async ({ ours, bare, decoding, inPages }: Ways): Promise<readonly Result[]> => {
  for (let done = 0; done < events; done += 200) await ours.append(newStream(), batchOf(200))
  const read = await byTurns([ours.readAll, bare.readAll, decoding.readAll, inPages])
  const caughtUp = await byTurns([ours.catchUp, bare.catchUp, decoding.catchUp])
  return [
    resultOf('EventStoreDB: read all', read),
    resultOf('EventStoreDB: catch up by subscription', caughtUp),
  ]
}

interface Ways {
  readonly ours: Way
  readonly bare: Way
  readonly decoding: Way
  readonly inPages: () => Promise<number>
}
const withDouble = async <A>(measure: (ways: Ways) => Promise<A>): Promise<A> => {
  const double = await startDouble()
  const log = openEventStoreLog({ url: double.url(), app: 'api', patienceMs: 15_000 })
  const client = EventStoreDBClient.connectionString(double.url())
  const [bare, ours] = [bareWay(client), ourWay(log)]
  const decoding = bareWay(client, true)
  const ways: Ways = { ours, bare, decoding, inPages: () => readInPages(client) }
  try {
    const warm = performance.now() + warmUpMs
    while (performance.now() < warm) {
      await bare.append(newStream(), batchOf(10))
      await ours.append(newStream(), batchOf(10))
    }
    return await measure(ways)
  } finally {
    await client.dispose()
    await log.close()
    await double.stop()
  }
}

export const eventStoreResults = async (): Promise<readonly Result[]> => {
  const appended: Result[] = []
  for (const [callers, size] of [
    [1, 1],
    [64, 1],
    [1, 100],
    [64, 100],
  ] as const) {
    const who = callers === 1 ? 'one caller' : `${String(callers)} callers`
    const runs = await withDouble(({ ours, bare }) =>
      byTurns([appending(ours, callers, size), appending(bare, callers, size)]),
    )
    const what = size === 1 ? 'one event' : `${String(size)} events`
    appended.push(resultOf(`EventStoreDB: append ${what}, ${who}`, runs))
  }
  return [...appended, ...(await withDouble(reading))]
}
