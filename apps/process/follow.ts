/**
 * Follows the event log for an app: in order, each page once, through outages of the log, until the app stops. At an
 * event that cannot be read it goes no further.
 */
import * as E from 'fp-ts/lib/Either.js'
import type {
  EventLog,
  LogFilter,
  LogPage,
  ReadFailure,
  UnreadableEvent,
} from '#domain/kernel/event-log'
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
  let hasActed = false
  while (!app.stopping.aborted) {
    app.report(failures === 0 ? 'replaying' : 'waiting', position, why)
    const subscription = log.subscribeAll(position, filter)
    try {
      for (;;) {
        const next = await unlessAborted(app.stopping, subscription.next())
        if (next === 'stopped' || app.stopping.aborted) return
        if (E.isLeft(next)) {
          // What has acted has work under way, which would go on without knowing: that ends at once.
          if (next.left._tag === 'UnreadableEvent' && hasActed) throw unreadable(next.left)
          failures += 1
          const before = why
          why = whyNot(next.left)
          if (why !== before) app.logger.warn({ ...next.left, position }, why)
          break
        }
        await onPage(next.right)
        position = next.right.upTo
        if (failures > 0) app.report('replaying', position)
        failures = 0
        why = undefined
        hasActed ||= next.right.atHead
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

/** Why nothing comes of the log, as an operator is told it. It may name a password, which a report leaves out. */
export const whyNot = (failure: ReadFailure): string =>
  failure._tag === 'UnreadableEvent'
    ? unreadable(failure).message
    : unreachableBecause(failure.detail)
export const unreachableBecause = (detail: string): string =>
  `the event log is unreachable: ${detail}`

/** Whatever follows from an event that cannot be understood would be a guess. */
export const unreadable = ({ position, stream, type, detail }: UnreadableEvent): Error =>
  new Error(
    // A stream that is gone as a whole has no event to name.
    (position > 0n
      ? `Event ${position.toString()} (${type}, ${stream}) cannot be read: `
      : `Stream ${stream} cannot be read: `) +
      `${detail.replace(/\.$/, '')}. ` +
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
