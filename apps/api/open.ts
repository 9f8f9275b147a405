/** Joins everything that the api is made of, whatever log, read models and market it is given. */
import {
  guarded,
  pacing,
  type RateSettings,
  ratesOf,
  requestsPerSecond,
} from '#adapters/http/pacing'
import type { Route } from '#adapters/http/route'
import { type HttpServer, httpServer } from '#adapters/http/server'
import type { App } from '#apps/process/app'
import type { EventLog } from '#domain/kernel/event-log'
import type { Hash } from '#domain/kernel/ids'
import type { TickFeed } from '#domain/kernel/tick-feed'
import type { VenueId } from '#schemas/values/ids'
import { type AppName, apps } from '#schemas/writers'
import { admission } from './admission.ts'
import type { FurnishSettings } from './furnish.ts'
import { type Knowledge, knowledge } from './knowledge.ts'
import { measureLedger } from './metrics.ts'
import { observing } from './observing.ts'
import { readiness } from './readiness.ts'
import { type Health, routesOf } from './routes.ts'
import { serve } from './serving.ts'
import type { ReadHeartbeats } from './status.ts'
import { openStream, streamDefaults, type StreamSettings } from './stream.ts'
import type { TickViews } from './ticks-views.ts'
import type { Views } from './views.ts'

export interface Opening {
  readonly app: App
  readonly log: EventLog
  readonly views: Views
  readonly tickViews: TickViews
  readonly ticks: Pick<TickFeed, 'listen'>
  readonly heartbeats: ReadHeartbeats
  readonly hash: Hash
  readonly newApiKey: () => string
  readonly venue: VenueId
  readonly version: string
  readonly host: string
  readonly port: number
  readonly firstRun: FurnishSettings
  /** How fast a key may ask; absent: as is usual. */
  readonly rates?: RateSettings
  /** Of pages that may ask and listen from elsewhere; absent: none. */
  readonly origins?: readonly string[]
  readonly stream?: Partial<StreamSettings>
}
export interface Api {
  readonly http: HttpServer
  readonly routes: readonly Route[]
  readonly knowledge: Knowledge
  /** Stays until the app stops. */
  readonly run: () => Promise<void>
}

export const openApi = (opening: Opening): Api => {
  const { app, ticks, heartbeats, venue } = opening
  const known = knowledge()
  const routes = routesOf({
    ...opening,
    ...app,
    knowledge: known,
    health: healthOf(app),
    expected: expectedFor(venue),
  })
  const { rates = ratesOf(requestsPerSecond), origins = [] } = opening
  const { monotonicMs } = app.clock
  const admitted = admission(known, () => app.current().detail)
  const admit = guarded(admitted, rates.wrongKeys, monotonicMs)
  const stream = openStream(
    { ...opening, ...app, admit, directory: known.directory },
    { ...streamDefaults, origins, ...opening.stream },
  )
  measureLedger(known, app.clock, app.metrics)
  const http = httpServer({
    routes,
    admit,
    paceOf: pacing(rates, monotonicMs),
    origins,
    sockets: stream.sockets,
    requestId: app.ids.correlationId,
    observe: observing(app.metrics, app.logger),
    stopping: app.stopping,
  })
  const missing = readiness({
    ...known,
    heartbeats,
    clock: app.clock,
    venue,
  })
  return {
    http,
    routes,
    knowledge: known,
    run: async () => {
      const deafen = ticks.listen(known.hearMarket)
      app.onStop(async () => deafen())
      await serve({ ...opening, knowledge: known, stream, http, missing })
    },
  }
}

const expectedFor = (venue: VenueId): readonly AppName[] =>
  apps.filter((name) => name !== 'cli' && (name !== 'paper-venue' || venue === 'paper'))

const healthOf = ({ current, metrics }: Pick<App, 'current' | 'metrics'>): Health => {
  const body = () => {
    const { app, state, detail, logPosition } = current()
    return { app, state, detail: detail ?? null, logPosition: logPosition?.toString() ?? null }
  }
  return {
    alive: body,
    ready: () => ({ isReady: current().state === 'ready', body: body() }),
    metrics: async () => ({ type: metrics.contentType, text: await metrics.metrics() }),
  }
}
