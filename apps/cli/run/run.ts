/** `daybook run`: the whole ledger on this machine, each app a child process, until it is told to stop. */
import { pause } from '#apps/process/back-off'
import { exitCodes, UsageError } from '#apps/process/failure'
import { version } from '#apps/process/version'
import { startChild } from './child.ts'
import {
  type DataFolder,
  dataFolder,
  firstKey,
  formatVersion,
  type LedgerFile,
  logFileOf,
  prepareFolder,
  type ProcessMark,
  readLedgerFile,
  writeLedgerFile,
} from './data-folder.ts'
import { type Database, openDatabase, postgresName } from './database.ts'
import {
  type ChildName,
  environmentOf,
  type Places,
  type RunSettings,
  stopOrder,
} from './environment.ts'
import { clearLeftovers } from './leftovers.ts'
import { ask } from './http.ts'
import { unknownKeyWords } from './known-key.ts'
import { lock, markOf } from './lock.ts'
import { freePorts, requirePort } from './ports.ts'
import { Progress } from './progress.ts'
import { type Supervisor, supervisor } from './supervisor.ts'
import { readyText, shownPath } from './words.ts'

export interface RunWorld {
  readonly out: (text: string) => void
  readonly err: (text: string) => void
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly calledAs: string
  /** The built program of an app. */
  readonly programOf: (app: ChildName) => string
  readonly nodeOptions: readonly string[]
  /** Calls back at each Ctrl-C, SIGTERM or SIGHUP. */
  readonly onSignal: (told: (signal: string) => void) => void
}

/** How long a port or a process that a killed run left behind may take to go away. */
const leftoverPatienceMs = 10_000

/** Answers the exit code. Throws a UsageError where the ledger cannot be started as asked. */
export const run = async (asked: RunSettings, world: RunWorld): Promise<number> => {
  const folder = dataFolder(asked.data)
  const earlier = readLedgerFile(folder)
  prepareFolder(folder)
  const held = lock(folder)
  const never = new AbortController().signal
  const wait = (ms: number): Promise<void> => pause(ms, never)
  try {
    const left = await clearLeftovers(earlier, wait)
    if (left.length > 0) world.err(`Ended what a killed run had left: ${left.join(', ')}.\n`)
    const patience = held.wasLeftBehind ? leftoverPatienceMs : 0
    const settings = { ...asked, port: await requirePort(asked.port, patience, wait) }
    return await new Ledger(settings, folder, earlier, world).live()
  } finally {
    held.release()
  }
}

class Ledger {
  readonly #settings: RunSettings
  readonly #folder: DataFolder
  readonly #earlier: LedgerFile | undefined
  readonly #world: RunWorld
  readonly #keeper: Supervisor
  readonly #progress: Progress
  readonly #marks = new Map<string, ProcessMark>()
  readonly #end = new AbortController()
  #file: LedgerFile
  #usedWrongly: string | undefined
  #hasEnded = false

