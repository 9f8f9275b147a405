/**
 * The life of the guard's snapshots: what it began from is verified beside its work, and what it has folded is kept.
 * A snapshot that turns out to be wrong ends all deciding at once, is deleted, and the guard starts anew.
 */
import { setTimeout } from 'node:timers/promises'
import * as E from 'fp-ts/lib/Either.js'
import type { SnapshotStore, StoredSnapshot } from '#adapters/postgres/snapshots'
import type { App, AppState } from '#apps/process/app'
import { backOffMs } from '#apps/process/back-off'
import type { EventLog } from '#domain/kernel/event-log'
import type { Beginning } from './beginning.ts'
import { type Keeper, snapshotKeeper } from './keeping.ts'
import type { SnapshotMetrics } from './metrics.ts'
import { verify } from './verifying.ts'

export interface Snapshots extends Keeper {
  /** What to say at the head of the log: also what is being found out about the snapshot. */
  readonly state: () => { readonly state: AppState; readonly detail?: string }
  /** Aborted once the snapshot is known to be wrong: nothing may be decided any more. */
  readonly wrong: AbortSignal
  /** Runs until it is known; rejects where it is wrong. */
  readonly verified: () => Promise<void>
  /** What followed upon it ended in a defect: the next start must not begin there. */
  readonly distrust: () => Promise<void>
}

const firstBackOffMs = 50
const mostBackOffMs = 2_000

export interface Kept {
  readonly log: Pick<EventLog, 'readAll'>
  readonly store: SnapshotStore | undefined
  readonly snapshotEvents: number
}
export const snapshotsOf = (
  app: App,
  { log, store, snapshotEvents: everyEvents }: Kept,
  beginning: Beginning,
  metrics: SnapshotMetrics,
): Snapshots => {
  const wrong = new AbortController()
  const { snapshot } = beginning
  let doubt: string | undefined
  metrics.verified(snapshot === undefined || snapshot.verified ? 'verified' : 'unverified')
  const isWrong = async (detail: string): Promise<never> => {
    wrong.abort()
    metrics.verified('wrong')
    doubt = `the snapshot it began from is wrong, and nothing more is decided: ${detail}`
    app.logger.error({ detail }, 'THE SNAPSHOT IS WRONG: nothing more is decided from it')
    app.report('waiting', undefined, doubt)
    if (store !== undefined) await dropped(app, store)
    throw new Error(
      `the snapshot was wrong (${detail}). It is deleted; the guard starts anew from the log.`,
    )
  }
  return {
    ...(store === undefined
      ? { folded: () => undefined, position: () => 0n, keep: () => Promise.resolve(true) }
      : snapshotKeeper(app, store, beginning, { everyEvents, paused: metrics.paused })),
    state: () => ({
      state: wrong.signal.aborted ? 'waiting' : 'ready',
      ...(doubt === undefined ? {} : { detail: doubt }),
    }),
    wrong: wrong.signal,
    verified: async () => {
      if (store === undefined || snapshot === undefined || snapshot.verified) return
      const told = (percent: bigint): void => {
        doubt = `verifying the snapshot it began from: ${percent.toString()} %`
      }
      told(0n)
      const reached = (position: bigint): void => told(tenths(position, snapshot))
      const found = await verify({ app, log, snapshot, reached })
      if (found._tag === 'Different') return isWrong(found.detail)
      if (found._tag === 'Stopped') return
      doubt = undefined
      metrics.verified('verified')
      app.logger.info({ position: snapshot.mark.position.toString() }, 'the snapshot is verified')
      const marked = await store.verified(snapshot.digest)
      if (E.isLeft(marked)) app.logger.warn(marked.left, 'that it is verified cannot be written')
    },
    distrust: async () => {
      if (store !== undefined && snapshot !== undefined) await store.drop()
    },
  }
}

/** In steps, for each is told to everybody. */
const tenths = (position: bigint, { mark }: Pick<StoredSnapshot, 'mark'>): bigint =>
  ((position * 10n) / mark.position) * 10n

/** Until it is gone: another start from it would decide upon it again. */
const dropped = async (app: App, store: SnapshotStore): Promise<void> => {
  for (let attempt = 0; ; attempt += 1) {
    const gone = await store.drop()
    if (E.isRight(gone) || app.stopping.aborted) return
    app.logger.error(gone.left, 'the snapshot that is wrong cannot be deleted: trying it again')
    await setTimeout(backOffMs(attempt, firstBackOffMs, mostBackOffMs))
  }
}
