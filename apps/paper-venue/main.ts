/** The paper venue: a venue of its own, with durable orders and a socket in front, fed by the tick hub. */
import { hubTickFeed } from '#adapters/feed/client'
import { runApp } from '#apps/process/app'
import { settingsFrom } from '#apps/process/settings'
import { config } from './config.ts'
import { measureVenue } from './metrics.ts'
import { holdTerms, type Running } from './terms.ts'

runApp('paper-venue', async (app) => {
  const settings = settingsFrom(config)
  const { misbehaves } = settings
  const conduct =
    misbehaves.length === 0 ? undefined : `it misbehaves on purpose: ${misbehaves.join(', ')}`
  if (conduct !== undefined) app.logger.warn({ misbehaves }, conduct)
  let running: Running | undefined
  measureVenue(() => running, app.metrics)
  const reportMarket = (): void => {
    if (running === undefined) return
    if (feed.connected()) app.report('ready', undefined, conduct)
    else app.report('waiting', undefined, 'the tick hub is away: nothing is matched')
  }
  const feed = hubTickFeed(settings.hub, {
    onMalformed: ({ detail }) => app.logger.warn(detail),
    onConnection: reportMarket,
  })
  app.onStop(feed.close)
  const { database, paper, latencyMs, fundingRate: rate, fundingIntervalMs: intervalMs } = settings
  const funding = { rate, intervalMs }
  const show = (now: Running | undefined): void => {
    running = now
    reportMarket()
    if (now !== undefined) app.logger.info({ paper: now.socket.url }, 'taking orders')
  }
  const terms = holdTerms({ app, feed, database, paper, latencyMs, funding, misbehaves, show })
  app.onStop(() => terms)
  await terms
})
