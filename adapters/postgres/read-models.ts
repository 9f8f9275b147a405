/** Asks the read models: queries that projections have built, and how far the projector is. */
import { createHash } from 'node:crypto'
import * as E from 'fp-ts/lib/Either.js'
import type { StoreUnreachable } from '#domain/kernel/event-log'
import type { Cell } from '#projections/columns'
import type { Query } from '#projections/query'
import type { AppName } from '#schemas/writers'
import { openSession, type Session, type Statement } from './connection.ts'
import { databaseFailure } from './failure.ts'
import { openWakeUps } from './listen.ts'

export interface ReadModels {
  /** Every row of the answer. */
  readonly all: <A>(query: Query<A>) => Promise<E.Either<StoreUnreachable, readonly A[]>>
  /** The first row of the answer, if there is one. */
  readonly first: <A>(query: Query<A>) => Promise<E.Either<StoreUnreachable, A | undefined>>
  /** Every event up to here is in all of them. */
  readonly position: () => Promise<E.Either<StoreUnreachable, bigint>>
  /** True as soon as they have reached a position; false when the time is up. */
  readonly waitFor: (
    position: bigint,
    timeoutMs: number,
  ) => Promise<E.Either<StoreUnreachable, boolean>>
  readonly close: () => Promise<void>
}

/** More questions at once than this wait their turn. */
const sessionsMax = 4
const waitingMax = 1_000
const queryMsMax = 5_000
/** A NOTIFY can be lost with its connection; then this long at most. */
const pollMs = 250

const positionStatement: Statement = {
  name: 'read-position',
  text: 'select min(position) from read.generations where live',
  values: [],
}

/** Opens nothing yet: each connection is made at its first use, and made again whenever it was lost. */
export const openReadModels = (url: string, app: AppName = 'api'): ReadModels => {
  const address = { url, app }
  const desk = deskOf(Array.from({ length: sessionsMax }, () => openSession(address)))
  const wakeUps = openWakeUps(address, 'daybook_read')
  const position = shared(async () => {
    const rows = await desk.ask(positionStatement)
    return E.isLeft(rows) ? rows : E.right((rows.right[0]?.[0] as bigint | null) ?? 0n)
  })
  const all = async <A>(query: Query<A>): Promise<E.Either<StoreUnreachable, readonly A[]>> => {
    const rows = await desk.ask(statementOf(query))
    return E.isLeft(rows) ? rows : E.right(rows.right.map((cells) => query.read(cells as Cell[])))
  }
  return {
    all,
    first: async (query) => {
      const rows = await all(query)
      return E.isLeft(rows) ? rows : E.right(rows.right[0])
    },
    position,
    waitFor: async (wanted, timeoutMs) => {
      wakeUps.listen()
      const until = performance.now() + timeoutMs
      for (;;) {
        const seen = wakeUps.count()
        const reached = await position()
        if (E.isLeft(reached)) return reached
        if (reached.right >= wanted) return E.right(true)
        const left = until - performance.now()
        if (left <= 0) return E.right(false)
        await wakeUps.wait(seen, Math.min(left, pollMs))
      }
    },
    close: async () => {
      await Promise.all([wakeUps.close(), desk.close()])
    },
  }
}

/** Prepared under a name that stands for its text. */
const statementOf = ({ sql, parameters }: Query<unknown>): Statement => ({
  name: `q-${createHash('sha256').update(sql).digest('hex').slice(0, 24)}`,
  text: sql,
  values: parameters,
})

/** SQLSTATE of a table or column that is not there: an older build has made these read models, or none has yet. */
const notMadeYet: ReadonlySet<string> = new Set(['42P01', '42703'])
const detailOf = (e: unknown): string => {
  const { code, detail } = databaseFailure(e)
  return code !== undefined && notMadeYet.has(code)
    ? 'The read models of this build are being filled from the log. Ask again; the status of the projector tells how far it is.'
    : detail
}

/** One session for each question that is under way; the others queue. */
const deskOf = (sessions: readonly Session[]) => {
  const free = [...sessions]
  const queue: ((session: Session) => void)[] = []
  const taken = (): Promise<Session> => {
    const session = free.pop()
    return session === undefined
      ? new Promise((resolve) => queue.push(resolve))
      : Promise.resolve(session)
  }
  const given = (session: Session): void => {
    const next = queue.shift()
    if (next === undefined) free.push(session)
    else next(session)
  }
  return {
    ask: async (
      statement: Statement,
    ): Promise<E.Either<StoreUnreachable, readonly unknown[][]>> => {
      if (queue.length >= waitingMax) {
        return E.left({ _tag: 'StoreUnreachable', detail: 'too many questions at once' })
      }
      const session = await taken()
      try {
        return E.right(await session.query(statement, queryMsMax))
      } catch (e) {
        return E.left({ _tag: 'StoreUnreachable', detail: detailOf(e) })
      } finally {
        given(session)
      }
    },
    close: async () => {
      await Promise.all(sessions.map((session) => session.close()))
    },
  }
}

/** Who asks while an answer is on its way waits for the next one, and shares it: few questions, and no old answer. */
const shared = <A>(ask: () => Promise<A>): (() => Promise<A>) => {
  let running: Promise<unknown> | undefined
  let next: Promise<A> | undefined
  const start = async (before: Promise<unknown> | undefined): Promise<A> => {
    await before
    next = undefined
    const mine = ask()
    running = mine
    try {
      return await mine
    } finally {
      if (running === mine) running = undefined
    }
  }
  return () => {
    next ??= start(running)
    return next
  }
}
