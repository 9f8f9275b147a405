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
