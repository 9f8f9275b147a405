/** GET /v1/stream: the log as WebSocket frames, from any position on, to a thousand clients at their own pace. */
import * as E from 'fp-ts/lib/Either.js'
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import { jsonFrame } from '#adapters/http/socket'
import type { SocketSettings } from '#adapters/http/upgrade'
import type { Clock } from '#domain/kernel/clock'
import type { EventLog, LogPage } from '#domain/kernel/event-log'
import { formatInstant } from '#schemas/values/instant'
import { openArchive } from './stream-archive.ts'
import { sharedBatches } from './stream-batches.ts'
import { Live } from './stream-live.ts'
import { measureStream } from './stream-metrics.ts'
import type { OpeningMeans } from './stream-opening.ts'
import { Session, type SessionMeans } from './stream-session.ts'
import { sweeper } from './stream-sweep.ts'

export const streamPath = '/v1/stream'

export interface StreamSettings {
  /** Of this process; whoever comes beyond these is turned away. */
  readonly clientsMax: number
  /** Of pages that may listen, beside this server's own. */
  readonly origins: readonly string[]
  readonly heartbeatMs: number
  readonly silentMsMax: number
  readonly keyMsMax: number
  /** What is kept of the newest frames, for whoever has fallen a little behind. */
  readonly newestBytesMax: number
  /** Of open orders that are kept as they are now, about a kilobyte each; others are read when they are needed. */
  readonly ordersMax: number
  /** Read at once for a client that has missed them. */
  readonly pageEvents: number
  /** So long after the last client has left frames are still made, for one that was cut off comes back. */
  readonly lingerMs: number
}
export const streamDefaults: StreamSettings = {
  clientsMax: 1_000,
  origins: [],
  heartbeatMs: 15_000,
  silentMsMax: 45_000,
  keyMsMax: 5_000,
  newestBytesMax: 8 * 2 ** 20,
  ordersMax: 8_192,
  pageEvents: 64,
  lingerMs: 60_000,
}

export interface StreamMeans extends Pick<OpeningMeans, 'admit' | 'directory'> {
  readonly log: EventLog
  readonly clock: Clock
  readonly logger: Pick<Logger, 'debug' | 'error'>
  readonly metrics: Registry
}
export interface Stream {
  readonly sockets: SocketSettings
  /** The log is told from here on; before, everybody is asked to come back. */
  readonly start: (position: bigint) => void
  readonly hear: (page: LogPage) => void
}

export const openStream = (means: StreamMeans, settings: StreamSettings): Stream => {
  const { log, clock } = means
  const { clientsMax, heartbeatMs, origins, ordersMax, pageEvents, lingerMs } = settings
  const sessions = new Set<Session>()
  let started = false
  let lastLeftMs = Number.NEGATIVE_INFINITY
  const archive = openArchive({ log, pageEvents, ordersMax: Math.ceil(ordersMax / 4), defect })
  const batches = sharedBatches()
  const sweep = sweeper(sessions, (session) => session.goOn(), batches.clear)
  const live = new Live({
    log,
    isWanted: () => sessions.size > 0 || clock.monotonicMs() - lastLeftMs < lingerMs,
    grown: sweep.now,
    bytesMax: settings.newestBytesMax,
    ordersMax,
    defect,
  })
  const clients = () => statesOf(sessions)
  const figures = measureStream({ clients, archive: archive.stats }, means.metrics)
  const beating = beatingEvery(heartbeatMs, clock, sessions)
  const sessionMeans: Omit<SessionMeans, 'enter'> = {
    ...settings,
    opening: { ...means, heard: live.heard, origins },
    sources: { live, archive, batches, sent: figures.sent, defect },
    hasStarted: () => started,
    logger: means.logger,
    gone: (session, how) => {
      sessions.delete(session)
      lastLeftMs = clock.monotonicMs()
      figures.closed(how)
    },
  }
  return {
    sockets: {
      path: streamPath,
      clientsMax,
      knows: ({ authorization, address }) =>
        authorization !== undefined && E.isRight(means.admit(authorization, address)),
      connected: (socket, asked, enter) => {
        const session = new Session({ ...sessionMeans, enter }, socket, asked)
        sessions.add(session)
        session.begin()
        return session.events
      },
      close: async () => {
        clearInterval(beating)
        for (const session of sessions) session.end(1001, 'the process stops')
      },
    },
    start: (position) => {
      live.start(position)
      started = true
    },
    hear: (page) => {
      endRevoked(sessions, page)
      live.hear(page)
    },
  }
}

const beatingEvery = (
  heartbeatMs: number,
  clock: Pick<Clock, 'now'>,
  sessions: Iterable<Session>,
): ReturnType<typeof setInterval> => {
  const beat = (): void => {
    const heartbeat = jsonFrame({ type: 'heartbeat', at: formatInstant(clock.now()) })
    for (const session of sessions) session.beat(heartbeat)
  }
  return setInterval(beat, heartbeatMs).unref()
}

/** A key that opens nothing any more keeps nothing open either. */
const endRevoked = (sessions: Iterable<Session>, { events }: LogPage): void => {
  for (const { event } of events) {
    if (event.type !== 'ApiKeyRevoked') continue
    const { keyId } = event
    for (const session of sessions) {
      if (session.holds(keyId)) session.refuse({ _tag: 'KeyRevoked', keyId })
    }
  }
}

const statesOf = (sessions: ReadonlySet<Session>) => {
  const counts = { opening: 0, live: 0, behind: 0 }
  for (const session of sessions) counts[session.state()] += 1
  return counts
}

/** It ends the process, as any defect does, though nobody waits for the answer. */
const defect = (thrown: unknown): void => {
  setImmediate(() => {
    throw thrown
  })
}
