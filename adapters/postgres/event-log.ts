/** The event log in PostgreSQL. */
import * as E from 'fp-ts/lib/Either.js'
import type { EventLog } from '#domain/kernel/event-log'
import { proposal, writing } from '#domain/kernel/proposal'
import { openAppender } from './append.ts'
import { type Address, openSession } from './connection.ts'
import { subscribe } from './follow.ts'
import { openWakeUps } from './listen.ts'
import { readHead, readPage, readStream } from './read.ts'

export interface PostgresEventLogSettings extends Address {
  /** How long a call may take, with everything that is tried again in it, before it is StoreUnreachable. */
  readonly patienceMs?: number
}

/** Opens nothing yet: each connection is made at its first use, and made again whenever it was lost. */
export const openPostgresEventLog = ({
  patienceMs = 5_000,
  ...address
}: PostgresEventLogSettings): EventLog & { readonly close: () => Promise<void> } => {
  const [appending, asking, following] = [
    openSession(address),
    openSession(address),
    openSession(address),
  ]
  const wakeUps = openWakeUps(address)
  const appender = openAppender(appending, patienceMs)
  const mayWrite = writing([address.app])
  const questions = { session: asking, patienceMs }
  return {
    countsEvents: true,
    append: (stream, expected, events) => {
      const proposed = proposal(stream, expected, events, mayWrite)
      return E.isLeft(proposed) ? Promise.resolve(proposed) : appender.append(proposed.right)
    },
    read: (stream, after) => readStream(questions, stream, after),
    readAll: (after, filter, limit) => readPage(questions, after, filter, limit),
    subscribeAll: (after, filter) =>
      subscribe({ session: following, patienceMs }, wakeUps, after, filter),
    head: () => readHead(questions),
    close: async () => {
      await appender.close()
      await Promise.all([wakeUps.close(), ...[appending, asking, following].map((s) => s.close())])
    },
  }
}
