/** What waits to be worked off, in the order in which it came: requests, and the ticks of the market. */
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
export type Entry = AskedFor | Heard

export interface Inbox {
  /** False: too much waits already. */
  readonly ask: (request: PaperWireRequest, from: Gateway) => boolean
  readonly hear: (frame: HubFrame) => void
  /** All that waits, up to a batch; waits itself while there is nothing. Undefined once the inbox is closed. */
  readonly take: () => Promise<readonly Entry[] | undefined>
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
      if (entry.kind === 'request' || entry.frame.type === 'welcome' || excess < 1) return true
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
    take: async () => {
      while (entries.length === 0 && !closed) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
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
