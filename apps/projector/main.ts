/** Folds the whole log into the read models, and keeps them level with it. */
import { openReadModelStore } from '#adapters/postgres/read-model-store'
import { sha256 } from '#adapters/system/hash'
import { runApp } from '#apps/process/app'
import { openEventLog } from '#apps/process/event-log'
import { settingsFrom } from '#apps/process/settings'
import { allReadModels } from '#projections/all'
import { config } from './config.ts'
import { project } from './loop.ts'
import { measureProjection } from './metrics.ts'

runApp('projector', async (app) => {
  const settings = settingsFrom(config)
  const log = openEventLog(settings.log, 'projector', app)
  app.onStop(log.close)
  const database = { url: settings.database, app: 'projector' } as const
  const store = openReadModelStore(database, allReadModels(sha256))
  app.onStop(store.close)
  const projecting = project(app, log, store, measureProjection(app.metrics))
  app.onStop(() => projecting)
  await projecting
})
