/** Requests that wait for something to happen to an order, and are woken by the log itself. */
import type { RecordedEvent } from '#schemas/envelope'
import type { OrderId } from '#schemas/values/ids'

/** More than anybody waits with; what comes on top is answered at once. */
const watchesMax = 4_096

/** What has happened to one order since the watch was opened. */
export interface Watch {
  readonly events: () => readonly RecordedEvent[]
  /** Returns when there is an event that `seen` did not count, when the time is up, or on the signal. */
  readonly moreThan: (seen: number, ms: number, signal: AbortSignal) => Promise<void>
  readonly close: () => void
}

export interface OrderWatches {
  /** Undefined when too many are open already. */
  readonly open: (order: OrderId) => Watch | undefined
  readonly hear: (recorded: RecordedEvent) => void
}

interface Watcher {
  readonly events: RecordedEvent[]
  wake: () => void
}

export const orderWatches = (): OrderWatches => {
  const watchers = new Map<OrderId, Set<Watcher>>()
  let open = 0
  return {
    open: (order) => {
      if (open >= watchesMax) return undefined
      open += 1
      const watcher: Watcher = { events: [], wake: () => undefined }
      const others = watchers.get(order) ?? new Set()
      watchers.set(order, others.add(watcher))
      return watchOf(watcher, () => {
        if (!others.delete(watcher)) return
        open -= 1
        if (others.size === 0) watchers.delete(order)
      })
    },
    hear: (recorded) => {
      if (!('orderId' in recorded.event)) return
      for (const watcher of watchers.get(recorded.event.orderId) ?? []) {
        watcher.events.push(recorded)
        watcher.wake()
      }
    },
  }
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
