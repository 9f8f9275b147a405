/** The gateway: sends what was approved, once, and brings the log up to what the venue says. */
import { paperVenue } from '#adapters/paper/venue'
import { sha256 } from '#adapters/system/hash'
import { runApp } from '#apps/process/app'
import { openEventLog } from '#apps/process/event-log'
import { settingsFrom } from '#apps/process/settings'
import { config } from './config.ts'
import { measuredVenue } from './measured-venue.ts'
import { runGateway } from './run-gateway.ts'

runApp('gateway', async (app) => {
  const settings = settingsFrom(config)
  const log = openEventLog(settings.log, 'gateway', app)
  app.onStop(log.close)
  const venue = paperVenue({
    url: settings.paper,
    clock: app.clock,
    hash: sha256,
    onMalformed: (frame) => app.logger.warn(frame, 'the venue was not understood'),
  })
  app.onStop(venue.close)
  await runGateway(app, { log, venue: measuredVenue(venue, app.metrics, app.clock) })
})
