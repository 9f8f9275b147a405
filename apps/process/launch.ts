/** The life of one app from its settings to its exit code, apart from the process it is. */
import { hostname } from 'node:os'
import type { DestinationStream, Logger } from 'pino'
import type { Clock } from '#domain/kernel/clock'
import { enveloper } from '#domain/kernel/envelop'
import type { Ids } from '#domain/kernel/ids'
import type { AppName } from '#schemas/writers'
import type { App } from './app.ts'
import { errorOf, exitCodes, usageSentence } from './failure.ts'
import { openMetrics, serveHealth } from './health.ts'
import { type Heartbeat, type Heartbeats, keepBeating } from './heartbeats.ts'
import { openLogger } from './logging.ts'
import { withoutSecrets } from './secrets.ts'
import { type Environment, ofEveryApp, settingsFrom } from './settings.ts'
import { version } from './version.ts'

/** What an app touches of its process; handed in, so that a test can stand in for it. */
export interface World {
  readonly environment: Environment
  readonly clock: Clock
  readonly ids: Ids
  readonly exit: (code: number) => void
  readonly tellSupervisor: (row: SupervisorRow) => void
  readonly complain: (sentence: string) => void
  readonly output?: DestinationStream
  readonly heartbeats?: (databaseUrl: string) => Heartbeats
}
/** A heartbeat as it goes over the IPC channel, which knows no bigint. */
export interface SupervisorRow {
  readonly state: Heartbeat['state']
  readonly logPosition?: string
  readonly detail?: string
}

export interface Running {
  readonly stop: (reason: string) => void
  readonly crash: (thrown: unknown) => void
  /** Something failed that nothing here waits for. */
  readonly shrug: (thrown: unknown) => void
}

/** Less than the 10 s after which a supervisor kills. */
const stopWithinMs = 8_000

export const launch = (name: AppName, wire: (app: App) => Promise<void>, world: World): Running => {
  const life = new Life(name, world)
  life.begin(wire).catch((thrown: unknown) => life.crash(thrown))
  return { stop: life.stop, crash: life.crash, shrug: life.shrug }
}

class Life {
  readonly #name: AppName
  readonly #world: World
  readonly #stopping = new AbortController()
  readonly #closers: (() => Promise<void>)[] = []
  #logger: Logger | undefined
  #row: Heartbeat
  #changed: (row: Heartbeat) => void = () => undefined
  #ended = false

  constructor(name: AppName, world: World) {
    this.#name = name
    this.#world = world
    this.#row = { app: name, instance: '', pid: process.pid, state: 'starting' }
  }

  readonly begin = async (wire: (app: App) => Promise<void>): Promise<void> => {
    const { environment, clock, ids, output } = this.#world
    const settings = settingsFrom(ofEveryApp, environment)
    const instance = settings.instance ?? `${hostname()}-${String(process.pid)}`
    this.#row = { ...this.#row, instance }
    const logger = openLogger(this.#name, instance, settings.logLevel, output)
    this.#logger = logger
    const current = () => this.#row
    const metrics = openMetrics(current, version())
    const health = await serveHealth(
      { host: settings.healthHost, port: settings.healthPort },
      current,
      metrics,
    )
    this.#onStop(health.close)
    logger.info({ version: version(), node: process.version, healthPort: health.port }, 'starting')
    if (settings.database !== undefined && this.#world.heartbeats !== undefined) {
      const beating = keepBeating(this.#world.heartbeats(settings.database), current, logger)
      this.#changed = beating.now
      this.#onStop(beating.close)
    }
    await wire({
      name: this.#name,
      instance,
      logger,
      clock,
      ids,
      envelop: enveloper(this.#name, ids, clock),
      metrics,
      stopping: this.#stopping.signal,
      onStop: this.#onStop,
      report: this.#report,
      current,
    })
  }

  readonly #onStop = (close: () => Promise<void>): void => {
    if (!this.#stopping.signal.aborted) this.#closers.push(close)
    // Opened while the app was already stopping: nobody else would close it.
    else close().catch((thrown: unknown) => this.#logger?.warn(errorOf(thrown), 'closing failed'))
  }

  readonly #report: App['report'] = (state, logPosition, detail) => {
    if (this.#stopping.signal.aborted) return
    this.#become(state, logPosition, detail)
  }

  readonly #become: App['report'] = (state, logPosition = this.#row.logPosition, said) => {
    const before = this.#row
    // It is shown to everybody who may ask for the state of the ledger.
    const detail = said === undefined ? undefined : withoutSecrets(said)
    const { app, instance, pid } = before
    this.#row = {
      app,
      instance,
      pid,
      state,
      ...(logPosition === undefined ? {} : { logPosition }),
      ...(detail === undefined ? {} : { detail }),
    }
    if (before.state === state && before.detail === detail) return
    const row = {
      state,
      ...(logPosition === undefined ? {} : { logPosition: logPosition.toString() }),
      ...(detail === undefined ? {} : { detail }),
    }
    this.#logger?.info(row, state)
    this.#world.tellSupervisor(row)
    this.#changed(this.#row)
  }

  readonly stop = (reason: string): void => {
    // Asked twice: whoever asks is in a hurry.
    if (this.#stopping.signal.aborted) return this.#exit(exitCodes.failed)
    this.#become('stopping', undefined, reason)
    this.#stopping.abort()
    const late = setTimeout(() => {
      this.#logger?.error(`not closed within ${String(stopWithinMs)} ms: giving up`)
      this.#exit(exitCodes.failed)
    }, stopWithinMs)
    this.#close()
      .then((clean) => this.#exit(clean ? exitCodes.done : exitCodes.failed))
      .catch(this.crash)
      .finally(() => clearTimeout(late))
  }

  /** One after the other: what was opened later may need what was opened before. */
  readonly #close = async (): Promise<boolean> => {
    let clean = true
    for (const close of this.#closers.toReversed()) {
      try {
        await close()
      } catch (thrown) {
        clean = false
        this.#logger?.error(errorOf(thrown), 'closing failed')
      }
    }
    return clean
  }

  readonly shrug = (thrown: unknown): void => {
    this.#logger?.warn(errorOf(thrown), 'failed, and nothing waits for it')
  }

  /** A defect ends the process at once; what is true is on the log, and the next process starts from there. */
  readonly crash = (thrown: unknown): void => {
    const sentence = usageSentence(thrown)
    // What is half opened when the app is told to stop may well fail.
    if (this.#stopping.signal.aborted && sentence === undefined) {
      this.#logger?.warn(errorOf(thrown), 'failed while stopping')
      return
    }
    if (sentence === undefined) this.#logger?.fatal(errorOf(thrown), 'defect: the app ends itself')
    this.#world.complain(
      withoutSecrets(sentence ?? `ends itself after a defect: ${errorOf(thrown).message}`),
    )
    this.#exit(sentence === undefined ? exitCodes.failed : exitCodes.usedWrongly)
  }

  readonly #exit = (code: number): void => {
    if (this.#ended) return
    this.#ended = true
    this.#world.exit(code)
  }
}
