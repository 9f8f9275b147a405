/** The gateway as it is, but it stops itself (SIGSTOP) once, between its first submission and the wire. Only for tests. */
import * as t from 'io-ts'
import { paperVenue } from '#adapters/paper/venue'
import { sha256 } from '#adapters/system/hash'
import { config } from '#apps/gateway/config'
import { runGateway } from '#apps/gateway/run-gateway'
import { runApp } from '#apps/process/app'
import { openEventLog } from '#apps/process/event-log'
import { required, settingsFrom } from '#apps/process/settings'
import type { EventLog } from '#domain/kernel/event-log'

const Pause = t.keyof({ beforeAcknowledged: null, beforeSend: null })
const pauseSetting = required('DAYBOOK_TEST_PAUSE', Pause, 'beforeAcknowledged or beforeSend')

let paused = false
/** Whoever sends SIGCONT lets it go on from here. */
const pauseOnce = (): void => {
  if (paused) return
  paused = true
  process.kill(process.pid, 'SIGSTOP')
}

runApp('gateway', async (app) => {
  const settings = settingsFrom({ ...config, pause: pauseSetting })
  const opened = openEventLog(settings.log, 'gateway')
  app.onStop(opened.close)
  /** The log has it, and the gateway has not been told. */
  const log: EventLog = {
    ...opened,
    append: async (stream, expected, events) => {
      const appended = await opened.append(stream, expected, events)
      const isSubmission = events.some(({ event }) => event.type === 'OrderSubmissionStarted')
      if (isSubmission && settings.pause === 'beforeAcknowledged') pauseOnce()
      return appended
    },
  }
  const venue = paperVenue({ url: settings.paper, clock: app.clock, hash: sha256 })
  app.onStop(venue.close)
  await runGateway(app, {
    log,
    venue,
    beforeSend: async () => {
      if (settings.pause === 'beforeSend') pauseOnce()
    },
  })
})
