/** Keeps room for the ticks of the days to come, and lets go of those that are too old. */
import * as E from 'fp-ts/lib/Either.js'
import type { TickFailure, TickStore } from '#adapters/postgres/ticks'
import type { App } from '#apps/process/app'
import { pause } from '#apps/process/back-off'
import { plusMs } from '#domain/values/instant'

export interface UpkeepOptions {
  readonly store: Pick<TickStore, 'makeRoom' | 'forget' | 'compress'>
  readonly app: Pick<App, 'logger' | 'stopping' | 'clock'>
  /** Ticks are kept for so many days; undefined: for ever. */
  readonly retentionDays: number | undefined
  readonly everyMs?: number
  readonly againMs?: number
}

const dayMs = 86_400_000
/** Made ready at once, so that an upkeep that fails for two days stops nobody. */
const daysAhead = 3

/** Until the app stops: now, and once an hour. What is in use is left, and tried again a minute later. */
export const upkeep = async (options: UpkeepOptions): Promise<void> => {
  const { app, everyMs = 3_600_000, againMs = 60_000 } = options
  let failing: string | undefined
  while (!app.stopping.aborted) {
    const done = await once(options)
    const problem = E.isLeft(done) ? done.left : undefined
    if (problem !== undefined && problem._tag !== failing) {
      app.logger.warn(problem, 'the upkeep of ticks could not be done; it is tried again')
    }
    failing = problem?._tag
    await pause(problem === undefined ? everyMs : againMs, app.stopping)
  }
}

const once = async ({
  store,
  app,
  retentionDays,
}: UpkeepOptions): Promise<E.Either<TickFailure, void>> => {
  const now = app.clock.now()
  const made = await store.makeRoom(now, daysAhead)
  if (E.isLeft(made)) return made
  if (retentionDays !== undefined) {
    const before = plusMs(now, -retentionDays * dayMs)
    const forgotten = await repeat(() => store.forget(before), app.stopping)
    if (E.isLeft(forgotten)) return forgotten
    if (forgotten.right.length > 0) {
      app.logger.info({ dropped: forgotten.right }, 'old ticks are dropped')
    }
  }
  const compressed = await repeat(store.compress, app.stopping)
  return E.isLeft(compressed) ? compressed : E.right(undefined)
}

/** One small step after the other, until there is nothing left to do. */
const repeat = async (
  step: () => Promise<E.Either<TickFailure, string | undefined>>,
  stopping: AbortSignal,
): Promise<E.Either<TickFailure, readonly string[]>> => {
  const names: string[] = []
  while (!stopping.aborted) {
    const taken = await step()
    if (E.isLeft(taken)) return taken
    if (taken.right === undefined) break
    names.push(taken.right)
  }
  return E.right(names)
}
