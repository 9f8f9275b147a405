import { expect, test } from 'vitest'
import { Progress } from './progress.ts'

test('says who is not ready and what for, each reason once', () => {
  const progress = new Progress(
    () => undefined,
    () => undefined,
  )
  for (const app of ['postgres', 'api', 'gateway', 'projector'])
    progress.started(app, app === 'postgres')
  const away = { state: 'waiting', detail: 'the event log is unreachable: nobody there' }
  progress.hear('api', away)
  progress.hear('projector', away)
  expect(progress.missing()).toBe(
    'api and projector (the event log is unreachable: nobody there), gateway (starting)',
  )
  for (const app of ['api', 'gateway', 'projector']) progress.hear(app, { state: 'ready' })
  expect(progress.missing()).toBe('')
})

test('tells of a log that goes away and comes back, once for all apps, and not before all was well', () => {
  const said: string[] = []
  const progress = new Progress(
    (sentence) => void said.push(sentence),
    () => undefined,
  )
  const away = { state: 'waiting', detail: 'the event log is unreachable: nobody there' }
  const apps = ['api', 'gateway', 'projector']
  for (const app of apps) progress.started(app, false)
  progress.hear('api', away)
  for (const app of apps) progress.hear(app, { state: 'ready' })
  expect(said).toStrictEqual([])
  for (const app of apps) progress.hear(app, away)
  progress.hear('api', { ...away, detail: 'the event log is unreachable: refused' })
  const first =
    'api waits: the event log is unreachable: nobody there. It is tried again by itself.'
  expect(said).toStrictEqual([first])
  for (const app of apps) progress.hear(app, { state: 'replaying' })
  expect(said).toStrictEqual([first, 'No app waits any more because the event log is unreachable.'])
  progress.hear('gateway', { state: 'waiting', detail: 'paper is not connected' })
  expect(said.length).toBe(2)
})
