/** From the log into the read models, page by page; after any failure again from where the read models stand. */
import * as E from 'fp-ts/lib/Either.js'
import type { App } from '#apps/process/app'
import { backOffMs, pause } from '#apps/process/back-off'
import { follow } from '#apps/process/follow'
import { insist } from '#apps/process/insist'
import type { EventLog, LogPage } from '#domain/kernel/event-log'
import { categories, type Prefix, type StreamName } from '#schemas/streams'
import type { ProjectionMetrics } from './metrics.ts'

/** An event by its place. */
export interface Mark {
  readonly stream: string
  readonly revision: bigint
  readonly eventId: string
  readonly position: bigint
}

/** Where read models are kept. */
export interface Projections {
  /** The position after which events are wanted. */
  readonly open: () => Promise<E.Either<{ readonly detail: string }, bigint>>
  /** The last event of all that stand in them; undefined where there is none. */
  readonly mark: () => Mark | undefined
  /** For another log than before: all is filled anew, and shown when it is level. */
  readonly beginAnew: () => Promise<E.Either<{ readonly detail: string }, bigint>>
  /** The stretch of the log after all that was applied before. After a failure it must be opened again. */
  readonly apply: (page: LogPage) => Promise<E.Either<{ readonly detail: string }, void>>
}

/** Prefixes only, so that the checkpoint passes every event; and nothing is so urgent that it is written alone. */
const everything: readonly Prefix[] = categories.map((category): Prefix => `${category}-`)

const firstBackOffMs = 50
const mostBackOffMs = 2_000

/** The read models could not be written; what was read ahead is read again. */
class Interrupted extends Error {}

export const project = async (
  app: Pick<App, 'stopping' | 'report' | 'current' | 'logger'>,
  log: Pick<EventLog, 'subscribeAll'> & Log,
  projections: Projections,
  metrics: ProjectionMetrics,
): Promise<void> => {
  let failures = 0
  while (!app.stopping.aborted) {
    try {
      const after = await opened(app, log, projections)
      if (after === 'stopped') return
      const { onPage, drained } = pipelined(async (page) => {
        const began = performance.now()
        const applied = await projections.apply(page)
        if (E.isLeft(applied)) throw new Interrupted(applied.left.detail)
        metrics.applied(page.events.length, performance.now() - began)
        failures = 0
      })
      await follow(app, log, { after, filter: { prefixes: everything, eager: [] }, onPage })
      await drained()
    } catch (e) {
      if (!(e instanceof Interrupted)) throw e
      failures += 1
      app.logger.warn({ detail: e.message, failures }, 'the read models cannot be written')
      app.report('waiting', undefined, `the read models cannot be written: ${e.message}`)
      await pause(backOffMs(failures - 1, firstBackOffMs, mostBackOffMs), app.stopping)
    }
  }
}

type Log = Pick<EventLog, 'head' | 'read'>
type Host = Pick<App, 'stopping' | 'report' | 'logger'>

/** Where to go on; from the beginning where the log was moved to another store meanwhile. */
const opened = async (
  app: Host,
  log: Log,
  projections: Projections,
): Promise<bigint | 'stopped'> => {
  const after = right(await projections.open())
  const mark = projections.mark()
  const origin = mark === undefined ? 'unknown' : await originOf(app, log, mark)
  const head = await insist(app, log.head)
  if (origin === 'stopped' || head === 'stopped') return 'stopped'
  if (origin === 'copied') {
    app.logger.warn({ mark }, 'the log was moved to another store: the read models are filled anew')
    return right(await projections.beginAnew())
  }
  if (origin !== 'other' && after <= head) return after
  throw new Error(
    `The read models stand at position ${after.toString()}, the log at ${head.toString()}, and it does ` +
      'not hold what they hold: they are of another log. Point DAYBOOK_DATABASE to a database of this log, ' +
      'or drop its schema read and migrate.',
  )
}
const right = <A>(answer: E.Either<{ readonly detail: string }, A>): A => {
  if (E.isRight(answer)) return answer.right
  throw new Interrupted(answer.left.detail)
}

/** A copy holds the same events at other positions. Asked by its stream: its position may mean nothing here. */
const originOf = async (app: Host, log: Log, { stream, revision, eventId, position }: Mark) => {
  const events = await insist(app, () => log.read(stream as StreamName, revision - 1n))
  if (events === 'stopped') return events
  const [event] = events
  if (event?.metadata.id !== eventId) return 'other'
  return event.position === position ? 'same' : 'copied'
}

/**
 * The next pages are read and folded while this one is written, so many at most; at the head each is waited for, so
 * that what is reported is so.
 */
const underWayMax = 2
const pipelined = (apply: (page: LogPage) => Promise<void>) => {
  const underWay: Promise<void>[] = []
  const onPage = async (page: LogPage): Promise<void> => {
    if (underWay.length >= underWayMax) await underWay.shift()
    const mine = apply(page)
    // Its failure is told when its turn has come; until then it is nobody's.
    mine.catch(() => undefined)
    underWay.push(mine)
    if (page.atHead) await drained()
  }
  const drained = async (): Promise<void> => {
    while (underWay.length > 0) await underWay.shift()
  }
  return { onPage, drained }
}
