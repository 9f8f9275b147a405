/** One thing after the other for each order, and all orders side by side. */
import { Closing } from './appending.ts'
import type { Entry } from './entry.ts'
import type { Task } from './tasks.ts'

export interface LaneWork {
  /** Reads the stream of an order that was not followed from its intent on. */
  readonly load: (entry: Entry) => Promise<void>
  /** Records what was said of it. */
  readonly tell: (entry: Entry, tasks: readonly Task[]) => Promise<void>
  /** Does what it needs next. */
  readonly attend: (entry: Entry) => Promise<void>
  /** Called when an order has nothing left to do. */
  readonly rest: (entry: Entry) => void
  readonly defect: (thrown: unknown) => void
}

/** Until all that has come by now has been heard. */
const turn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve)
  })

/** So many words of one order are recorded in one append: each makes four events at most, and an append takes 256. */
const tasksAtOnceMax = 64
/** What one order may have waiting; more is dropped, and found again by asking the venue. */
const tasksMax = 1000

export class Lanes {
  readonly #work: LaneWork
  #busy = 0
  #whenIdle: (() => void)[] = []

  constructor(work: LaneWork) {
    this.#work = work
  }

  /** False: there is no room, and nothing was taken. */
  push(entry: Entry, tasks: readonly Task[]): boolean {
    if (entry.tasks.length + tasks.length > tasksMax) return false
    entry.tasks.push(...tasks)
    this.#wake(entry)
    return true
  }
  attend(entry: Entry): void {
    entry.attend = true
    this.#wake(entry)
  }
  async idle(): Promise<void> {
    if (this.#busy === 0) return
    await new Promise<void>((resolve) => this.#whenIdle.push(resolve))
  }

  /** Something for an order that goes on outside its lane, until it is given back. */
  hold(): () => void {
    this.#busy += 1
    return () => this.#less()
  }

  #less(): void {
    this.#busy -= 1
    if (this.#busy === 0) for (const wake of this.#whenIdle.splice(0)) wake()
  }
  #wake(entry: Entry): void {
    if (entry.busy) return
    entry.busy = true
    const done = this.hold()
    this.#run(entry)
      .catch((thrown: unknown) => {
        // What was begun is on the log or it is not; the successor finds out.
        if (!(thrown instanceof Closing)) this.#work.defect(thrown)
      })
      .finally(done)
  }
  async #run(entry: Entry): Promise<void> {
    while (entry.tasks.length > 0 || entry.attend) {
      if (!entry.loaded) await this.#work.load(entry)
      // An answer and the news that came in the same bytes are one append.
      if (entry.tasks.length > 0) await turn()
      const tasks = entry.tasks.splice(0, tasksAtOnceMax)
      if (tasks.length > 0) {
        const { revision } = entry
        await this.#work.tell(entry, tasks)
        for (const { done } of tasks) done?.()
        entry.attend ||= entry.revision !== revision
      } else {
        entry.attend = false
        await this.#work.attend(entry)
      }
    }
    entry.busy = false
    this.#work.rest(entry)
  }
}
