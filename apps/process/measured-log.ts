/** The event log with a watch beside it: how long appends take and end, and how far behind a follower is. */
import * as E from 'fp-ts/lib/Either.js'
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { Clock } from '#domain/kernel/clock'
import type { AppendFailure, EventLog, LogPage, Subscription } from '#domain/kernel/event-log'
import { msBetween } from '#domain/values/instant'

const bucketsSeconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

const outcomes: Readonly<Record<AppendFailure['_tag'], string>> = {
  RevisionConflict: 'conflict',
  AppendForbidden: 'forbidden',
  StoreUnreachable: 'unreachable',
}

export interface Measures {
  readonly metrics: Registry
  readonly clock: Clock
}

export const measuredLog = <Log extends EventLog>(log: Log, measures: Measures): Log => ({
  ...log,
  append: measuredAppend(log, measures),
  subscribeAll: measuredSubscriptions(log, measures),
})

const measuredAppend = (
  { append }: Pick<EventLog, 'append'>,
  { metrics, clock }: Measures,
): EventLog['append'] => {
  const seconds = new Histogram({
    name: 'daybook_log_append_seconds',
    help: 'Time from an append to its outcome: written, conflict, forbidden or unreachable.',
    labelNames: ['outcome'],
    buckets: bucketsSeconds,
    registers: [metrics],
  })
  return async (...proposal) => {
    const begun = clock.monotonicMs()
    const appended = await append(...proposal)
    const outcome = E.isRight(appended) ? 'written' : outcomes[appended.left._tag]
    seconds.observe({ outcome }, (clock.monotonicMs() - begun) / 1000)
    return appended
  }
}

/** Where the follower of this process stands. */
interface Standing {
  /** Everything up to here has been dealt with. */
  position: bigint | undefined
  /** Given to the follower, who has not asked for more yet. */
  inHand: LogPage | undefined
  atHead: boolean
}

const measuredSubscriptions = (
  log: Pick<EventLog, 'subscribeAll' | 'head' | 'countsEvents'>,
  { metrics, clock }: Measures,
): EventLog['subscribeAll'] => {
  const registers = [metrics]
  const standing: Standing = { position: undefined, inHand: undefined, atHead: false }
  const followed = new Counter({
    name: 'daybook_log_followed_events_total',
    help: 'Events that this app has followed.',
    registers,
  })
  new Gauge({
    name: 'daybook_log_lag_seconds',
    help: 'Age of the oldest event in hand; 0 where the follower waits at the head of the log.',
    registers,
    collect() {
      const [oldest] = standing.inHand?.events ?? []
      const lag = oldest === undefined ? 0 : msBetween(oldest.recordedAt, clock.now()) / 1000
      this.set(Math.max(0, lag))
    },
  })
  if (log.countsEvents) {
    new Gauge({
      name: 'daybook_log_lag_events',
      help: 'Events between what this app has dealt with and the head of the log.',
      registers,
      async collect() {
        const lag = await lagEvents(log, standing)
        if (lag === undefined) this.reset()
        else this.set(lag)
      },
    })
  }
  return (after, filter) =>
    watched(log.subscribeAll(after, filter), after, standing, (page) => {
      followed.inc(page.events.length)
    })
}

/** Undefined: the log does not say where its head is. */
const lagEvents = async (
  log: Pick<EventLog, 'head'>,
  { position, inHand, atHead }: Standing,
): Promise<number | undefined> => {
  if (position === undefined || (atHead && inHand === undefined)) return 0
  const head = await log.head()
  return E.isLeft(head) ? undefined : Math.max(0, Number(head.right - position))
}

const watched = (
  subscription: Subscription,
  after: bigint,
  standing: Standing,
  told: (page: LogPage) => void,
): Subscription => {
  standing.position = after
  standing.inHand = undefined
  standing.atHead = false
  return {
    ...subscription,
    next: async () => {
      // Whoever asks for more has dealt with what he was given.
      if (standing.inHand !== undefined) standing.position = standing.inHand.upTo
      standing.inHand = undefined
      const page = await subscription.next()
      if (E.isLeft(page)) return page
      standing.atHead = page.right.atHead
      if (page.right.events.length > 0) standing.inHand = page.right
      else standing.position = page.right.upTo
      told(page.right)
      return page
    },
  }
}
