/** The newest frames, made as the log grows; whoever has fallen behind them reads the log by himself. */
import * as E from 'fp-ts/lib/Either.js'
import type { EventLog, LogPage } from '#domain/kernel/event-log'
import {
  type Frame,
  nothingRead,
  type Read,
  readUnknown,
  type Stretch,
  takeIn,
  unknownOrders,
} from './stream-frames.ts'
import { type OrderRows, orderRows, type Wanted } from './stream-orders.ts'

const pagesMax = 32

export interface LiveSettings {
  readonly log: Pick<EventLog, 'read' | 'readAll'>
  /** Whether anybody listens, or may come back: where nobody does, nothing is folded and nothing is kept. */
  readonly isWanted: () => boolean
  /** There may be more to tell. */
  readonly grown: () => void
  /** What is kept of the newest frames. */
  readonly bytesMax: number
  readonly ordersMax: number
  readonly defect: (thrown: unknown) => void
}

export class Live {
  readonly #settings: LiveSettings
  readonly #rows: OrderRows
  /** Heard, and not taken in yet. */
  readonly #waiting: LogPage[] = []
  #frames: Frame[] = []
  #bytes = 0
  /** The frames are all there are between these positions. */
  #after = 0n
  #upTo = 0n
  #heard = 0n
  /** Orders are being read for the first page that waits. */
  #reading: symbol | undefined

  constructor(settings: LiveSettings) {
    this.#settings = settings
    this.#rows = orderRows(settings.ordersMax)
  }

  readonly newest = (): Stretch => ({
    after: this.#after,
    upTo: this.#upTo,
    frames: this.#frames,
  })
  readonly upTo = (): bigint => this.#upTo
  /** The end of the log as far as this process knows it. */
  readonly heard = (): bigint => this.#heard

  readonly start = (position: bigint): void => {
    this.#heard = position
    this.#startAgain()
  }

  readonly hear = (page: LogPage): void => {
    this.#heard = page.upTo
    this.#waiting.push(page)
    if (this.#waiting.length > pagesMax) this.#fallBehind()
    else this.#work()
  }

  /** Nearly always at once: only orders that nobody has heard of for long are read first. */
  readonly #work = (): void => {
    const { isWanted, grown } = this.#settings
    for (let page = this.#waiting[0]; page !== undefined; page = this.#waiting[0]) {
      if (this.#reading !== undefined) return
      const unknown: Wanted = isWanted() ? unknownOrders(page.events, this.#rows) : new Map()
      if (unknown.size > 0) {
        this.#readFirst(page, unknown)
        break
      }
      this.#take(page, nothingRead)
    }
    grown()
  }

  readonly #readFirst = (page: LogPage, unknown: Wanted): void => {
    const { log, defect } = this.#settings
    const mine = Symbol('reading')
    this.#reading = mine
    readUnknown(log, unknown)
      .then((read) => {
        if (this.#reading !== mine) return
        this.#reading = undefined
        if (E.isLeft(read)) return this.#fallBehind()
        this.#take(page, read.right)
        this.#work()
      })
      .catch(defect)
  }

  readonly #take = (page: LogPage, read: Read): void => {
    this.#waiting.shift()
    this.#upTo = page.upTo
    if (this.#settings.isWanted()) this.#keep(takeIn(page, this.#rows, read))
    else this.#letGo()
  }

  readonly #keep = (made: readonly Frame[]): void => {
    for (const frame of made) {
      this.#frames.push(frame)
      this.#bytes += frame.bytes.length
    }
    const { bytesMax } = this.#settings
    if (this.#bytes <= bytesMax) return
    // Half of it at once, so that it is seldom done.
    let count = 0
    for (const { bytes, position } of this.#frames) {
      if (this.#bytes <= bytesMax / 2) break
      this.#bytes -= bytes.length
      this.#after = position
      count += 1
    }
    this.#frames = this.#frames.slice(count)
  }

  /** Whoever listens is told from the log what was not made here: it is away, or we are too slow. */
  readonly #fallBehind = (): void => {
    this.#startAgain()
    this.#settings.grown()
  }

  readonly #startAgain = (): void => {
    this.#waiting.length = 0
    this.#reading = undefined
    this.#upTo = this.#heard
    this.#letGo()
  }

  readonly #letGo = (): void => {
    this.#after = this.#upTo
    this.#rows.clear()
    this.#frames = []
    this.#bytes = 0
  }
}
