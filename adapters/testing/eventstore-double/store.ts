/** What the double keeps: streams, one order of all events, and the server's own rules of appending. */
import { EventEmitter } from 'node:events'
import { retentionIn } from './retention.ts'
import { type KeptEvent, openShelf, type Shelf } from './shelf.ts'

export type { KeptEvent } from './shelf.ts'

export interface OfferedEvent {
  readonly id: string
  readonly type: string
  readonly contentType: string
  readonly data: Uint8Array
  readonly metadata: Uint8Array
}
export type Expected = bigint | 'any' | 'noStream' | 'streamExists'
export type Outcome =
  | { readonly _tag: 'written'; readonly revision: bigint; readonly position: bigint | undefined }
  | { readonly _tag: 'wrongVersion'; readonly current: bigint | undefined }
  | { readonly _tag: 'deleted' }

export interface Store extends EventEmitter {
  readonly append: (
    stream: string,
    expected: Expected,
    events: readonly OfferedEvent[],
    forgetsWrites?: boolean,
  ) => Outcome
  /** What a read of the stream would still give; undefined: no such stream (or deleted softly). */
  readonly visible: (stream: string) => readonly KeptEvent[] | undefined
  readonly all: () => readonly KeptEvent[]
  readonly isTombstoned: (stream: string) => boolean
  readonly lastRevision: (stream: string) => bigint | undefined
  readonly softDelete: (stream: string) => bigint
  readonly tombstone: (stream: string) => bigint
  /** What is no longer visible is gone from the order of all events too. */
  readonly scavenge: () => void
  /** What a restart of the server forgets. */
  readonly forgetIds: () => void
  readonly close: () => void
}

/** long.MaxValue: the revision of a tombstone, and of what a soft delete hides up to. */
const endOfStream = 2n ** 63n - 1n
const systemEvents = ['$epoch-information', '$settings', '$stats-127.0.0.1:2113']

const written = ({ revision, position }: KeptEvent): Outcome => ({
  _tag: 'written',
  revision,
  position,
})

/** With a file, what was appended survives the process. */
export const openStore = (file?: string): Store => new MemoryStore(openShelf(file))

class MemoryStore extends EventEmitter implements Store {
  readonly #shelf: Shelf
  readonly #streams = new Map<string, KeptEvent[]>()
  #all: KeptEvent[] = []
  /** The server remembers some recent ids in memory; a restart forgets them. */
  #ids = new Map<string, KeptEvent>()
  #nextPosition = 0n

