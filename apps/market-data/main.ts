/** Tells everybody what the market does: one source of ticks, and the hub that they are heard from. */
import * as E from 'fp-ts/lib/Either.js'
import { openTickHub } from '#adapters/feed/server'
import { runApp } from '#apps/process/app'
import { UsageError } from '#apps/process/failure'
import { settingsFrom } from '#apps/process/settings'
import { config } from './config.ts'
import { openDiary } from './diary.ts'
import { measureHub } from './metrics.ts'
import { openSource } from './open.ts'
import { standingOf } from './standing.ts'
import { openStoring } from './storing-open.ts'
import { tellAll } from './telling.ts'

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
  const diary = openDiary({ source: source.kind, ...app })
  const { trouble, ...witnesses } = openStoring(settings, name, app)
  const standing = standingOf(app, trouble)
  const telling = Promise.all([
    tellAll(source, hub.right, { diary, ...witnesses }, standing.app),
    standing.watch(),
  ])
  app.onStop(async () => void (await telling))
  await telling
})
