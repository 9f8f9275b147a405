/** Keeps programs running: starts them, starts them again with back-off when they end, and stops them in order. */
import { backOffMs, pause } from '#apps/process/back-off'

export interface Ending {
  readonly code: number | null
  readonly signal: string | null
  /** What it complained of last. */
  readonly said?: string | undefined
}

/** One life of a program. */
export interface Life {
  readonly pid: number
  readonly ended: Promise<Ending>
  /** Asks it to end. */
  readonly stop: () => void
  readonly kill: () => void
}

export interface Program {
  readonly name: string
  readonly logFile: string
  /** Rejects where it could not even be started. */
  readonly start: () => Promise<Life>
}

export interface Supervision {
  /** What is told to the person who started all this. */
  readonly say: (sentence: string) => void
  readonly nowMs: () => number
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>
  /** Told of every start: who runs under which number. */
  readonly started: (name: string, pid: number) => void
  /** A program that says it is used wrongly before it ever was ready: starting it again changes nothing. */
  readonly usedWrongly: (name: string, how: Ending) => void
}

export interface Supervisor {
  /** Starts a program and keeps it; resolves with its first life, or with the reason why there is none. */
  readonly keep: (program: Program) => Promise<void>
  /** From now on an exit code 2 of this program is no longer taken for a wrong use. */
  readonly wasReady: (name: string) => void
  /** Ends all but this one, each to be started again: what they were started with has changed. */
  readonly renewAllBut: (name: string) => void
  /** Ends all, in this order; answers those that had to be killed. */
  readonly stop: (order: readonly string[]) => Promise<readonly string[]>
  /** Kills what is still there, at once. */
  readonly hurry: () => void
  readonly stopping: AbortSignal
}

const firstBackOffMs = 200
const mostBackOffMs = 10_000
/** Up for so long, a program counts as healthy again. */
const healthyMs = 60_000
export const patienceMs = 10_000

interface Kept {
  readonly program: Program
  life: Life | undefined
  loop: Promise<void>
  wasReady: boolean
}

export const supervisor = (supervision: Supervision): Supervisor => {
  const kept = new Map<string, Kept>()
  const stopping = new AbortController()
  const hurrying = new AbortController()

  const keep = (program: Program): Promise<void> =>
    new Promise((resolve, reject) => {
      if (stopping.signal.aborted)
        return reject(new Error(`${program.name} is not wanted any more`))
      const entry: Kept = { program, life: undefined, loop: Promise.resolve(), wasReady: false }
      kept.set(program.name, entry)
      entry.loop = keepRunning(entry, supervision, stopping.signal, resolve, reject)
      return undefined
    })

  const stopOne = async (name: string): Promise<boolean> => {
    const entry = kept.get(name)
    if (entry === undefined) return true
    entry.life?.stop()
    const late = new AbortController()
    const patience = pause(patienceMs, AbortSignal.any([late.signal, hurrying.signal]))
    const over = await Promise.race([
      entry.loop.then(() => true),
      patience.then(() => entry.life === undefined),
    ])
    late.abort()
    if (over) return true
    entry.life?.kill()
    await entry.loop
    return false
  }

  return {
    keep,
    stopping: stopping.signal,
    wasReady: (name) => {
      const entry = kept.get(name)
      if (entry !== undefined) entry.wasReady = true
    },
    renewAllBut: (name) => {
      for (const entry of kept.values()) if (entry.program.name !== name) entry.life?.stop()
    },
    stop: async (order) => {
      stopping.abort()
      const killed: string[] = []
      for (const name of order) if (!(await stopOne(name))) killed.push(name)
      return killed
    },
    hurry: () => hurrying.abort(),
  }
}

/** Life after life, until the supervisor stops. */
const keepRunning = async (
  entry: Kept,
  supervision: Supervision,
  stopping: AbortSignal,
  firstStarted: () => void,
  firstFailed: (reason: unknown) => void,
): Promise<void> => {
  const { program } = entry
  const { say, nowMs } = supervision
  let attempt = 0
  for (let lives = 0; !stopping.aborted; lives += 1) {
    const since = nowMs()
    const how = await live(entry, supervision, stopping, firstStarted).catch((reason: unknown) => {
      if (lives === 0) firstFailed(reason)
      return { failed: reason }
    })
    if (stopping.aborted) return
    if ('failed' in how && lives === 0) return
    if ('code' in how && how.code === usedWrongly && !entry.wasReady) {
      supervision.usedWrongly(program.name, how)
      return
    }
    const upMs = nowMs() - since
    if (upMs >= healthyMs) attempt = 0
    const waitMs = backOffMs(attempt, firstBackOffMs, mostBackOffMs)
    attempt += 1
    say(
      `${program.name} ${endingOf(how)} after ${seconds(upMs)}; ` +
        `it is started again in ${seconds(waitMs)}. Its log: ${program.logFile}`,
    )
    await supervision.pause(waitMs, stopping)
  }
}

const usedWrongly = 2

const live = async (
  entry: Kept,
  supervision: Supervision,
  stopping: AbortSignal,
  firstStarted: () => void,
): Promise<Ending> => {
  const { program } = entry
  const life = await program.start()
  entry.life = life
  supervision.started(program.name, life.pid)
  firstStarted()
  // Told to stop between the decision to start it and its start.
  if (stopping.aborted) life.stop()
  const ending = await life.ended
  entry.life = undefined
  return ending
}

export const endingOf = (how: Ending | { readonly failed: unknown }): string => {
  if ('failed' in how) {
    return `could not be started (${how.failed instanceof Error ? how.failed.message : String(how.failed)})`
  }
  if (how.signal !== null) return `was ended by ${how.signal}`
  if (how.code === null) return 'ended'
  if (how.code === 0) return 'ended by itself'
  const why = how.said === undefined ? '' : ` (${how.said})`
  return `ended with exit code ${String(how.code)}${why}`
}

const seconds = (ms: number): string =>
  ms < 10_000 ? `${(Math.round(ms / 100) / 10).toString()} s` : `${String(Math.round(ms / 1000))} s`
