/** GET /v1/status: every app as it last spoke of itself, and how far each is behind the log. */
import * as E from 'fp-ts/lib/Either.js'
import { readFault } from './appending.ts'
import type { Fault } from '#adapters/http/faults'
import type { Answer } from '#adapters/http/route'
import type { Clock } from '#domain/kernel/clock'
import type { EventLog } from '#domain/kernel/event-log'
import { msBetween } from '#domain/values/instant'
import type { AppStatus, StatusReply } from '#schemas/api/status'
import { formatInstant, type Instant } from '#schemas/values/instant'
import type { AppName } from '#schemas/writers'

/** An app that has not spoken for so long is down. */
export const silentMsMax = 3_000

/** A row of ops.heartbeats. `silentMs`: how long ago that was by the clock that wrote it. */
export interface HeartbeatRow {
  readonly app: AppName
  readonly instance: string
  readonly pid: number
  readonly state: 'starting' | 'replaying' | 'ready' | 'waiting' | 'stopping'
  readonly logPosition: bigint | undefined
  readonly detail: string | undefined
  readonly at: Instant
  readonly silentMs: number
}
export type ReadHeartbeats = () => Promise<E.Either<Fault, readonly HeartbeatRow[]>>

export interface StatusMeans {
  readonly log: Pick<EventLog, 'head' | 'readAll'>
  readonly heartbeats: ReadHeartbeats
  readonly clock: Pick<Clock, 'now'>
  readonly version: string
}

export const showStatus =
  ({ log, heartbeats, clock, version }: StatusMeans) =>
  async (): Promise<E.Either<Fault, Answer>> => {
    const rows = await heartbeats()
    if (E.isLeft(rows)) return rows
    const head = await log.head()
    if (E.isLeft(head)) return E.left(readFault(head.left))
    const apps = await Promise.all(
      newest(rows.right).map(async (row) =>
        appView(row, head.right, await lagMs(log, row, head.right)),
      ),
    )
    const isReady = apps.length > 0 && apps.every(({ state }) => state === 'ready')
    const body: StatusReply = {
      state: isReady ? 'ready' : 'degraded',
      version,
      head: head.right.toString(),
      apps: apps.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1)),
      at: formatInstant(clock.now()),
    }
    return E.right({ status: 200, body })
  }

/** Of several processes of one app those that speak; where none does, the one that spoke last. */
const newest = (rows: readonly HeartbeatRow[]): readonly HeartbeatRow[] =>
  rows.filter((row) => {
    const kin = rows.filter(({ app }) => app === row.app)
    return row.silentMs <= Math.max(silentMsMax, Math.min(...kin.map((each) => each.silentMs)))
  })

const nameOf = ({ name, instance }: AppStatus): string => `${name} ${instance}`

const appView = (row: HeartbeatRow, head: bigint, lag: number | null): AppStatus => {
  const behind = row.logPosition === undefined ? undefined : head - row.logPosition
  return {
    name: row.app,
    instance: row.instance,
    state: row.silentMs > silentMsMax ? 'down' : row.state,
    detail: row.detail ?? null,
    pid: row.pid,
    at: formatInstant(row.at),
    logPosition: row.logPosition?.toString() ?? null,
    lagSeconds: lag === null ? null : lag / 1000,
    lagEvents: behind === undefined ? null : (behind > 0n ? behind : 0n).toString(),
  }
}

/** How long the oldest event that an app has not dealt with had been on the log when the app last spoke. */
const lagMs = async (
  log: Pick<EventLog, 'readAll'>,
  { logPosition, at, silentMs }: HeartbeatRow,
  head: bigint,
): Promise<number | null> => {
  if (logPosition === undefined) return null
  if (logPosition >= head) return 0
  const next = await log.readAll(logPosition, {}, 1)
  if (E.isLeft(next)) return null
  const [oldest] = next.right.events
  if (oldest === undefined) return 0
  // Of an app that is down, the lag grows for as long as it is silent.
  const since = msBetween(oldest.recordedAt, at) + (silentMs > silentMsMax ? silentMs : 0)
  return Math.max(0, Math.round(since))
}
