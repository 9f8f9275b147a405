/** A whole api over a log in memory, and the words to speak with it and to play guard, gateway and market. */
import { createHash } from 'node:crypto'
import * as E from 'fp-ts/lib/Either.js'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { memoryEventLog } from '#adapters/memory/event-log'
import { systemClock } from '#adapters/system/clock'
import { sha256 } from '#adapters/system/hash'
import { newApiKey } from '#adapters/system/keys'
import { systemIds } from '#adapters/system/ids'
import { presentedKey } from '#adapters/http/bearer'
import { type RateSettings, ratesOf } from '#adapters/http/pacing'
import { defaultLimits } from '#apps/api/fresh-ledger'
import type { Furniture } from '#apps/api/furnish'
import { openApi } from '#apps/api/open'
import type { HeartbeatRow } from '#apps/api/status'
import type { StreamSettings } from '#apps/api/stream'
import type { TickViews } from '#apps/api/ticks-views'
import type { Views } from '#apps/api/views'
import { memoryTickViews } from '#apps/api/testing/ticks'
import { memoryViews } from '#apps/api/testing/views'
import type { App } from '#apps/process/app'
import type { Clock } from '#domain/kernel/clock'
import { enveloper } from '#domain/kernel/envelop'
import type { EventLog } from '#domain/kernel/event-log'
import type { RecordedEvent } from '#schemas/envelope'
import type { LedgerEvent } from '#schemas/events/ledger'
import type { HubFrame } from '#schemas/market/tick'
import { accessStream, type StreamName } from '#schemas/streams'
import type { PersonId, VenueId } from '#schemas/values/ids'
import type { Role } from '#schemas/values/trading'
import type { AppName } from '#schemas/writers'

const paper = 'paper' as VenueId

/** A key that is the same in every run for the same name. */
export const keyNamed = (name: string): string => {
  const hash = createHash('sha256').update(name)
  const id = hash.copy().digest('hex').slice(0, 8)
  return `dbk_${id}_${hash.digest('base64url')}`
}
export const ownersKey = keyNamed('owner')

const presented = (key: string) => {
  const found = presentedKey(key)
  if (found === undefined) throw new Error(`${key} is no key`)
  return found
}

const allReady: readonly HeartbeatRow[] = (
  ['api', 'risk-guard', 'gateway', 'projector', 'market-data', 'paper-venue'] as const
).map((app) => ({ app, instance: 'local', pid: 1, state: 'ready', ageMs: 10 }))

/** Tests ask as fast as they can. */
const unhurried: RateSettings = {
  ...ratesOf(0),
  wrongKeys: { perSecond: 1_000_000, burst: 1_000_000 },
}

export interface LedgerSettings {
  readonly log?: EventLog
  readonly clock?: Clock
  readonly furniture?: Furniture
  readonly venue?: string
  readonly key?: string
  readonly views?: (views: Views) => Views
  readonly heartbeats?: () => readonly HeartbeatRow[]
  readonly logLines?: string[]
  readonly rates?: RateSettings
  readonly origins?: readonly string[]
  readonly stream?: Partial<StreamSettings>
  readonly tickViews?: TickViews
}

export interface Sent {
  readonly method?: 'GET' | 'POST' | 'DELETE' | 'PUT' | 'PATCH' | 'HEAD' | 'OPTIONS'
  readonly key?: string | undefined
  readonly headers?: Readonly<Record<string, string>>
  /** A text is sent as it is. */
  readonly body?: unknown
}
export interface Told {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly text: string
  readonly body: Readonly<Record<string, unknown>>
}

export const openLedger = async (settings: LedgerSettings = {}) => {
  const log = settings.log ?? memoryEventLog()
  const clock = settings.clock ?? systemClock
  const { app, stop, states } = appInTest(clock, settings.logLines)
  const views = memoryViews(log)
  const listeners = new Set<(frame: HubFrame) => void>()
  const api = openApi({
    app,
    log,
    views: settings.views === undefined ? views : settings.views(views),
    tickViews: settings.tickViews ?? memoryTickViews(),
    ticks: {
      listen: (hear) => {
        listeners.add(hear)
        return () => listeners.delete(hear)
      },
    },
    heartbeats: async () => E.right(settings.heartbeats?.() ?? allReady),
    hash: sha256,
    newApiKey,
    venue: (settings.venue ?? paper) as VenueId,
    version: '0.0.0',
    host: '127.0.0.1',
    port: 0,
    stream: settings.stream ?? {},
    rates: settings.rates ?? unhurried,
    origins: settings.origins ?? [],
    firstRun: {
      furniture: settings.furniture ?? 'whole',
      key: presented(settings.key ?? ownersKey),
      limits: async () => defaultLimits,
    },
  })
  const running = api.run()
  return {
    ...speaking(api.http.inject, settings.key ?? ownersKey),
    ...playing(log, clock),
    log,
    states,
    knowledge: api.knowledge,
    routes: api.routes,
    hear: (frame: HubFrame) => {
      for (const hear of listeners) hear(frame)
    },
    /** Until this process has folded everything that is on the log. */
    caughtUp: async () => {
      const head = await log.head()
      if (E.isLeft(head)) throw new Error(head.left.detail)
      if (!(await api.knowledge.progress.reached(head.right, 5_000))) throw new Error('not reached')
    },
    close: async () => {
      await stop()
      await running
    },
  }
}
export type Ledger = Awaited<ReturnType<typeof openLedger>>

