/** Copies a log into another store, event by event, and believes only what it reads back. */
import * as E from 'fp-ts/lib/Either.js'
import { isNonEmpty } from 'fp-ts/lib/ReadonlyArray.js'
import { backOffMs, pause } from '#apps/process/back-off'
import type { ReadFailure, UnreadableEvent } from '#domain/kernel/event-log'
import type { MovedEvent, StoredLog } from '#domain/kernel/stored-log'
import type { StoredEvent } from '#schemas/envelope'
import { type Difference, differenceBetween, openGaps } from './log-difference.ts'
import { movedFrom, type Unmovable } from './log-moving.ts'

export interface Copying {
  readonly from: StoredLog
  readonly to: StoredLog
  /** `copy` adds what is missing; `tryOut` only counts it; `verify` wants nothing to be missing. */
  readonly mode: 'copy' | 'tryOut' | 'verify'
  readonly progress: (progress: CopyProgress) => void
  readonly stopping: AbortSignal
  /** Events read at once, and at most appended at once. */
  readonly pageEvents?: number
}

export interface CopyProgress {
  /** Events that stand in both, compared. */
  readonly same: number
  /** Of these, added now; where it is only tried out: to be added. */
  readonly added: number
  /** How far the source was read. */
  readonly position: bigint
}

export type CopyEnd =
  /** Everything that the source held, up to `position`, stands in the target. */
  | ({ readonly _tag: 'Done' } & CopyProgress)
  | ({ readonly _tag: 'Stopped' } & CopyProgress)
  | { readonly _tag: 'Differs'; readonly at: number; readonly difference: Difference }
  /** It is no copy of this log, or somebody goes on with it. */
  | { readonly _tag: 'Longer'; readonly same: number; readonly next: StoredEvent }
  | { readonly _tag: 'Shorter'; readonly same: number; readonly next: StoredEvent }
  | { readonly _tag: 'Unmovable'; readonly at: number; readonly why: Unmovable }
  | { readonly _tag: 'Unreadable'; readonly which: Which; readonly failure: UnreadableEvent }
  | { readonly _tag: 'Unreachable'; readonly which: Which; readonly detail: string }
type Which = 'source' | 'target'

/** Without an event more, so often; then it is no passing trouble. */
const attemptsMax = 6
const [pauseMsMin, pauseMsMax] = [100, 5_000]
const pageEventsUsual = 1_000

export const copyLog = (copying: Copying): Promise<CopyEnd> => new Copier(copying).run()

class Copier {
  readonly #copying: Copying
  readonly #pageEvents: number
  readonly #gaps = openGaps()
  #sourceAt = 0n
  #targetAt = 0n
  /** The target has ended, and is only tried out: it is not asked any more. */
  #isPast = false
  #same = 0
  #added = 0

  constructor(copying: Copying) {
    this.#copying = copying
    this.#pageEvents = copying.pageEvents ?? pageEventsUsual
  }

  readonly run = async (): Promise<CopyEnd> => {
    const { from, stopping } = this.#copying
    for (;;) {
      if (stopping.aborted) return { _tag: 'Stopped', ...this.#progress() }
      const page = await from.readStored(this.#sourceAt, this.#pageEvents)
      if (E.isLeft(page)) return this.#unread('source', page.left)
      const { events, upTo, atHead } = page.right
      const ended = await this.#deal(events)
      if (ended !== undefined) return ended
      this.#copying.progress(this.#progress())
      if (stopping.aborted) continue
      this.#sourceAt = upTo
      if (atHead) return this.#finish()
    }
  }

  #progress(): CopyProgress {
    return { same: this.#same, added: this.#added, position: this.#sourceAt }
  }

  /** One page: what stands in the target already is compared, what does not is added and then compared. */
  readonly #deal = async (page: readonly StoredEvent[]): Promise<CopyEnd | undefined> => {
    for (const [index, event] of page.entries()) {
      const why = this.#gaps.gapBefore(event)
      if (why !== undefined) return { _tag: 'Unmovable', at: this.#same + index + 1, why }
    }
    let left = page
    let attempt = 0
    for (let isFirst = true; ; isFirst = false) {
      const compared = await this.#compare(left)
      if ('_tag' in compared) return compared
      if (!isFirst) this.#added += left.length - compared.length
      attempt = compared.length < left.length ? 0 : attempt + 1
      left = compared
      const [next] = left
      if (next === undefined || this.#copying.stopping.aborted) return undefined
      if (this.#copying.mode === 'verify') return { _tag: 'Shorter', same: this.#same, next }
      const failure = await this.#add(left, attempt)
      if (failure !== undefined) return failure
      if (this.#copying.mode === 'tryOut') return undefined
    }
  }

  /** What of these is not in the target yet. */
  readonly #compare = async (
    wanted: readonly StoredEvent[],
  ): Promise<readonly StoredEvent[] | CopyEnd> => {
    let left = wanted
    while (left.length > 0 && !this.#isPast) {
      const there = await this.#copying.to.readStored(this.#targetAt, left.length)
      if (E.isLeft(there)) return this.#unread('target', there.left)
      for (const [index, found] of there.right.events.entries()) {
        const difference = differenceBetween(left[index], found)
        if (difference !== undefined) return { _tag: 'Differs', at: this.#same + 1, difference }
        this.#same += 1
      }
      left = left.slice(there.right.events.length)
      this.#targetAt = there.right.upTo
      if (there.right.atHead) break
    }
    return left
  }

  readonly #add = async (
    left: readonly StoredEvent[],
    attempt: number,
  ): Promise<CopyEnd | undefined> => {
    const moved: MovedEvent[] = []
    for (const [index, event] of left.entries()) {
      const one = movedFrom(event)
      if (E.isLeft(one)) return { _tag: 'Unmovable', at: this.#same + index + 1, why: one.left }
      moved.push(one.right)
    }
    const { mode, to, stopping } = this.#copying
    if (mode === 'tryOut') {
      this.#isPast = true
      this.#added += left.length
      return undefined
    }
    if (!isNonEmpty(moved)) return undefined
    const appended = await to.appendStored(moved)
    const failure = E.isLeft(appended) ? appended.left : undefined
    if (failure?._tag === 'AppendForbidden') {
      const index = Math.max(
        0,
        left.findIndex(({ stream }) => stream === failure.stream),
      )
      const event = left[index] ?? (left[0] as StoredEvent)
      return {
        _tag: 'Unmovable',
        at: this.#same + index + 1,
        why: { event, detail: failure.detail },
      }
    }
    // Whatever became of it, the target tells.
    if (attempt >= attemptsMax) {
      const detail = failure?.detail ?? 'it acknowledges events that it does not show'
      return { _tag: 'Unreachable', which: 'target', detail }
    }
    if (failure !== undefined) await pause(backOffMs(attempt, pauseMsMin, pauseMsMax), stopping)
    return undefined
  }

  readonly #finish = async (): Promise<CopyEnd> => {
    if (!this.#isPast) {
      const more = await this.#copying.to.readStored(this.#targetAt, 1)
      if (E.isLeft(more)) return this.#unread('target', more.left)
      const [next] = more.right.events
      if (next !== undefined) return { _tag: 'Longer', same: this.#same, next }
    }
    return { _tag: 'Done', ...this.#progress() }
  }

  #unread(which: Which, failure: ReadFailure): CopyEnd {
    return failure._tag === 'StoreUnreachable'
      ? { _tag: 'Unreachable', which, detail: failure.detail }
      : { _tag: 'Unreadable', which, failure }
  }
}
