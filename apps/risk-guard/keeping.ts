/** Taking snapshots of what is folded: now and then, when nobody waits for a decision, and at an orderly stop. */
import { setImmediate } from 'node:timers/promises'
import * as E from 'fp-ts/lib/Either.js'
import type { SnapshotMark, SnapshotStore } from '#adapters/postgres/snapshots'
import { sha256OfBytes } from '#adapters/system/hash'
import type { App } from '#apps/process/app'
import type { LogPage } from '#domain/kernel/event-log'
import { foldVersion } from '#domain/risk/snapshot'
import type { Standings } from '#domain/risk/standing'
import type { Beginning } from './beginning.ts'
import { bodyOf, codec } from './snapshot-body.ts'

export interface KeeperSettings {
  /** Due after so many events. */
  readonly everyEvents: number
  /** How long the guard did nothing else. */
  readonly paused: (ms: number) => void
}
export interface Keeper {
  /** These events are folded, and nothing is decided yet upon them. */
  readonly folded: (page: LogPage) => void
  /** Up to where it is folded. */
  readonly position: () => bigint
  /** Now, whatever is due; done when it is written. False: something is folded that is not known to be on the log. */
  readonly keep: () => Promise<boolean>
}

/** Whoever waits for a decision is not kept waiting until it is this much overdue. */
const overdue = 2

export const snapshotKeeper = (
  { logger }: Pick<App, 'logger'>,
  store: Pick<SnapshotStore, 'keep'>,
  { standings, after, snapshot }: Beginning,
  { everyEvents, paused }: KeeperSettings,
): Keeper => {
  let mark: SnapshotMark | undefined = snapshot?.mark
  let position = after
  let events = 0
  let writing: Promise<void> | undefined
  /** False while something that was decided has not come back from the log. */
  const take = (): boolean => {
    const began = performance.now()
    const state = standings.state()
    if (state === undefined || mark === undefined) return false
    const body = bodyOf(state)
    paused(performance.now() - began)
    events = 0
    writing = write(body, position, mark).finally(() => (writing = undefined))
    return true
  }
  const write = async (body: Uint8Array, upTo: bigint, last: SnapshotMark): Promise<void> => {
    await setImmediate()
    const kept = await store.keep({
      foldVersion,
      codec,
      position: upTo,
      mark: last,
      digest: sha256OfBytes(body),
      verified: false,
      body,
    })
    const bytes = body.byteLength
    if (E.isLeft(kept)) logger.warn(kept.left, 'a snapshot cannot be written')
    else logger.info({ position: upTo.toString(), bytes }, 'snapshot')
  }
  return {
    folded: ({ events: more, upTo, atHead }) => {
      position = upTo
      events += more.length
      const last = more.at(-1)
      if (last !== undefined) mark = markOf(last)
      const isDue = events >= everyEvents * (isBusy(standings) ? overdue : 1)
      // While it catches up it has better things to do.
      if (isDue && atHead && writing === undefined) take()
    },
    position: () => position,
    keep: async () => {
      await writing
      if (events > 0 && !take()) return false
      await writing
      return true
    },
  }
}

const markOf = ({
  stream,
  revision,
  metadata,
  position,
}: LogPage['events'][number]): SnapshotMark => ({
  stream,
  revision,
  eventId: metadata.id,
  position,
})
const isBusy = (standings: Standings): boolean => {
  for (const standing of standings.all()) for (const _ of standing.waiting()) return true
  return false
}
