/** T8 and T9 with the log in EventStoreDB, beside the bare client making the same appends, both against the double. */
import { randomUUID } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import { EventStoreDBClient } from '@eventstore/db-client'
import { startDouble } from '#adapters/testing/eventstore-double/process'
import { figure, percentile, repetitions, type Result, spreadOf } from './harness.ts'
import { type Journeys, ourJourneys, perSecond } from './journey.ts'
import { inEventStore } from './log-places.ts'
import { clients, ourOrders, seconds, type Sustained } from './sustained.ts'

/** About the size of ours. */
const bytes = new TextEncoder().encode('x'.repeat(400))
const eventOf = () => ({
  id: randomUUID(),
  contentType: 'application/octet-stream' as const,
  type: 'Bare',
  data: bytes,
  metadata: bytes,
})
/** The classic path, as ours takes it: with credentials, which are dropped without TLS. */
const credentials = { username: 'nobody', password: 'nobody' }

const withClient = async <A>(measure: (client: EventStoreDBClient) => Promise<A>): Promise<A> => {
  const double = await startDouble()
  const client = EventStoreDBClient.connectionString(double.url())
  try {
    return await measure(client)
  } finally {
    await client.dispose()
    await double.stop()
  }
}

/** What an order cannot do without: three appends, one after the other, each of which somebody has to hear of. */
const bareJourneys = (): Promise<readonly number[]> =>
  withClient(async (client) => {
    const subscription = client.subscribeToAll({
      filter: { filterOn: 'streamName', prefixes: ['bare-'], checkpointInterval: 32 },
    })
    let heard = (): void => undefined
    subscription.on('data', () => heard())
    const append = async (): Promise<void> => {
      await client.appendToStream(`bare-${randomUUID()}`, [eventOf()], {
        expectedRevision: 'no_stream',
        credentials,
      })
    }
    const appendAndHear = async (): Promise<void> => {
      const told = new Promise<void>((resolve) => {
        heard = resolve
      })
      await Promise.all([append(), told])
    }
    const took: number[] = []
    for (let n = 0; n < 400; n += 1) {
      const begun = performance.now()
      await appendAndHear()
      await appendAndHear()
      await appendAndHear()
      took.push(performance.now() - begun)
    }
    await subscription.unsubscribe()
    return took.slice(50)
  })

/** Orders a second of callers who do nothing but append the five events of each, four to its stream and one to the book's. */
const bareOrders = (): Promise<number> =>
  withClient(async (client) => {
    let done = 0
    const until = performance.now() + seconds * 1000
    await Promise.all(
      Array.from({ length: clients }, async () => {
        while (performance.now() < until) {
          const stream = `bare-${randomUUID()}`
          const append = (to: string, expectedRevision: 'no_stream' | 'any' | bigint) =>
            client.appendToStream(to, [eventOf()], { expectedRevision, credentials })
          await append(stream, 'no_stream')
          await append('book-main', 'any')
          await append(stream, 0n)
          await append(stream, 1n)
          await append(stream, 2n)
          done += 1
        }
      }),
    )
    return done / seconds
  })

const journeyResult = async (): Promise<Result> => {
  const bare: number[] = []
  const runs: Journeys[] = []
  for (let run = 0; run < repetitions; run += 1) {
    bare.push(percentile(await bareJourneys(), 0.5))
    runs.push(await ourJourneys(inEventStore))
  }
  const at = (what: string, share: number) =>
    figure(what, 'ms', spreadOf(runs.map(({ atClient }) => percentile(atClient, share))))
  const inLog = figure(
    'p50, intent to fill',
    'ms',
    spreadOf(runs.map((run) => percentile(run.inLog, 0.5))),
  )
  const limit = figure('bare client: three appends, each heard of, p50', 'ms', spreadOf(bare))
  const ratio = inLog.value.median / limit.value.median
  return {
    target: 'T20',
    what: `EventStoreDB: T8, one order, ${String(perSecond)} orders/s; ${ratio.toFixed(1)} × the bare steps`,
    ours: inLog,
    limits: [limit, at('p50 at the client', 0.5), at('p99 at the client', 0.99)],
    goals: [],
  }
}

const sustainedResult = async (): Promise<Result> => {
  const bare: number[] = []
  const runs: Sustained[] = []
  for (let run = 0; run < repetitions; run += 1) {
    bare.push(await bareOrders())
    runs.push(await ourOrders(inEventStore))
  }
  const over = (what: string, unit: string, pick: (run: Sustained) => number) =>
    figure(what, unit, spreadOf(runs.map(pick)))
  const ours = over('orders all the way', 'orders/s', (run) => run.perSecond)
  const limit = figure('bare client: the same five appends', 'orders/s', spreadOf(bare))
  const share = ours.value.median / limit.value.median
  const [lost, denied] = [
    Math.max(...runs.map((run) => run.lost)),
    Math.max(...runs.map((run) => run.denied)),
  ]
  return {
    target: 'T20',
    what: `EventStoreDB: T9, orders sustained for ${String(seconds)} s, ${String(clients)} clients; ${share.toFixed(2)} × the bare client, which reads nothing`,
    ours,
    limits: [
      limit,
      over('p50 to the answer that the venue has it', 'ms', ({ p50 }) => p50),
      over('p99', 'ms', ({ p99 }) => p99),
    ],
    goals: [
      { says: 'nothing lost', reached: String(lost), met: lost === 0 },
      { says: 'nothing denied', reached: String(denied), met: denied === 0 },
    ],
  }
}

export const eventStoreOrderResults = async (): Promise<readonly Result[]> => [
  await journeyResult(),
  await sustainedResult(),
]
