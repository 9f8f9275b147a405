/** A double, a log on it with little patience, and what tests of the log do again and again. */
import * as E from 'fp-ts/lib/Either.js'
import { afterEach } from 'vitest'
import { type EventStoreLogSettings, openEventStoreLog } from '#adapters/eventstoredb/event-log'
import {
  type Double,
  type DoubleSettings,
  openDouble,
} from '#adapters/testing/eventstore-double/double'
import { openRelay, type Relay } from '#adapters/testing/eventstore-double/relay'
import { accountNamed, deposit } from '#adapters/testing/ledger-events'
import type { EventLog, LogPage, Subscription } from '#domain/kernel/event-log'

export type Log = EventLog & { readonly close: () => Promise<void> }

/** Moves on when the whole of it has passed. */
export const right = <A>(answer: E.Either<unknown, A>): A => {
  if (E.isRight(answer)) return answer.right
  const text = (u: unknown): unknown => (typeof u === 'bigint' ? String(u) : u)
  throw new Error(JSON.stringify(answer.left, (_, u: unknown) => text(u)))
}

const impatient = {
  app: 'api',
  patienceMs: 3_000,
  callMs: 500,
  backOff: { leastMs: 1, mostMs: 20 },
  probeMs: 30,
  silenceMs: 150,
} as const

const opened: (() => Promise<unknown> | void)[] = []
afterEach(async () => {
  for (const close of opened.splice(0).toReversed()) await close()
})

export const doubled = async (settings?: DoubleSettings): Promise<Double> => {
  const double = await openDouble(settings)
  opened.push(() => double.stop())
  return double
}
export const relayed = async (double: Double): Promise<Relay> => {
  const relay = await openRelay(double.port())
  opened.push(relay.close)
  return relay
}
export const logAt = (url: string, settings: Partial<EventStoreLogSettings> = {}): Log => {
  const log = openEventStoreLog({ ...impatient, url, ...settings })
  opened.push(log.close)
  return log
}
export const urlOf = (port: number): string => `esdb://127.0.0.1:${String(port)}?tls=false`

let names = 0
export const fresh = (): string => `t${String((names += 1))}`

/** So many events, each in a stream of its own; their ids in order. */
export const writeTo = async (log: EventLog, count: number, name = fresh()): Promise<string[]> => {
  const ids: string[] = []
  for (let n = 0; n < count; n += 1) {
    const event = deposit(name)
    right(await log.append(accountNamed(name), n === 0 ? 'noStream' : BigInt(n - 1), [event]))
    ids.push(event.metadata.id)
  }
  return ids
}

export const idsOf = (events: LogPage['events']): string[] =>
  events.map(({ metadata }) => metadata.id)

/** Pages until so many events were heard. */
export const hear = async (subscription: Subscription, count: number): Promise<string[]> => {
  const heard: string[] = []
  while (heard.length < count) heard.push(...idsOf(right(await subscription.next()).events))
  return heard
}

export const took = async <A>(work: Promise<A>): Promise<readonly [A, number]> => {
  const from = performance.now()
  return [await work, performance.now() - from]
}

/** Until it is so; a test that waits for ever ends by its own time. */
export const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5))
}