  constructor(
    settings: RunSettings,
    folder: DataFolder,
    earlier: LedgerFile | undefined,
    world: RunWorld,
  ) {
    this.#settings = settings
    this.#folder = folder
    this.#earlier = earlier
    this.#world = world
    this.#file = {
      formatVersion,
      version: version(),
      url: `http://127.0.0.1:${String(settings.port)}`,
      pid: process.pid,
      startedAt: new Date().toISOString(),
    }
    this.#progress = new Progress(this.#say, (app) => this.#keeper.wasReady(app))
    this.#keeper = supervisor({
      say: this.#say,
      nowMs: () => performance.now(),
      pause,
      started: (name, pid) => {
        this.#marks.set(name, markOf(name, pid))
        this.#progress.started(name, name === postgresName)
        this.#write({})
      },
      usedWrongly: (name, { said }) => {
        this.#usedWrongly ??= `${name} cannot start: ${said ?? 'its log says why.'}`
        this.#end.abort()
      },
    })
  }

  readonly #say = (sentence: string): void => {
    this.#world.err(`${sentence}\n`)
  }

  readonly #write = (more: Partial<LedgerFile>): void => {
    if (this.#hasEnded) return
    this.#file = { ...this.#file, ...more }
    const processes = [markOf('daybook run', process.pid), ...this.#marks.values()]
    writeLedgerFile(this.#folder, { ...this.#file, processes })
  }

  readonly live = async (): Promise<number> => {
    this.#listen()
    let failure: unknown
    // Told to stop, it does not wait for the start: a database may be long in coming back.
    const told = untilAborted(this.#end.signal)
    const begun = this.#start().then(() => told)
    try {
      await Promise.race([begun, told])
    } catch (error) {
      failure = error
    }
    begun.catch(() => undefined)
    const killed = await this.#keeper.stop([...stopOrder, postgresName])
    this.#ended()
    if (failure !== undefined) throw failure
    if (this.#usedWrongly !== undefined) throw new UsageError(this.#usedWrongly)
    for (const name of killed) this.#say(`${name} had not ended, and was killed.`)
    this.#say(`Stopped. The ledger is kept in ${shownPath(this.#folder.path)}.`)
    return killed.length > 0 ? exitCodes.failed : exitCodes.done
  }

  readonly #listen = (): void => {
    let first = Number.NEGATIVE_INFINITY
    this.#world.onSignal((signal) => {
      // One Ctrl-C comes twice where npx is between: from the terminal and from npx.
      if (performance.now() - first < sameSignalMs) return
      first = performance.now()
      if (this.#end.signal.aborted) {
        this.#say('Ending at once.')
        this.#keeper.hurry()
        return
      }
      this.#say(`${signal === 'SIGINT' ? '\n' : ''}Stopping (once more ends it at once) …`)
      this.#end.abort()
    })
  }

  readonly #start = async (): Promise<void> => {
    const since = performance.now()
    const { key, fresh } = firstKey(this.#folder, this.#settings.key)
    if (this.#settings.key !== undefined && key !== this.#settings.key) {
      this.#say(
        `This ledger began with the key in ${shownPath(this.#folder.keyFile)}, ` +
          'and keeps it: the one that was given is not used.',
      )
    }
    this.#write({})
    this.#say(`Starting the ledger in ${shownPath(this.#folder.path)} …`)
    const database = await openDatabase(
      this.#settings,
      this.#folder,
      this.#earlier?.postgresPort,
      this.#keeper,
      this.#say,
    )
    const places = await this.#choosePlaces(database)
    await Promise.all(stopOrder.map((app) => this.#keep(app, places, key)))
    await this.#untilReady()
    if (this.#end.signal.aborted) return
    this.#world.out(
      readyText({
        settings: this.#settings,
        url: this.#file.url ?? '',
        key,
        keyFile: this.#folder.keyFile,
        logs: this.#folder.logs,
        fresh,
        seconds: (performance.now() - since) / 1000,
        calledAs: this.#world.calledAs,
      }),
    )
    const unknown = await unknownKeyWords(this.#file.url ?? '', key, this.#folder.keyFile)
    if (unknown !== undefined) this.#say(unknown)
  }

  /** The ports of the time before, where they are still free. */
  readonly #choosePlaces = async (database: Database): Promise<Places> => {
    const before = this.#earlier
    const portIn = (url: string | undefined) =>
      url === undefined ? undefined : Number(new URL(url).port)
    const health = stopOrder.map((app) => before?.healthPorts?.[app])
    const [hub = 0, paper = 0, ...rest] = await freePorts([
      portIn(before?.hub),
      portIn(before?.paper),
      ...health,
    ])
    const healthPorts = Object.fromEntries(
      stopOrder.map((app, index) => [app, rest[index] ?? 0]),
    ) as Record<ChildName, number>
    const places = {
      hub: `ws://127.0.0.1:${String(hub)}`,
      paper: `ws://127.0.0.1:${String(paper)}`,
      healthPorts,
      log: database.logUrl,
      database: database.databaseUrl,
    }
    this.#write({
      hub: places.hub,
      paper: places.paper,
      healthPorts,
      ...(database.port === undefined ? {} : { postgresPort: database.port }),
    })
    return places
  }

  readonly #keep = (app: ChildName, places: Places, key: string): Promise<void> => {
    const logFile = logFileOf(this.#folder, app)
    return this.#keeper.keep({
      name: app,
      logFile: shownPath(logFile),
      start: () =>
        startChild({
          name: app,
          program: this.#world.programOf(app),
          environment: environmentOf(app, this.#settings, places, key, this.#world.environment),
          logFile,
          nodeOptions: this.#world.nodeOptions,
          hear: (message) => this.#progress.hear(app, message),
        }),
    })
  }

  /** The api knows when an order that is placed now would be decided and sent. */
  readonly #untilReady = async (): Promise<void> => {
    const { url = '' } = this.#file
    let saidAt = performance.now()
    while (!this.#end.signal.aborted) {
      if (await isReady(url)) return
      if (performance.now() - saidAt > sayEveryMs) {
        saidAt = performance.now()
        this.#say(`Still waiting for ${this.#progress.missing() || 'the api'} …`)
      }
      await pause(askEveryMs, this.#end.signal)
    }
  }

  readonly #ended = (): void => {
    this.#hasEnded = true
    const { pid: _, ...file } = this.#file
    writeLedgerFile(this.#folder, file)
  }
}

const sameSignalMs = 1_000
const sayEveryMs = 10_000
const askEveryMs = 25

const isReady = async (url: string): Promise<boolean> => {
  try {
    return (await ask(`${url}/readyz`, { withinMs: 2_000 })).status === 200
  } catch {
    return false
  }
}

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
