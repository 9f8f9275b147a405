/** Where the guard begins: at its snapshot, if that is of this build and of this log, else at the log's first event. */
import * as E from 'fp-ts/lib/Either.js'
import type { SnapshotMark, SnapshotStore, StoredSnapshot } from '#adapters/postgres/snapshots'
import { sha256OfBytes } from '#adapters/system/hash'
import type { App } from '#apps/process/app'
import { insist } from '#apps/process/insist'
import type { EventLog, ReadFailure } from '#domain/kernel/event-log'
import { foldVersion } from '#domain/risk/snapshot'
import { type Standings, standingsFold } from '#domain/risk/standing'
import type { RecordedEvent } from '#schemas/envelope'
import type { StreamName } from '#schemas/streams'
import { codec, stateIn } from './snapshot-body.ts'

export interface Beginning {
  readonly standings: Standings
  /** Events after it are wanted. */
  readonly after: bigint
  /** What it began from; undefined: nothing. */
  readonly snapshot: StoredSnapshot | undefined
}

type Host = Pick<App, 'stopping' | 'report' | 'logger'>
type Log = Pick<EventLog, 'head' | 'read'>

export const begin = async (
  app: Host,
  log: Log,
  store: Pick<SnapshotStore, 'newest' | 'drop'> | undefined,
): Promise<Beginning | 'stopped'> => {
  const nothing: Beginning = { standings: standingsFold(), after: 0n, snapshot: undefined }
  if (store === undefined) {
    app.logger.info('no snapshots are kept: DAYBOOK_DATABASE is not set')
    return nothing
  }
  const read = await store.newest()
  if (E.isLeft(read)) app.logger.warn(read.left, 'the snapshot cannot be read')
  const snapshot = E.isLeft(read) ? undefined : read.right
  if (snapshot === undefined) return nothing
  const { position, mark, verified } = snapshot
  const refuse = async (why: string): Promise<Beginning> => {
    app.logger.warn({ position, mark }, `the snapshot is thrown away: ${why}`)
    const dropped = await store.drop()
    if (E.isLeft(dropped)) app.logger.warn(dropped.left, 'the snapshot cannot be deleted')
    return nothing
  }
  if (snapshot.foldVersion !== foldVersion || snapshot.codec !== codec)
    return refuse('it is of another build')
  const isWhole = sha256OfBytes(snapshot.body) === snapshot.digest
  const state = isWhole ? stateIn(snapshot.body) : undefined
  if (state === undefined) return refuse('it is damaged')
  const isHere = await holds(app, log, snapshot)
  if (isHere === 'stopped') return isHere
  if (!isHere) return refuse('it is of another log')
  app.logger.info({ position, verified }, 'goes on from a snapshot')
  return { standings: standingsFold(state), after: position, snapshot }
}

/** Whether this log has the snapshot's last event at its very place, and reaches as far. */
const holds = async (
  app: Host,
  log: Log,
  { position, mark }: StoredSnapshot,
): Promise<boolean | 'stopped'> => {
  const head = await insist(app, log.head)
  if (head === 'stopped') return head
  if (head < position) return false
  return insist(app, () => isAt(log, mark))
}
const isAt = async (
  log: Log,
  { stream, revision, eventId, position }: SnapshotMark,
): Promise<E.Either<ReadFailure, boolean>> =>
  E.map(
    ([event]: readonly RecordedEvent[]) =>
      event?.metadata.id === eventId && event.position === position,
  )(await log.read(stream as StreamName, revision - 1n))
