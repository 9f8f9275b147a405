/** Tells everybody what the market does: one source of ticks, and the hub that they are heard from. */
import * as E from 'fp-ts/lib/Either.js'
import { openTickHub, type TickHub } from '#adapters/feed/server'
import { type App, runApp } from '#apps/process/app'
import { UsageError } from '#apps/process/failure'
import { settingsFrom } from '#apps/process/settings'
import { config } from './config.ts'
import { measureHub } from './metrics.ts'
import { openSource } from './open.ts'
import type { MarketSource } from './source.ts'

/** How long a source that goes as fast as it is heard waits for a slow listener, and for a first one. */
const heardMsMax = 250

runApp('market-data', async (app) => {
  const settings = settingsFrom(config)
  const opened = await openSource(settings, app)
  if (E.isLeft(opened)) throw new UsageError(opened.left)
  const source = opened.right
  const { name, symbols } = source
  const hub = await openTickHub({ url: settings.hub, welcome: { source: name, symbols } })
  if (E.isLeft(hub)) throw new UsageError(`${hub.left.url}: ${hub.left.detail}`)
  app.onStop(hub.right.close)
  measureHub(hub.right, app.metrics)
  app.logger.info({ source: name, symbols, hub: hub.right.url }, 'telling ticks')
  app.report('ready')
  const telling = tellAll(source, hub.right, app)
  app.onStop(() => telling)
  await telling
})

const tellAll = async (source: MarketSource, hub: TickHub, app: App): Promise<void> => {
  const finished = await source.run({
    tick: hub.publish,
    heard: () => hub.drained(heardMsMax),
  })
  if (finished.kind === 'stopped') return
  if (finished.kind === 'failed') app.logger.error(finished.detail)
  hub.publish({ type: 'ended', source: source.name })
  const detail = finished.kind === 'failed' ? finished.detail : `${source.name} has ended`
  app.report('ready', undefined, detail)
}
