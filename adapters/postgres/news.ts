/** What one follower has heard of the log's growth, and when it is worth asking for more. */
import type { EventType } from '#schemas/events/ledger'
import type { WakeUps } from './listen.ts'

export interface News {
  /** Until there is reason to read beyond a position, or the time is over. */
  readonly beyond: (position: bigint, ms: number) => Promise<void>
  readonly close: () => void
}

/** What is not waited for comes together with what follows it this soon. */
const restMs = 25

export const newsFor = (wakeUps: WakeUps, eager: readonly EventType[] | undefined): News => {
  const waitedFor = eager === undefined ? undefined : new Set<string>(eager)
  // At first, and whenever signs may have been missed, only reading tells.
  let isDoubtful = true
  let head = 0n
  let urgentHead = 0n
  let restedAt = 0
  let wake: () => void = () => undefined
  const stop = wakeUps.hear((payload) => {
    const news = newsIn(payload)
    if (news === undefined) isDoubtful = true
    else {
      if (news.head > head) head = news.head
      const isUrgent = waitedFor === undefined || news.types.some((type) => waitedFor.has(type))
      if (isUrgent && news.head > urgentHead) urgentHead = news.head
    }
    wake()
  })
  const sign = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        wake = () => undefined
        resolve()
      }
      const timer = setTimeout(done, ms)
      wake = done
    })
  const beyond = async (position: bigint, ms: number): Promise<void> => {
    const until = performance.now() + ms
    for (;;) {
      const now = performance.now()
      const isDue = head > position && (urgentHead > position || now >= restedAt + restMs)
      if (isDoubtful || isDue || now >= until) break
      await sign(Math.max(1, (head > position ? Math.min(until, restedAt + restMs) : until) - now))
    }
    // What is read now has all that was heard before.
    isDoubtful = false
    head = 0n
    urgentHead = 0n
    restedAt = performance.now()
  }
  return { beyond, close: stop }
}

/** As log.news writes it: the head, a blank, and the types with commas between. */
const newsIn = (payload: string | undefined) => {
  const [head = '', types = ''] = (payload ?? '').split(' ')
  return /^[0-9]+$/.test(head) ? { head: BigInt(head), types: types.split(',') } : undefined
}
