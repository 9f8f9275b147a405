/** Once a second every app says that it lives, where it stands and what it waits for. */
import * as E from 'fp-ts/lib/Either.js'
import type { Logger } from 'pino'
import type { AppName } from '#schemas/writers'

/** `waiting`: alive, but something outside (the log, a venue, the tick hub) is away. */
export type AppState = 'starting' | 'replaying' | 'ready' | 'waiting' | 'stopping'

export interface Heartbeat {
  readonly app: AppName
  readonly instance: string
  readonly pid: number
  readonly state: AppState
  /** The last position of the log that this app has dealt with; absent where it follows none. */
  readonly logPosition?: bigint
  readonly detail?: string
}

/** Where heartbeats are kept, with the keeper's own time. */
export interface Heartbeats {
  readonly beat: (row: Heartbeat) => Promise<E.Either<{ readonly detail: string }, void>>
  readonly close: () => Promise<void>
}

export interface Beating {
  /** Says at once that something has changed. */
  readonly now: () => void
  readonly close: () => Promise<void>
}

const everyMs = 1_000

/** Writes the current row once a second and on every change, one write at a time. */
export const keepBeating = (
  heartbeats: Heartbeats,
  current: () => Heartbeat,
  logger: Pick<Logger, 'warn' | 'info'>,
): Beating => {
  let writing: Promise<void> | undefined
  let again = false
  let failing = false
  const write = async (): Promise<void> => {
    do {
      again = false
      const beaten = await heartbeats.beat(current())
      // Said when it begins and when it ends, not every second.
      if (E.isLeft(beaten) && !failing) logger.warn(beaten.left, 'heartbeats cannot be written')
      if (E.isRight(beaten) && failing) logger.info('heartbeats are written again')
      failing = E.isLeft(beaten)
    } while (again)
    writing = undefined
  }
  const now = (): void => {
    again = true
    writing ??= write()
  }
  const timer = setInterval(now, everyMs)
  now()
  return {
    now,
    close: async () => {
      clearInterval(timer)
      now()
      await writing
      await heartbeats.close()
    },
  }
}
