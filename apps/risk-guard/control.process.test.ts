/** I10 and I11 where guards, persons, traders and gateways really write at once: on PostgreSQL and on EventStoreDB. */
import { afterEach, describe, expect, test } from 'vitest'
import { openEventStoreLog } from '#adapters/eventstoredb/event-log'
import { openPostgresEventLog } from '#adapters/postgres/event-log'
import { openDouble } from '#adapters/testing/eventstore-double/double'
import { testPostgres } from '#adapters/testing/postgres'
import { controlHolds, courseOf } from '#apps/risk-guard/testing/control-law'
import type { EventLog } from '#domain/kernel/event-log'
import type { RecordedEvent } from '#schemas/envelope'
import type { AppName } from '#schemas/writers'
import { fc } from '#testing/prop'

const closing: (() => Promise<unknown> | void)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

const onPostgres = async (): Promise<EventLog> => {
  const server = await testPostgres()
  closing.push(server.stop)
  return byWriter((app) => openPostgresEventLog({ url: server.url(app), app }))
}
const onEventStore = async (): Promise<EventLog> => {
  const double = await openDouble()
  closing.push(double.stop)
  return byWriter((app) => openEventStoreLog({ url: double.url(), app, probeMs: 20 }))
}

type Closable = EventLog & { readonly close: () => Promise<void> }
/** Each app writes by its own login, as it does in earnest. */
const byWriter = (open: (app: AppName) => Closable): EventLog => {
  const logs = new Map<string, EventLog>()
  for (const app of ['api', 'gateway', 'risk-guard'] as const) {
    const log = open(app)
    closing.push(log.close)
    logs.set(app, log)
  }
  const of = (app: string): EventLog => {
    const log = logs.get(app)
    if (log === undefined) throw new Error(`${app} has no login here`)
    return log
  }
  return {
    ...of('api'),
    append: (stream, expected, events) =>
      of(events[0].metadata.actor.app).append(stream, expected, events),
  }
}

const [first, ...rest] = fc.sample(courseOf(60), { seed: 20261121, numRuns: 4 })
const rulingsIn = (events: readonly RecordedEvent[]): number =>
  events.filter(({ event }) => 'rules' in event && 'proposalId' in event).length

describe.each([
  ['PostgreSQL', onPostgres, [first, rest[0]]],
  ['EventStoreDB (its double)', onEventStore, [first, ...rest]],
] as const)('on %s', (_, open, courses) => {
  test('whoever asks, agrees, engages, trades and sends beside two guards: I10 and I11 hold', async () => {
    for (const course of courses) {
      if (course === undefined) throw new Error('there are courses')
      const log = await open()
      const events = await controlHolds(course, () => log)
      expect(rulingsIn(events)).toBeGreaterThan(5)
    }
  }, 120_000)
})
