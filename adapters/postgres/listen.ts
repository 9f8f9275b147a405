/** Wakes followers when there is news (the log has grown): NOTIFY on a connection of its own, and the clock where that is silent. */
import { type Address, connect, cut, inTime } from './connection.ts'

export interface WakeUps {
  /** Grows with every sign of news; taken before a read, so that what comes during it is not missed. */
  readonly count: () => number
  /** Something has happened here: an append of our own. */
  readonly wake: () => void
  /** Until there is a sign after that count, or the time is over. */
  readonly wait: (seen: number, ms: number) => Promise<void>
  /** Hears the server from now on. */
  readonly listen: () => void
  readonly close: () => Promise<void>
}

const pauseMsMin = 50
const pauseMsMax = 1_000
const listenMsMax = 3_000
const closeMsMax = 500

export const openWakeUps = (address: Address, channel = 'daybook_log'): WakeUps => {
  let signs = 0
  const waiting = new Set<() => void>()
  const stopping = new AbortController()
  let listening: Promise<void> | undefined
  const wake = (): void => {
    signs += 1
    for (const resolve of waiting) resolve()
  }
  return {
    count: () => signs,
    wake,
    wait: (seen, ms) =>
      new Promise((resolve) => {
        if (signs !== seen || stopping.signal.aborted) {
          resolve()
          return
        }
        const done = (): void => {
          clearTimeout(timer)
          waiting.delete(done)
          resolve()
        }
        const timer = setTimeout(done, ms)
        waiting.add(done)
      }),
    listen: () => {
      listening ??= hear({ address, channel, wake, stop: stopping.signal })
    },
    close: async () => {
      stopping.abort()
      wake()
      // A connection that is just being made ends by itself.
      if (listening !== undefined) await inTime(listening, closeMsMax).catch(() => undefined)
    },
  }
}

interface Ear {
  readonly address: Address
  readonly channel: string
  readonly wake: () => void
  readonly stop: AbortSignal
}

/** Listens again after every loss; what came in between is read at once, for nobody will tell of it. */
const hear = async ({ address, channel, wake, stop }: Ear): Promise<void> => {
  let pauseMs = pauseMsMin
  while (!stop.aborted) {
    try {
      const client = await connect(address)
      const end = (): void => {
        cut(client)
      }
      stop.addEventListener('abort', end)
      try {
        const lost = new Promise((resolve) => client.once('end', resolve))
        client.on('notification', wake)
        await inTime(client.query(`listen ${channel}`), listenMsMax)
        wake()
        pauseMs = pauseMsMin
        if (!stop.aborted) await lost
      } finally {
        stop.removeEventListener('abort', end)
        cut(client)
      }
    } catch {
      // The server is away. Followers see that themselves when they read.
    }
    await pause(pauseMs, stop)
    pauseMs = Math.min(pauseMs * 2, pauseMsMax)
  }
}

const pause = (ms: number, stop: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (stop.aborted) {
      resolve()
      return
    }
    const done = (): void => {
      clearTimeout(timer)
      stop.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    stop.addEventListener('abort', done)
  })
