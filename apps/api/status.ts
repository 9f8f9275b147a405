/** GET /v1/status: every app as it last spoke of itself, and how far each is behind the log. */
import * as E from 'fp-ts/lib/Either.js'
import { keyed } from '#adapters/http/endpoint'
import type { Fault } from '#adapters/http/faults'
import type { KeyedDescription, KeyedRoute } from '#adapters/http/route'
import type { AppState } from '#apps/process/app'
import type { Clock } from '#domain/kernel/clock'
import type { EventLog } from '#domain/kernel/event-log'
import { msBetween, plusMs } from '#domain/values/instant'
import { type AppStatus, StatusReply } from '#schemas/api/status'
import { formatInstant, type Instant } from '#schemas/values/instant'
import type { AppName } from '#schemas/writers'

/** An app that has not spoken for so long is down. */
export const silentMsMax = 3_000

/** What an app said last, and how long ago that was by the clock of whoever keeps it. */
export interface HeartbeatRow {
  readonly app: AppName
  readonly instance: string
  readonly pid: number
  readonly state: AppState
  readonly logPosition?: bigint
  readonly detail?: string
  readonly ageMs: number
}
export type ReadHeartbeats = () => Promise<E.Either<Fault, readonly HeartbeatRow[]>>

/** The rows of a heartbeat store; a state that this build does not know is shown as it is said. */
export const heartbeatsFrom =
  (all: () => Promise<E.Either<{ readonly detail: string }, readonly KeptRow[]>>): ReadHeartbeats =>
  async () => {
    const rows = await all()
    return E.isRight(rows)
      ? E.right(rows.right as readonly HeartbeatRow[])
      : E.left({ _tag: 'ReadModelsUnreachable', detail: rows.left.detail })
  }
type KeptRow = Omit<HeartbeatRow, 'state'> & { readonly state: string }

export interface StatusMeans {
  readonly log: Pick<EventLog, 'countsEvents' | 'head' | 'readAll'>
  readonly heartbeats: ReadHeartbeats
  /** Every app that this ledger needs; one that was never heard of is down. */
  readonly expected: readonly AppName[]
  readonly clock: Pick<Clock, 'now'>
  readonly version: string
}

const showing = {
  method: 'GET',
  path: '/v1/status',
  summary: 'Every app, how it does and how far it is behind the log.',
  tag: 'operation',
  replies: { 200: StatusReply },
} as const satisfies KeyedDescription

export const showStatus = ({
  log,
  heartbeats,
  expected,
  clock,
  version,
}: StatusMeans): KeyedRoute =>
  keyed(showing, async () => {
    const rows = await heartbeats()
    if (E.isLeft(rows)) return rows
    // While the log is away this is asked most of all.
    const head = await headOf(log)
    const now = clock.now()
    const heard = await Promise.all(
      newest(rows.right).map(async (row) => {
        const at = plusMs(now, -row.ageMs)
        const lag = head === undefined ? null : await lagMs(log, row, at, head)
        return heardView(row, at, log.countsEvents ? head : undefined, lag)
      }),
    )
    const silent = expected.filter((app) => !heard.some(({ name }) => name === app)).map(silentView)
    const apps = [...heard, ...silent].toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
    const body: StatusReply = {
      state:
        head !== undefined && apps.every(({ state }) => state === 'ready') ? 'ready' : 'degraded',
      version,
      head: head?.toString() ?? null,
      apps,
      at: formatInstant(now),
    }
    return E.right({ status: 200, body })
  })

const headMsMax = 1_000
/** Undefined where the log does not answer soon. */
const headOf = async (log: Pick<EventLog, 'head'>): Promise<bigint | undefined> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), headMsMax)
  })
  const asked = log.head().then((head) => (E.isRight(head) ? head.right : undefined))
  try {
    return await Promise.race([asked, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Of several processes of one app those that speak; where none does, the one that spoke last. */
const newest = (rows: readonly HeartbeatRow[]): readonly HeartbeatRow[] =>
  rows.filter((row) => {
    const ages = rows.filter(({ app }) => app === row.app).map(({ ageMs }) => ageMs)
    return row.ageMs <= Math.max(silentMsMax, Math.min(...ages))
  })

const nameOf = ({ name, instance }: AppStatus): string => `${name} ${instance ?? ''}`

/** Without a head that counts events nobody can say by how many an app is behind. */
const heardView = (
  row: HeartbeatRow,
  at: Instant,
  head: bigint | undefined,
  lag: number | null,
): AppStatus => {
  const { logPosition } = row
  const behind = logPosition === undefined || head === undefined ? undefined : head - logPosition
  return {
    name: row.app,
    instance: row.instance,
    state: row.ageMs > silentMsMax ? 'down' : row.state,
    detail: row.detail ?? null,
    pid: row.pid,
    at: formatInstant(at),
    logPosition: row.logPosition?.toString() ?? null,
    lagSeconds: lag === null ? null : lag / 1000,
    lagEvents: behind === undefined ? null : (behind > 0n ? behind : 0n).toString(),
  }
}

const silentView = (name: AppName): AppStatus => ({
  name,
  instance: null,
  state: 'down',
  detail: 'has not been heard of',
  pid: null,
  at: null,
  logPosition: null,
  lagSeconds: null,
  lagEvents: null,
})

/** How long the oldest event that an app has not dealt with had been on the log when the app last spoke. */
const lagMs = async (
  log: Pick<EventLog, 'readAll'>,
  { logPosition, ageMs }: HeartbeatRow,
  at: Instant,
  head: bigint,
): Promise<number | null> => {
  if (logPosition === undefined) return null
  if (logPosition >= head) return 0
  const next = await log.readAll(logPosition, {}, 1)
  if (E.isLeft(next)) return null
  const [oldest] = next.right.events
  if (oldest === undefined) return 0
  // Of an app that is down, the lag grows for as long as it is silent.
  const since = msBetween(oldest.recordedAt, at) + (ageMs > silentMsMax ? ageMs : 0)
  return Math.max(0, Math.round(since))
}
