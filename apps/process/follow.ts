/** Follows the event log for an app: in order, each page once, through outages of the log, until the app stops. */
import * as E from 'fp-ts/lib/Either.js'
import type { EventLog, LogFilter, LogPage, UnreadableEvent } from '#domain/kernel/event-log'
import type { App, AppState } from './app.ts'
import { backOffMs, pause } from './back-off.ts'

export interface Follower {
  /** Events after this position are wanted. */
  readonly after: bigint
  readonly filter: LogFilter
  /** Deals with one stretch of the log. A page is never given twice; what it throws ends the app. */
  readonly onPage: (page: LogPage) => Promise<void>
  /** What to report whenever the head is reached; `ready` where nothing else has to be awaited. */
  readonly stateAtHead?: () => { readonly state: AppState; readonly detail?: string }
}

const firstBackOffMs = 100
const mostBackOffMs = 2_000

export const follow = async (
  app: Pick<App, 'stopping' | 'report' | 'current' | 'logger'>,
  log: Pick<EventLog, 'subscribeAll'>,
  { after, filter, onPage, stateAtHead = () => ({ state: 'ready' }) }: Follower,
): Promise<void> => {
  let position = after
  let failures = 0
  let why: string | undefined
  while (!app.stopping.aborted) {
    app.report(failures === 0 ? 'replaying' : 'waiting', position, why)
    const subscription = log.subscribeAll(position, filter)
    try {
      for (;;) {
        const next = await unlessAborted(app.stopping, subscription.next())
        if (next === 'stopped' || app.stopping.aborted) return
        if (E.isLeft(next)) {
          if (next.left._tag === 'UnreadableEvent') throw unreadable(next.left)
          failures += 1
          why = unreachableBecause(next.left.detail)
          app.logger.warn({ ...next.left, position }, 'the event log is unreachable')
          break
        }
        await onPage(next.right)
        position = next.right.upTo
        if (failures > 0) app.report('replaying', position)
        failures = 0
        why = undefined
        if (next.right.atHead) {
          const { state, detail } = stateAtHead()
          app.report(state, position, detail)
        } else {
          // Under load the head is seldom seen; that is not a change of state.
          const { state, detail } = app.current()
          app.report(state, position, detail)
        }
      }
    } finally {
      await subscription.close()
    }
    app.report('waiting', position, why)
    await pause(backOffMs(failures - 1, firstBackOffMs, mostBackOffMs), app.stopping)
  }
}

/** As an operator is told it; what the store says of itself may name a password, which a report leaves out. */
export const unreachableBecause = (detail: string): string =>
  `the event log is unreachable: ${detail}`

/** Whatever follows from an event that cannot be understood would be a guess, so the app stops here. */
export const unreadable = ({ position, stream, type, detail }: UnreadableEvent): Error =>
  new Error(
    `Event ${position.toString()} (${type}, ${stream}) cannot be read: ${detail}. ` +
      'Nothing after it is acted upon. Start a build that knows this event, or restore the log.',
  )

/**
 * What comes first. (Not Promise.race with one promise of the abort: that one would hold on to every page there
 * ever was, for a promise keeps what waits for it.)
 */
const unlessAborted = <A>(signal: AbortSignal, work: Promise<A>): Promise<A | 'stopped'> =>
  new Promise((resolve, reject) => {
    const stop = (): void => resolve('stopped')
    const settle = (): void => signal.removeEventListener('abort', stop)
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject).finally(settle)
  })
