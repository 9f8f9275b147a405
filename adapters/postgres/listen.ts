/** Wakes followers when there is news (the log has grown): NOTIFY on a connection of its own, and the clock where that is silent. */
import { type Address, connect, cut, inTime } from './connection.ts'

export interface WakeUps {
  /** Grows with every sign of news; taken before a read, so that what comes during it is not missed. */
  readonly count: () => number
  /** A sign of our own. */
  readonly wake: () => void
  /** Told of every sign with what it says; of undefined where signs may have been missed. Answers how to stop. */
  readonly hear: (sign: (payload: string | undefined) => void) => () => void
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
  const hearers = new Set<(payload: string | undefined) => void>()
  const stopping = new AbortController()
  let listening: Promise<void> | undefined
  const wake = (payload?: string): void => {
    signs += 1
    for (const hearer of hearers) hearer(payload)
    for (const resolve of waiting) resolve()
  }
  return {
    count: () => signs,
    wake: () => {
      wake()
    },
    hear: (sign) => {
      hearers.add(sign)
      return () => hearers.delete(sign)
    },
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
  readonly wake: (payload?: string) => void
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
        client.on('notification', ({ payload }) => {
          wake(payload)
        })
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
