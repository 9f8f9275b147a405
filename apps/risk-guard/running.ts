/** A guard at work: from its snapshot or from nothing to the head of the log, and on from there until it stops. */
import type { SnapshotStore } from '#adapters/postgres/snapshots'
import { sha256 } from '#adapters/system/hash'
import type { App } from '#apps/process/app'
import { backOffMs, pause } from '#apps/process/back-off'
import { follow } from '#apps/process/follow'
import { readingAhead } from '#apps/process/reading-ahead'
import type { EventLog } from '#domain/kernel/event-log'
import { isOf, type Shard } from '#domain/risk/shard'
import type { BatchTools } from './batch.ts'
import { begin } from './beginning.ts'
import { guardFilter, riskGuard } from './guard.ts'
import { guardMetrics, snapshotMetrics } from './metrics.ts'
import { replaying } from './progress.ts'
import { snapshotsOf } from './snapshots.ts'
import { keepLast } from './stopping.ts'
import { tellBreaches } from './telling.ts'

export interface Work {
  readonly log: EventLog
  /** Undefined: no snapshots. */
  readonly store: SnapshotStore | undefined
  /** Between two snapshots. */
  readonly snapshotEvents: number
  readonly shard: Shard
  /** What decisions are made with, besides the log. */
  readonly market: Omit<BatchTools, 'envelop' | 'now'> & { readonly heard: Promise<void> }
}

const retryMsMin = 20
const retryMsMax = 1_000

export const runGuard = async (app: App, work: Work): Promise<void> => {
  const { log, store, shard, market } = work
  const { logger, envelop, clock, metrics } = app
  if (shard.of > 1) logger.info({ shard }, 'folds every book, and decides those of its shard')
  const beginning = await begin(app, log, store)
  if (beginning === 'stopped') return
  const snapshots = snapshotsOf(app, work, beginning, snapshotMetrics(metrics))
  const stopping = AbortSignal.any([app.stopping, snapshots.wrong])
  const counts = guardMetrics(metrics)
  const guard = riskGuard({
    ...market,
    log,
    logger,
    stopping,
    envelop,
    now: clock.now,
    backOff: (attempt) => pause(backOffMs(attempt, retryMsMin, retryMsMax), stopping),
    unreachable: (detail) => app.report('waiting', undefined, detail),
    standings: beginning.standings,
    decides: (book) => isOf(shard, book, sha256),
    folded: snapshots.folded,
    decided: (events) => {
      counts.decided(events)
      tellBreaches(logger, events)
    },
    conflicted: counts.conflicted,
  })
  const { onPage, caughtUp } = replaying(app, log, guard.onPage)
  const ahead = {
    subscribeAll: (...of: Parameters<typeof log.subscribeAll>) =>
      readingAhead(log.subscribeAll(...of)),
  }
  const following = follow(app, ahead, {
    after: beginning.after,
    filter: guardFilter,
    onPage,
    stateAtHead: snapshots.state,
  }).catch(async (thrown: unknown) => {
    await snapshots.distrust()
    throw thrown
  })
  app.onStop(async () => {
    await following
    await keepLast(log, guard, snapshots)
  })
  await Promise.all([following, caughtUp.then(snapshots.verified)])
}
