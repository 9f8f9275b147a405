/** The event log in EventStoreDB. */
import * as E from 'fp-ts/lib/Either.js'
import type { EventLog } from '#domain/kernel/event-log'
import { proposal, writing } from '#domain/kernel/proposal'
import type { AppName } from '#schemas/writers'
import { parseAddress } from './address.ts'
import { openAppender } from './append.ts'
import type { BackOff } from './back-off.ts'
import { subscribe } from './follow.ts'
import { openLine } from './line.ts'
import { readHead, readPage, readStream } from './read.ts'

export interface EventStoreLogSettings {
  /** `esdb://…` or `esdb+discover://…`. */
  readonly url: string
  /** Whose events may be written: here alone this is held, for the store knows no such rights. */
  readonly app: AppName
  /** How long a call may take, with everything that is tried again in it, before it is StoreUnreachable. */
  readonly patienceMs?: number
  /** How long one attempt may take, before the client that made it is thrown away. */
  readonly callMs?: number
  /** Between two subscriptions, where the first has failed. */
  readonly backOff?: BackOff
  readonly probeMs?: number
  readonly silenceMs?: number
}

/** Opens nothing yet: each client is made at its first use, and made anew whenever it is in doubt. */
export const openEventStoreLog = ({
  url,
  app,
  patienceMs = 5_000,
  callMs = 2_000,
  backOff = { leastMs: 100, mostMs: 5_000 },
  probeMs = 500,
  silenceMs = 2_000,
}: EventStoreLogSettings): EventLog & { readonly close: () => Promise<void> } => {
  const parsed = parseAddress(url)
  if (E.isLeft(parsed)) throw new TypeError(parsed.left)
  const address = parsed.right
  const line = (role: string) => openLine(address, `daybook-${app}-${role}`, callMs)
  const [appending, asking] = [line('append'), line('read')]
  const reading = { line: asking, patienceMs }
  const appender = openAppender({ line: appending, reading, address, patienceMs })
  const mayWrite = writing([app])
  const followers = new Set<{ readonly close: () => Promise<void> }>()
  return {
    countsEvents: false,
    append: (stream, expected, events) => {
      const proposed = proposal(stream, expected, events, mayWrite)
      return E.isLeft(proposed) ? Promise.resolve(proposed) : appender.append(proposed.right)
    },
    read: (stream, after) => readStream(reading, stream, after),
    readAll: (after, filter, limit) => readPage(reading, after, filter, limit),
    subscribeAll: (after, filter) => {
      const name = `daybook-${app}-follow`
      const means = { address, name, reading, callMs, backOff, probeMs, silenceMs }
      const { next, close } = subscribe(means, after, filter)
      const follower = {
        next,
        close: async () => {
          followers.delete(follower)
          await close()
        },
      }
      followers.add(follower)
      return follower
    },
    head: () => readHead(reading),
    close: async () => {
      await Promise.all([...followers].map(({ close }) => close()))
      await Promise.all([appending.close(), asking.close()])
    },
  }
}
