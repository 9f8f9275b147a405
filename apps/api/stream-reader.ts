/** One client's way through the log: a position, moved on as fast as he reads, among the newest frames or older ones. */
import * as E from 'fp-ts/lib/Either.js'
import type { Socket } from '#adapters/http/socket'
import { backOffMs } from '#apps/process/back-off'
import type { ReadFailure, UnreadableEvent } from '#domain/kernel/event-log'
import type { Archive } from './stream-archive.ts'
import { type Batches, type Filter, keyOf } from './stream-batches.ts'
import type { Stretch } from './stream-frames.ts'
import type { Live } from './stream-live.ts'

/** What all readers share. */
export interface Sources {
  readonly live: Pick<Live, 'newest' | 'upTo'>
  readonly archive: Pick<Archive, 'after'>
  readonly batches: Batches
  readonly sent: (frames: number, bytes: number) => void
  readonly defect: (thrown: unknown) => void
}
export interface Reading {
  readonly socket: Pick<Socket, 'send' | 'hasRoom'>
  readonly after: bigint
  readonly filter: Filter
  /** The log cannot be told any further. */
  readonly unreadable: (failure: UnreadableEvent) => void
}

const retryMsMin = 100
const retryMsMax = 2_000

export class Reader {
  readonly #sources: Sources
  readonly #reading: Reading
  readonly #key: string
  #position: bigint
  #frames = 0
  /** Older frames that were read for this position. */
  #held: Stretch | undefined
  #asking = false
  #ended = false
  #failures = 0
  #retry: ReturnType<typeof setTimeout> | undefined

  constructor(sources: Sources, reading: Reading) {
    this.#sources = sources
    this.#reading = reading
    this.#key = keyOf(reading.filter)
    this.#position = reading.after
  }

  /** Everything up to here was sent. */
  readonly position = (): bigint => this.#position
  readonly frames = (): number => this.#frames
  readonly isLevel = (): boolean => this.#position >= this.#sources.live.upTo()

  /** Sends what there is room for. */
  readonly goOn = (): void => {
    const { batches, sent } = this.#sources
    const { socket, filter } = this.#reading
    while (!this.#ended && socket.hasRoom()) {
      const stretch = this.#here()
      if (stretch === undefined) return
      const { bytes, count, upTo } = batches.of(stretch, this.#position, filter, this.#key)
      this.#position = upTo
      if (bytes === undefined) continue
      this.#frames += count
      socket.send(bytes)
      sent(count, bytes.length)
    }
  }

  readonly end = (): void => {
    this.#ended = true
    this.#held = undefined
    clearTimeout(this.#retry)
  }

  /** What holds the next frames; undefined where there are none, or they have to be read first. */
  readonly #here = (): Stretch | undefined => {
    if (this.isLevel()) return undefined
    const newest = this.#sources.live.newest()
    if (newest.after <= this.#position) {
      this.#held = undefined
      return newest
    }
    if (this.#held !== undefined && this.#position < this.#held.upTo) return this.#held
    if (!this.#asking) this.#ask()
    return undefined
  }

  readonly #ask = (): void => {
    const { archive, defect } = this.#sources
    this.#asking = true
    archive.after(this.#position).then(this.#answered).catch(defect)
  }

  readonly #answered = (found: E.Either<ReadFailure, Stretch>): void => {
    if (this.#ended) return
    if (E.isLeft(found)) {
      if (found.left._tag === 'UnreadableEvent') this.#reading.unreadable(found.left)
      else this.#askLater()
      return
    }
    // What was heard of already, this answer did not know yet.
    if (found.right.upTo <= this.#position) return this.#askLater()
    this.#held = found.right
    this.#asking = false
    this.#failures = 0
    this.goOn()
  }

  readonly #askLater = (): void => {
    this.#retry = setTimeout(
      () => {
        this.#asking = false
        this.goOn()
      },
      backOffMs(this.#failures, retryMsMin, retryMsMax),
    )
    this.#failures += 1
  }
}
