/** What waits to be worked off, in the order in which it came: requests, ticks of the market, and time that passes. */
import type { Gateway } from '#adapters/paper/server'
import type { HubFrame } from '#schemas/market/tick'
import type { PaperWireRequest } from '#schemas/paper/wire'

export interface AskedFor {
  readonly kind: 'request'
  readonly request: PaperWireRequest
  readonly from: Gateway
}
export interface Heard {
  readonly kind: 'tick'
  readonly frame: HubFrame
}
/** Nothing else came, and something is due. */
export interface TimePassed {
  readonly kind: 'time'
}
export type Entry = AskedFor | Heard | TimePassed

export interface Inbox {
  /** False: too much waits already. */
  readonly ask: (request: PaperWireRequest, from: Gateway) => boolean
  readonly hear: (frame: HubFrame) => void
  /**
   * All that waits, up to a batch; waits itself while there is nothing, but no longer than that, where it is said.
   * Undefined once the inbox is closed.
   */
  readonly take: (withinMs?: number) => Promise<readonly Entry[] | undefined>
  readonly close: () => void
  readonly stats: () => { readonly waiting: number; readonly ticksDropped: number }
}

/** Beyond this an answer would come too late for whoever asked. */
const requestsMax = 4_096
/** Beyond this the older half of the ticks is let go: what is late moves nobody any more. */
const ticksMax = 20_000
const batchMax = 512

export const openInbox = (): Inbox => {
  let entries: Entry[] = []
  let requests = 0
  let ticksDropped = 0
  let closed = false
  let wake = (): void => undefined

  const dropOldTicks = (): void => {
    const ticks = entries.length - requests
    let excess = ticks > ticksMax ? ticks / 2 : 0
    if (excess === 0) return
    entries = entries.filter((entry) => {
      // A welcome says what may be old; it is not a tick.
      if (entry.kind !== 'tick' || entry.frame.type === 'welcome' || excess < 1) return true
      excess -= 1
      ticksDropped += 1
      return false
    })
  }
  return {
    ask: (request, from) => {
      if (requests >= requestsMax || closed) return false
      requests += 1
      entries.push({ kind: 'request', request, from })
      wake()
      return true
    },
    hear: (frame) => {
      if (closed) return
      entries.push({ kind: 'tick', frame })
      dropOldTicks()
      wake()
    },
    take: async (withinMs) => {
      while (entries.length === 0 && !closed) {
        const isOver = await waited(withinMs, (resolve) => {
          wake = resolve
        })
        if (isOver && entries.length === 0 && !closed) return [{ kind: 'time' }]
      }
      if (closed) return undefined
      const batch = entries.splice(0, batchMax)
      requests -= batch.filter(({ kind }) => kind === 'request').length
      return batch
    },
    close: () => {
      closed = true
      wake()
    },
    stats: () => ({ waiting: entries.length, ticksDropped }),
  }
}

/** setTimeout takes no more; whoever wakes up looks again whether it is time. */
const longestMs = 2 ** 31 - 1

/** True: nobody called. */
const waited = async (
  withinMs: number | undefined,
  onCall: (call: () => void) => void,
): Promise<boolean> => {
  let timer: NodeJS.Timeout | undefined
  const called = await new Promise<boolean>((resolve) => {
    onCall(() => resolve(true))
    if (withinMs === undefined) return
    timer = setTimeout(() => resolve(false), Math.min(longestMs, Math.max(1, withinMs)))
  })
  clearTimeout(timer)
  return !called
}
