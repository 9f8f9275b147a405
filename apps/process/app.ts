/** The frame around every app: settings, logger, health, heartbeats, a clean stop and a loud crash. */
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import { isStray } from '#adapters/eventstoredb/stray'
import { openHeartbeats } from '#adapters/postgres/heartbeats'
import { systemClock } from '#adapters/system/clock'
import { systemIds } from '#adapters/system/ids'
import type { Clock } from '#domain/kernel/clock'
import type { Envelop } from '#domain/kernel/envelop'
import type { Ids } from '#domain/kernel/ids'
import type { AppName } from '#schemas/writers'
import { keepHeapSmall } from './heap.ts'
import type { AppState, Heartbeat } from './heartbeats.ts'
import { launch } from './launch.ts'

export type { AppState } from './heartbeats.ts'

export interface App {
  readonly name: AppName
  /** Tells apart the processes that run this app; the same after a restart where the supervisor names it. */
  readonly instance: string
  readonly logger: Logger
  readonly clock: Clock
  readonly ids: Ids
  readonly envelop: Envelop
  readonly metrics: Registry
  /** Aborted once the app has been told to stop: begin nothing new. */
  readonly stopping: AbortSignal
  /** What must be closed at the end; the last one opened is closed first. */
  readonly onStop: (close: () => Promise<void>) => void
  /** Where the app stands, for /readyz, /healthz, ops.heartbeats and the supervisor. */
  readonly report: (state: AppState, logPosition?: bigint, detail?: string) => void
  /** What was last reported. */
  readonly current: () => Heartbeat
}

/** Runs one app as this process. `wire` may return when everything is started, or stay for as long as it runs. */
export const runApp = (name: AppName, wire: (app: App) => Promise<void>): void => {
  keepHeapSmall()
  const running = launch(name, wire, {
    environment: process.env,
    clock: systemClock,
    ids: systemIds,
    exit: (code) => process.exit(code),
    tellSupervisor: (row) => {
      // A supervisor that has just died is noticed by 'disconnect', not here.
      if (process.connected) process.send?.(row, () => undefined)
    },
    heartbeats: (url) => openHeartbeats({ url, app: name }),
    complain: (sentence) => process.stderr.write(`daybook ${name}: ${sentence}\n`),
  })
  process.on('uncaughtException', running.crash)
  process.on('unhandledRejection', (thrown) => {
    if (isStray(thrown)) running.shrug(thrown)
    else running.crash(thrown)
  })
  process.on('SIGTERM', () => running.stop('SIGTERM'))
  process.on('SIGINT', () => running.stop('SIGINT'))
  // The IPC channel closes with the supervisor, however it died.
  process.on('disconnect', () => running.stop('the supervisor is gone'))
}
