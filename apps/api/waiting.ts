/** Requests that wait for something to happen to an order, a proposal or an account, and are woken by the log itself. */
import type { RecordedEvent } from '#schemas/envelope'
import type { LedgerEvent } from '#schemas/events/ledger'
import { type StreamName, venueStream } from '#schemas/streams'
import type { OrderId, ProposalId } from '#schemas/values/ids'

/** More than anybody waits with; what comes on top is answered at once. */
const watchesMax = 4_096

/** What is waited for: an account at a venue by the name of its stream. */
export type Watched = OrderId | ProposalId | StreamName

/** What has happened to one of them since the watch was opened. */
export interface Watch {
  readonly events: () => readonly RecordedEvent[]
  /** Returns when there is an event that `seen` did not count, when the time is up, or on the signal. */
  readonly moreThan: (seen: number, ms: number, signal: AbortSignal) => Promise<void>
  readonly close: () => void
}

export interface Watches {
  /**
   * Undefined when too many are open already. `tells`: whether an event is worth waking for; those that are not are
   * heard all the same.
   */
  readonly open: (watched: Watched, tells?: (event: LedgerEvent) => boolean) => Watch | undefined
  readonly hear: (recorded: RecordedEvent) => void
}

interface Watcher {
  readonly events: RecordedEvent[]
  readonly tells: (event: LedgerEvent) => boolean
  wake: () => void
}

export const watchesOf = (): Watches => {
  const watchers = new Map<Watched, Set<Watcher>>()
  let open = 0
  return {
    open: (watched, tells = () => true) => {
      if (open >= watchesMax) return undefined
      open += 1
      const watcher: Watcher = { events: [], tells, wake: () => undefined }
      const others = watchers.get(watched) ?? new Set()
      watchers.set(watched, others.add(watcher))
      return watchOf(watcher, () => {
        if (!others.delete(watcher)) return
        open -= 1
        if (others.size === 0) watchers.delete(watched)
      })
    },
    hear: (recorded) => {
      const watched = watchedBy(recorded)
      if (watched === undefined) return
      for (const watcher of watchers.get(watched) ?? []) {
        watcher.events.push(recorded)
        if (watcher.tells(recorded.event)) watcher.wake()
      }
    },
  }
}

const watchedBy = ({ event }: RecordedEvent): Watched | undefined => {
  if ('orderId' in event) return event.orderId
  if (event.type === 'ReconciliationCompleted') return venueStream(event.venue, event.account)
  return 'proposalId' in event ? event.proposalId : undefined
}

const watchOf = (watcher: Watcher, close: () => void): Watch => ({
  events: () => watcher.events,
  moreThan: async (seen, ms, signal) => {
    if (watcher.events.length > seen || signal.aborted || ms <= 0) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(wake, ms)
      function wake(): void {
        clearTimeout(timer)
        signal.removeEventListener('abort', wake)
        watcher.wake = () => undefined
        resolve()
      }
      watcher.wake = wake
      signal.addEventListener('abort', wake, { once: true })
    })
  },
  close,
})