  constructor(shelf: Shelf) {
    super()
    this.setMaxListeners(0)
    this.#shelf = shelf
    for (const event of shelf.kept()) this.#put(event)
    if (this.#all.length > 0) return
    // Ahead of every record stands the server's own: no event of ours is ever at position 0.
    this.#nextPosition = 84n
    for (const stream of systemEvents) this.append(stream, 'any', [systemEvent(stream)])
  }

  readonly all = (): readonly KeptEvent[] => this.#all
  readonly isTombstoned = (stream: string): boolean =>
    this.#streams.get(stream)?.at(-1)?.revision === endOfStream
  readonly lastRevision = (stream: string): bigint | undefined =>
    this.#streams.get(stream)?.at(-1)?.revision

  readonly visible = (stream: string): readonly KeptEvent[] | undefined => {
    const events = this.#streams.get(stream)
    if (events === undefined) return undefined
    const metadata = this.#streams.get(`$$${stream}`)?.at(-1)
    if (metadata === undefined) return events
    const { truncateBefore, maxCount, maxAgeMs } = retentionIn(metadata)
    if (truncateBefore === endOfStream) return undefined
    const last = events.at(-1)?.revision ?? -1n
    const youngest = maxCount === undefined ? 0n : last - BigInt(maxCount) + 1n
    const now = Date.now()
    return events.filter(
      ({ revision, createdMs }) =>
        revision >= truncateBefore &&
        revision >= youngest &&
        (maxAgeMs === undefined || now - createdMs <= maxAgeMs),
    )
  }

  /** As IndexWriter.CheckCommit has it: ids alone decide, and at the head not even they. */
  readonly append = (
    stream: string,
    expected: Expected,
    events: readonly OfferedEvent[],
    forgetsWrites = false,
  ): Outcome => {
    if (this.isTombstoned(stream)) return { _tag: 'deleted' }
    const current = this.lastRevision(stream)
    const last = current ?? -1n
    if (expected === 'any' || expected === 'streamExists') {
      if (expected === 'streamExists' && current === undefined) {
        return { _tag: 'wrongVersion', current }
      }
      const known = events.map(({ id }) => this.#ids.get(`${stream} ${id}`))
      const [first] = known
      const end = known.at(-1)
      if (first !== undefined && end !== undefined && !known.includes(undefined))
        return written(end)
      return first === undefined ? this.#write(stream, last, events) : wrong(current)
    }
    const after = expected === 'noStream' ? -1n : expected
    if (after > last) return wrong(current)
    if (after === last || (after === -1n && this.visible(stream) === undefined)) {
      return this.#write(stream, last, events)
    }
    const there = this.#streams.get(stream) ?? []
    const from = there.findIndex(({ revision }) => revision === after + 1n)
    const same = events.every(({ id }, index) => there[from + index]?.id === id)
    const end = there[from + events.length - 1]
    const isKnown = from >= 0 && same && end !== undefined && !forgetsWrites
    return isKnown ? written(end) : wrong(current)
  }

  readonly softDelete = (stream: string): bigint => {
    const data = Buffer.from(JSON.stringify({ $tb: Number(endOfStream) }))
    const outcome = this.append(`$$${stream}`, 'any', [{ ...systemEvent('$metadata'), data }])
    return outcome._tag === 'written' ? (outcome.position ?? 0n) : 0n
  }
  readonly tombstone = (stream: string): bigint => {
    const outcome = this.#write(stream, endOfStream - 1n, [systemEvent('$streamDeleted')])
    return outcome._tag === 'written' ? (outcome.position ?? 0n) : 0n
  }
  readonly scavenge = (): void => {
    const kept = new Set<KeptEvent>()
    for (const [stream, events] of this.#streams) {
      const visible = new Set(this.visible(stream))
      // The last one stays: it tells the revision.
      const left = events.filter(
        (event, index) => visible.has(event) || index === events.length - 1,
      )
      this.#streams.set(stream, left)
      for (const event of left) kept.add(event)
    }
    this.#all = this.#all.filter((event) => kept.has(event))
  }
  readonly forgetIds = (): void => {
    this.#ids = new Map()
  }
  readonly close = (): void => this.#shelf.close()

  #write(stream: string, last: bigint, events: readonly OfferedEvent[]): Outcome {
    const createdMs = Date.now()
    let revision = last
    let position: bigint | undefined
    for (const event of events) {
      revision += 1n
      position = this.#nextPosition
      const kept = { ...event, stream, revision, position, createdMs }
      this.#shelf.keep(kept)
      this.#put(kept)
    }
    if (events.length > 0) setImmediate(() => this.emit('appended'))
    return { _tag: 'written', revision, position }
  }

  #put(event: KeptEvent): void {
    const { stream, id, position, data, metadata } = event
    const ofStream = this.#streams.get(stream)
    if (ofStream === undefined) this.#streams.set(stream, [event])
    else ofStream.push(event)
    this.#all.push(event)
    this.#ids.set(`${stream} ${id}`, event)
    // Positions are offsets of bytes in a file.
    this.#nextPosition = position + BigInt(120 + stream.length + data.length + metadata.length)
  }
}

const wrong = (current: bigint | undefined): Outcome => ({ _tag: 'wrongVersion', current })

const systemEvent = (type: string): OfferedEvent => ({
  id: crypto.randomUUID(),
  type,
  contentType: 'application/json',
  data: Buffer.from('{}'),
  metadata: new Uint8Array(),
})
