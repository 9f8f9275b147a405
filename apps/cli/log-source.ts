/** What can be seen of the log that is copied, and of the waiting for it: whether somebody still writes there. */
import * as E from 'fp-ts/lib/Either.js'
import { pause } from '#apps/process/back-off'
import type { StoredLog } from '#domain/kernel/stored-log'

/** `runs` and `stopped` are known of a folder on this machine; an address is `unknown` until it is seen to grow. */
export type SourceUse = 'runs' | 'grows' | 'stopped' | 'unknown'

export interface WatchedSource {
  readonly log: StoredLog
  /** Whether events came while it was read, or within `forMs` after this position. */
  readonly look: (after: bigint, stopping: AbortSignal, forMs?: number) => Promise<SourceUse>
}

/** How long a writer is waited for; one that has nothing to write is not seen, however long. */
export const lookMs = 2_000
const lookEveryMs = 100

/** Only what a ledger writes counts: a server moves its head by events of its own. */
export const watchSource = async (log: StoredLog): Promise<WatchedSource> => {
  const head = await log.head()
  const begun = E.isRight(head) ? head.right : undefined
  let grew = false
  const readStored: StoredLog['readStored'] = async (after, limit) => {
    const page = await log.readStored(after, limit)
    if (E.isRight(page) && begun !== undefined) {
      const last = page.right.events.at(-1)
      grew = grew || (last !== undefined && last.position > begun)
    }
    return page
  }
  const look: WatchedSource['look'] = async (after, stopping, forMs = lookMs) => {
    const until = performance.now() + forMs
    while (!grew) {
      const page = await log.readStored(after, 1)
      if (E.isLeft(page)) break
      grew = page.right.events.length > 0
      if (grew || stopping.aborted || performance.now() >= until) break
      await pause(lookEveryMs, stopping)
    }
    return grew ? 'grows' : 'unknown'
  }
  return { log: { ...log, readStored }, look }
}

const patienceMs = 2_000

/** Tells, of work that takes long, that it is waited for. */
export const patiently = async <A>(work: () => Promise<A>, tell: () => void): Promise<A> => {
  const timer = setTimeout(tell, patienceMs)
  try {
    return await work()
  } finally {
    clearTimeout(timer)
  }
}
export const patientLog = (log: StoredLog, tell: () => void): StoredLog => ({
  readStored: (after, limit) => patiently(() => log.readStored(after, limit), tell),
  appendStored: (events) => patiently(() => log.appendStored(events), tell),
  head: () => patiently(log.head, tell),
})
