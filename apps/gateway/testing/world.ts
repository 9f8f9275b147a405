/** A small world for tests: virtual time, and every step of the outside happens only when the test lets it. */
import type { Clock } from '#domain/kernel/clock'
import { instant } from '#domain/testing/fixed'
import { plusMs } from '#domain/values/instant'
import type { Instant } from '#schemas/values/instant'

/** Something of the outside that is about to happen. */
export interface Turn {
  readonly owner: Owner
  readonly label: string
  readonly take: () => void
}
/** Whoever waits for something: a process that may die or freeze, or the outside itself, which does neither. */
export interface Owner {
  readonly name: string
  alive: boolean
  frozen: boolean
}
interface Alarm {
  readonly owner: Owner
  readonly atMs: number
  readonly ring: () => void
  cancelled: boolean
}

export class World {
  #ms = 0
  #now: Instant = instant('2026-01-05T09:00:00Z')
  #turns: Turn[] = []
  #alarms: Alarm[] = []
  #sources: (() => readonly Turn[])[] = []
  readonly outside: Owner = { name: 'outside', alive: true, frozen: false }
  readonly clock: Clock = { now: () => this.#now, monotonicMs: () => this.#ms }
  /** What was thrown where nothing may be thrown. */
  readonly defects: unknown[] = []

  owner(name: string): Owner {
    return { name, alive: true, frozen: false }
  }
  /** Turns that are there as long as there is a reason for them. */
  follow(source: () => readonly Turn[]): void {
    this.#sources.push(source)
  }
  /** Waits until the test takes this turn; for ever, where the owner has died. */
  turn(owner: Owner, label: string): Promise<void> {
    return new Promise((resolve) => {
      this.#turns.push({ owner, label, take: resolve })
    })
  }
  wait(owner: Owner, milliseconds: number): Promise<void> {
    if (milliseconds === 0) return Promise.resolve()
    return new Promise((resolve) => {
      this.timersOf(owner).after(milliseconds, resolve)
    })
  }
  timersOf(owner: Owner) {
    return {
      after: (milliseconds: number, then: () => void) => {
        const alarm = { owner, atMs: this.#ms + milliseconds, ring: then, cancelled: false }
        this.#alarms.push(alarm)
        return () => {
          alarm.cancelled = true
        }
      },
    }
  }

  /** The turns that could be taken now. */
  async ready(): Promise<readonly Turn[]> {
    await quiet()
    this.#turns = this.#turns.filter(({ owner }) => owner.alive)
    return [...this.#turns, ...this.#sources.flatMap((source) => source())].filter(
      ({ owner }) => owner.alive && !owner.frozen,
    )
  }
  async take(turn: Turn): Promise<void> {
    this.#turns = this.#turns.filter((each) => each !== turn)
    if (turn.owner.alive) turn.take()
    await quiet()
  }
  /** Takes turns, oldest first, until there are none. */
  async settle(): Promise<void> {
    for (;;) {
      const [next] = await this.ready()
      if (next === undefined) return
      await this.take(next)
    }
  }

  /** When the next alarm rings; undefined: nobody waits for time to pass. */
  nextAlarmMs(): number | undefined {
    const due = this.#dueAlarms()
    return due.length === 0 ? undefined : Math.min(...due.map(({ atMs }) => atMs))
  }
  get ms(): number {
    return this.#ms
  }
  /** Time goes by, and what was to happen by then happens; turns are not taken. */
  async pass(milliseconds: number): Promise<void> {
    await this.#until(this.#ms + milliseconds, quiet)
  }
  /** Time goes by, and everything that can happen does. */
  async run(milliseconds: number): Promise<void> {
    await this.settle()
    await this.#until(this.#ms + milliseconds, () => this.settle())
  }
  /** Somebody sets the time of day. */
  step(milliseconds: number): void {
    this.#now = plusMs(this.#now, milliseconds)
  }

  #dueAlarms(): readonly Alarm[] {
    this.#alarms = this.#alarms.filter(({ cancelled, owner }) => !cancelled && owner.alive)
    return this.#alarms.filter(({ owner }) => !owner.frozen)
  }
  async #until(endMs: number, afterEach: () => Promise<void>): Promise<void> {
    for (;;) {
      const next = this.#dueAlarms()
        .filter(({ atMs }) => atMs <= endMs)
        .toSorted((a, b) => a.atMs - b.atMs)[0]
      this.#moveTo(Math.max(this.#ms, next?.atMs ?? endMs))
      if (next === undefined) return
      next.cancelled = true
      next.ring()
      await afterEach()
    }
  }
  #moveTo(ms: number): void {
    this.#now = plusMs(this.#now, ms - this.#ms)
    this.#ms = ms
  }
}

/** Everything that follows by itself has followed. */
const quiet = async (): Promise<void> => {
  for (let round = 0; round < 4; round += 1) {
    await new Promise<void>((resolve) => {
      setImmediate(resolve)
    })
  }
}
