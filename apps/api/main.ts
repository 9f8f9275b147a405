/** Takes what people and programs ask for, and answers what the ledger knows. */
import { hubTickFeed } from '#adapters/feed/client'
import { ratesOf } from '#adapters/http/pacing'
import { openHeartbeats } from '#adapters/postgres/heartbeats'
import { openReadModels } from '#adapters/postgres/read-models'
import { openTickReader } from '#adapters/postgres/ticks-read'
import { sha256 } from '#adapters/system/hash'
import { newApiKey } from '#adapters/system/keys'
import { runApp } from '#apps/process/app'
import { openEventLog } from '#apps/process/event-log'
import { settingsFrom } from '#apps/process/settings'
import { version } from '#apps/process/version'
import { config } from './config.ts'
import { limitsFrom } from './limits-file.ts'
import { openApi } from './open.ts'
import { readViews } from './read-views.ts'
import { heartbeatsFrom } from './status.ts'

runApp('api', async (app) => {
  const settings = settingsFrom(config)
  const log = openEventLog(settings.log, 'api', app)
  app.onStop(log.close)
  const models = openReadModels(settings.database, 'api')
  app.onStop(models.close)
  const tickViews = openTickReader(settings.database)
  app.onStop(tickViews.close)
  const heartbeats = openHeartbeats({ url: settings.database, app: 'api' })
  app.onStop(heartbeats.close)
  const ticks = hubTickFeed(settings.hub, {
    onMalformed: (frame) => app.logger.warn(frame, 'a tick could not be understood'),
  })
  app.onStop(ticks.close)
  const { venue, host, port, key, isEmpty, limits, streamClients, rate, cors } = settings
  const api = openApi({
    app,
    log,
    views: readViews(models),
    tickViews,
    ticks,
    heartbeats: heartbeatsFrom(heartbeats.all),
    hash: sha256,
    newApiKey,
    venue,
    version: version(),
    host,
    port,
    rates: ratesOf(rate),
    origins: cors,
    stream: { clientsMax: streamClients },
    firstRun: {
      furniture: venue === 'paper' && !isEmpty ? 'whole' : 'bare',
      key,
      limits: () => limitsFrom(limits),
    },
  })
  await api.run()
})