const appInTest = (clock: Clock, logLines: string[] | undefined) => {
  const stopping = new AbortController()
  const closers: (() => Promise<void>)[] = []
  const states: string[] = []
  let current: ReturnType<App['current']> = {
    app: 'api',
    instance: 'test',
    pid: 1,
    state: 'starting',
  }
  const app: App = {
    name: 'api',
    instance: 'test',
    logger: pino(
      { level: logLines === undefined ? 'silent' : 'trace' },
      { write: (line: string) => logLines?.push(line) },
    ),
    clock,
    ids: systemIds,
    envelop: enveloper('api', systemIds, clock),
    metrics: new Registry(),
    stopping: stopping.signal,
    onStop: (close) => closers.push(close),
    report: (state, logPosition, detail) => {
      current = {
        ...current,
        state,
        ...(logPosition === undefined ? {} : { logPosition }),
        ...(detail === undefined ? {} : { detail }),
      }
      if (states.at(-1) !== state) states.push(state)
    },
    current: () => current,
  }
  const stop = async (): Promise<void> => {
    stopping.abort()
    for (const close of closers.toReversed()) await close()
  }
  return { app, stop, states }
}

type Inject = ReturnType<typeof openApi>['http']['inject']

const speaking = (inject: Inject, key: string) => {
  const send = async (path: string, sent: Sent = {}): Promise<Told> => {
    const bearer = 'key' in sent ? sent.key : key
    const { body } = sent
    const response = await inject({
      method: sent.method ?? 'GET',
      url: path,
      headers: {
        ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...sent.headers,
      },
      ...(body === undefined
        ? {}
        : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const isJson = String(response.headers['content-type']).includes('json')
    return {
      status: response.statusCode,
      headers: response.headers,
      text: response.body,
      body:
        isJson && response.body !== '' ? response.json<Readonly<Record<string, unknown>>>() : {},
    }
  }
  const post = (path: string, body: unknown, idempotencyKey: string, sent: Sent = {}) =>
    send(path, {
      method: 'POST',
      body,
      ...sent,
      headers: { 'idempotency-key': idempotencyKey, ...sent.headers },
    })
  const place = (body: unknown, idempotencyKey: string, sent: Sent = {}) =>
    post('/v1/orders', body, idempotencyKey, sent)
  return { send, post, place }
}

/** Writes what the other apps would write. */
const playing = (log: EventLog, clock: Clock) => {
  const write = async (
    app: AppName,
    stream: StreamName,
    ...events: readonly LedgerEvent[]
  ): Promise<readonly RecordedEvent[]> => {
    const there = await log.read(stream, -1n)
    if (E.isLeft(there)) throw new Error(there.left.detail)
    const envelop = enveloper(app, systemIds, clock)
    const [first, ...rest] = events.map((event) =>
      envelop(event, { correlationId: systemIds.correlationId() }),
    )
    if (first === undefined) return []
    const last = there.right.at(-1)?.revision
    const appended = await log.append(stream, last ?? 'noStream', [first, ...rest])
    if (E.isLeft(appended)) throw new Error(JSON.stringify(appended.left, String))
    const now = await log.read(stream, last ?? -1n)
    if (E.isLeft(now)) throw new Error(now.left.detail)
    return now.right
  }
  const events = async (): Promise<readonly RecordedEvent[]> => {
    const page = await log.readAll(0n, {}, 1_000_000)
    if (E.isLeft(page)) throw new Error(page.left.detail)
    return page.right.events
  }
  const issueKey = async (person: string, ...roles: readonly Role[]): Promise<string> => {
    const key = keyNamed(`${person} ${roles.join(' ')}`)
    const { keyId, secretHash } = presented(key)
    const id = person as PersonId
    await write('api', accessStream(id), {
      type: 'ApiKeyIssued',
      person: id,
      keyId,
      roles,
      secretHash,
    })
    return key
  }
  return { write, events, issueKey }
}
