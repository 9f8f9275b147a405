/** Decides every order against its book's limits; nothing is sent without its word. */
import { hubTickFeed } from '#adapters/feed/client'
import { openSnapshots } from '#adapters/postgres/snapshots'
import { sha256 } from '#adapters/system/hash'
import { zoneOffset } from '#adapters/system/zones'
import { runApp } from '#apps/process/app'
import { openEventLog } from '#apps/process/event-log'
import { settingsFrom } from '#apps/process/settings'
import { plausibleMarks } from '#domain/market/plausible'
import { sessionsBy } from '#domain/market/sessions'
import { config } from './config.ts'
import { hearMarket } from './market.ts'
import { runGuard } from './running.ts'
import { watchBy } from './watching.ts'

/** Longer than a hub takes to answer; without a market nothing that increases is approved anyway. */
const hearWithinMs = 1_500

runApp('risk-guard', async (app) => {
  const { log: url, hub, database, shard, snapshotEvents } = settingsFrom(config)
  const { logger, stopping } = app
  const log = openEventLog(url, 'risk-guard', app)
  app.onStop(log.close)
  const feed = hubTickFeed(hub, {
    onMalformed: (frame) => logger.warn(frame, 'a tick could not be understood'),
    onConnection: (state) => logger.info({ hub: state }, 'tick hub'),
  })
  app.onStop(feed.close)
  const marks = plausibleMarks()
  const heard = hearMarket(feed, marks, hearWithinMs, stopping)
  const store =
    database === undefined ? undefined : openSnapshots({ url: database, app: 'risk-guard' })
  if (store !== undefined) app.onStop(store.close)
  await runGuard(app, {
    log,
    store,
    snapshotEvents,
    shard,
    market: {
      marks,
      heard,
      sessionAt: sessionsBy(zoneOffset),
      watch: watchBy(zoneOffset, sha256, app.ids),
    },
  })
})
