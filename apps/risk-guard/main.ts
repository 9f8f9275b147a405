/** Decides every order against its book's limits; nothing is sent without its word. */
import { hubTickFeed } from '#adapters/feed/client'
import { runApp } from '#apps/process/app'
import { openEventLog } from '#apps/process/event-log'
import { backOffMs, pause } from '#apps/process/back-off'
import { follow } from '#apps/process/follow'
import { settingsFrom } from '#apps/process/settings'
import { marksFold } from '#domain/market/marks'
import { config } from './config.ts'
import { guardFilter, riskGuard } from './guard.ts'
import { hearMarket } from './market.ts'
import { guardMetrics } from './metrics.ts'

/** Longer than a hub takes to answer; without a market nothing that increases is approved anyway. */
const hearWithinMs = 1_500
const retryMsMin = 20
const retryMsMax = 1_000

runApp('risk-guard', async (app) => {
  const { log: url, hub } = settingsFrom(config)
  const { logger, stopping, envelop, clock, metrics } = app
  const log = openEventLog(url, 'risk-guard', app)
  app.onStop(log.close)
  const feed = hubTickFeed(hub, {
    onMalformed: (frame) => logger.warn(frame, 'a tick could not be understood'),
    onConnection: (state) => logger.info({ hub: state }, 'tick hub'),
  })
  app.onStop(feed.close)
  const marks = marksFold()
  await hearMarket(feed, marks, hearWithinMs, stopping)

  const guard = riskGuard({
    log,
    logger,
    stopping,
    envelop,
    marks,
    now: clock.now,
    backOff: (attempt) => pause(backOffMs(attempt, retryMsMin, retryMsMax), stopping),
    unreachable: (detail) => app.report('waiting', undefined, detail),
    ...guardMetrics(metrics),
  })
  await follow(app, log, { after: 0n, filter: guardFilter, onPage: guard.onPage })
})
