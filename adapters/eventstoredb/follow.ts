/** One follower's way through the log: the client's subscription, watched over, laid anew whenever it fails. */
import * as E from 'fp-ts/lib/Either.js'
import type {
  LogFilter,
  LogPage,
  ReadFailure,
  Subscription,
  UnreadableEvent,
} from '#domain/kernel/event-log'
import type { RecordedEvent } from '#schemas/envelope'
import type { EventStoreAddress } from './address.ts'
import { backOffMs, type BackOff } from './back-off.ts'
import { type Continuity, continuity } from './continuity.ts'
import { clientFailure } from './failure.ts'
import { type Feed, type Mark, openFeed } from './feed.ts'
import type { Reading } from './patience.ts'
import { readPage } from './read.ts'
import { lastRecord } from './records.ts'
import { type Sieve, type Sifted, sieve } from './sieve.ts'
import { pause, turn } from './time.ts'
import { bytesOf, positionOf, recordedFrom, type StoreRecord } from './translate.ts'

export interface FollowMeans {
  readonly address: EventStoreAddress
  readonly name: string
  readonly reading: Reading
  readonly callMs: number
  readonly backOff: BackOff
  /** A follower that hears nothing looks for itself this often. */
  readonly probeMs: number
  /** A subscription that withholds an event for so long is given up. */
  readonly silenceMs: number
}

const pageEventsMax = 1_000
const pageBytesMax = 4 * 1024 * 1024
/** While catching up, what comes this soon after the last goes in the same page, for so long at most. */
const gatherMs = 4
const gatherMsMax = 100
/** What is not waited for comes together with what follows it this soon. */
const restMs = 25
/** An empty page is given after this long: sooner where it tells of progress. */
const emptyMs = 1_000
const progressMs = 250

export const subscribe = (means: FollowMeans, after: bigint, filter: LogFilter): Subscription => {
  const follower = new Follower(means, after, filter)
  // One at a time, in the order asked, so that no page is given twice.
  let last: Promise<unknown> = Promise.resolve()
  return {
    next: () => {
      const before = last
      const mine = (async () => {
        await before
        return follower.next()
      })()
      last = mine
      return mine
    },
    close: () => follower.close(),
  }
}

/** Of the first that the log has and a follower was not given. */
const withheldIn = (read: E.Either<ReadFailure, LogPage>): bigint => {
  if (E.isRight(read)) return read.right.events[0]?.position ?? 0n
  return read.left._tag === 'UnreadableEvent' ? read.left.position : 0n
}

class Follower {
  readonly #means: FollowMeans
  readonly #filter: LogFilter
  readonly #sieve: Sieve
  readonly #continuity: Continuity
  readonly #eager: ReadonlySet<string> | undefined
  /** Of the last event that came of a subscription: the next one begins there. */
  #resumeAt: bigint
  /** How far there is nothing else for this follower; always the place of a record that was seen. */
  #upTo: bigint
  #feed: Feed | undefined
  /** What the head was, where the subscription was asked for, before that. */
  #headBefore = 0n
  #isLive = false
  /** The log goes that far at least, as the leader says; a subscription may be laid at a node that is behind. */
  #awaited = 0n
  #hasToldHead = false
  #stuck: UnreadableEvent | undefined
  #isClosed = false
  #attempts = 0
  #retryAt = 0
  #lostAt = performance.now()
  #why = 'EventStoreDB was not asked yet'
  /** When something last came of the subscription, and when this follower last looked for itself. */
  #heardAt = 0
  #probedAt = 0
  #checkpoint: bigint | undefined

  constructor(means: FollowMeans, after: bigint, filter: LogFilter) {
    this.#means = means
    this.#filter = filter
    this.#sieve = sieve(means.reading, filter, recordedFrom)
    this.#continuity = continuity(after === 0n)
    this.#eager = filter.eager === undefined ? undefined : new Set<string>(filter.eager)
    this.#resumeAt = after
    this.#upTo = after
  }

  async next(): Promise<E.Either<ReadFailure, LogPage>> {
    const asked = performance.now()
    const from = this.#upTo
    for (;;) {
      if (this.#isClosed) {
        return E.left({ _tag: 'StoreUnreachable', detail: 'this subscription was closed' })
      }
      const feed = await this.#open()
      const events = feed === undefined ? [] : await this.#collect(feed)
      if (events.length > 0) return E.right(this.#page(events))
      if (this.#stuck !== undefined) return E.left(this.#stuck)
      if (this.#isLevel() && !this.#hasToldHead) return E.right(this.#page([]))
      const now = performance.now()
      if (this.#feed === undefined && now - Math.max(asked, this.#lostAt) >= this.#patience()) {
        return E.left({ _tag: 'StoreUnreachable', detail: this.#why })
      }
      await this.#probe()
      const msLeft = asked + (this.#upTo > from ? progressMs : emptyMs) - performance.now()
      if (this.#feed !== undefined && msLeft <= 0) {
        return E.right(this.#page([]))
      }
      await this.#wait(msLeft)
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#feed?.close()
  }

  #patience(): number {
    return this.#means.reading.patienceMs
  }

  #page(events: readonly RecordedEvent[]): LogPage {
    const atHead = this.#isLevel()
    if (atHead) this.#hasToldHead = true
    return { events, upTo: this.#upTo, atHead }
  }

  #isLevel(): boolean {
    return this.#isLive && this.#upTo >= this.#awaited
  }

  async #wait(msLeft: number): Promise<void> {
    const untilProbe = this.#lastSign() + this.#means.probeMs - performance.now()
    const feed = this.#feed
    if (feed === undefined)
      await pause(Math.max(1, Math.min(this.#retryAt - performance.now(), 50)))
    else await feed.news(Math.max(1, Math.min(msLeft, untilProbe)))
  }

  #lastSign(): number {
    return Math.max(this.#heardAt, this.#probedAt)
  }

  /** The subscription, or undefined while it is not yet time to ask for one again. */
  async #open(): Promise<Feed | undefined> {
    const why = this.#feed?.lost()
    if (why !== undefined) this.#lose(why)
    if (this.#feed !== undefined || performance.now() < this.#retryAt) return this.#feed
    const { address, name, reading, callMs } = this.#means
    try {
      const head = await lastRecord(reading.line, callMs)
      this.#await(positionOf(head) ?? 0n)
    } catch (e) {
      const failure = clientFailure(e)
      this.#lose('detail' in failure ? failure.detail : failure._tag)
      return undefined
    }
    if (this.#isClosed) return undefined
    const feed = openFeed(address, name, this.#resumeAt, this.#filter)
    this.#feed = feed
    this.#isLive = false
    const until = performance.now() + callMs
    while (!feed.isOpen() && feed.lost() === undefined && performance.now() < until) {
      await feed.news(until - performance.now())
    }
    this.#heardAt = performance.now()
    if (!feed.isOpen()) {
      this.#lose(feed.lost() ?? 'EventStoreDB did not confirm the subscription')
      return undefined
    }
    this.#headBefore = feed.headBefore()
    return feed
  }

  /** `since`: by performance.now(), when the server was asked what it has not answered. */
  #lose(why: string, since = performance.now()): void {
    const feed = this.#feed
    this.#feed = undefined
    this.#isLive = false
    if (feed !== undefined || this.#attempts === 0) this.#lostAt = since
    this.#why = why
    this.#retryAt = performance.now() + backOffMs(this.#means.backOff, this.#attempts)
    this.#attempts += 1
    feed?.close().catch(() => undefined)
  }

  /** What has arrived, in order, up to where a page ends. */
  async #collect(feed: Feed): Promise<readonly RecordedEvent[]> {
    const events: RecordedEvent[] = []
    let bytes = 0
    let begun = 0
    let hasTurned = false
    let hasWaited = true
    const isWhole = (): boolean => events.length >= pageEventsMax || bytes >= pageBytesMax
    while (!isWhole() && this.#stuck === undefined && this.#feed === feed) {
      const item = feed.take()
      if (item === undefined) {
        const msLeft = this.#lingerUntil(events, begun) - performance.now()
        if (events.length === 0 || feed.lost() !== undefined) break
        if (msLeft > 0) await feed.news(msLeft)
        else if (hasTurned) break
        else await turn()
        hasTurned = msLeft <= 0
        hasWaited = true
        continue
      }
      if (hasWaited) this.#heardAt = performance.now()
      hasTurned = false
      hasWaited = false
      if ('mark' in item) {
        this.#note(item)
        continue
      }
      const position = positionOf(item)
      // It was given already, by this subscription or one before it.
      if (position !== undefined && position <= this.#resumeAt) continue
      const sifting = this.#sieve(item)
      const sifted = sifting instanceof Promise ? await sifting : sifting
      const event = this.#accept(item, position, sifted)
      if (event === undefined) continue
      if (events.length === 0) begun = this.#heardAt
      events.push(event)
      bytes += bytesOf(item)
    }
    return events
  }

  #note(mark: Mark): void {
    if (mark.mark === 'checkpoint') {
      this.#checkpoint = mark.position
      return
    }
    this.#isLive = true
    this.#attempts = 0
    this.#reach(this.#headBefore)
  }

  /** Until when a page that has something in it waits for more. */
  #lingerUntil(events: readonly RecordedEvent[], begun: number): number {
    if (!this.#isLive) return Math.min(this.#heardAt + gatherMs, begun + gatherMsMax)
    const eager = this.#eager
    const isUrgent = eager === undefined || events.some(({ event }) => eager.has(event.type))
    return isUrgent ? 0 : begun + restMs
  }

  #reach(position: bigint): void {
    if (position > this.#upTo) this.#upTo = position
  }

  #await(position: bigint): void {
    if (position > this.#awaited) this.#awaited = position
  }

  /** The event, if it is one for this follower. What must stop him is kept for when he has had all before it. */
  #accept(
    record: StoreRecord,
    position: bigint | undefined,
    sifted: Sifted,
  ): RecordedEvent | undefined {
    if (E.isLeft(sifted) && sifted.left._tag === 'StoreUnreachable') {
      this.#lose(sifted.left.detail)
      return undefined
    }
    const { streamId: stream, type } = record
    const gap = stream.startsWith('$') ? undefined : this.#continuity.gapBefore(record)
    if (E.isLeft(sifted)) this.#stuck = sifted.left as UnreadableEvent
    else if (gap !== undefined) {
      const at = position ?? 0n
      this.#stuck = { _tag: 'UnreadableEvent', position: at, stream, type, detail: gap }
    } else {
      this.#resumeAt = position ?? this.#resumeAt
      this.#reach(this.#resumeAt)
      return sifted.right
    }
    return undefined
  }

  /**
   * What a subscription is silent about: that the log went on with nothing for us, or that it no longer tells us.
   */
  async #probe(): Promise<void> {
    if (this.#feed === undefined) return
    if (performance.now() < this.#lastSign() + this.#means.probeMs) return
    this.#probedAt = performance.now()
    if (!this.#isLive && this.#checkpoint !== undefined) {
      await this.#passTo(this.#checkpoint)
      return
    }
    const read = await readPage(this.#means.reading, this.#upTo, this.#filter, 1)
    const isSilent = performance.now() - this.#heardAt >= this.#means.silenceMs
    if (E.isRight(read) && read.right.events.length === 0) {
      this.#reach(read.right.upTo)
      return
    }
    if (E.isLeft(read) && read.left._tag === 'StoreUnreachable') {
      this.#lose(read.left.detail, this.#probedAt)
      return
    }
    this.#await(withheldIn(read))
    if (isSilent) this.#lose('the subscription has fallen silent')
  }

  /**
   * Checkpoints of some servers name the end of the log, or what comes next. So none is taken that lies behind what
   * was the head before, and none as it is: the record before it is.
   */
  async #passTo(checkpoint: bigint): Promise<void> {
    this.#checkpoint = undefined
    if (checkpoint > this.#headBefore) return
    const { line } = this.#means.reading
    const record = await lastRecord(line, this.#means.callMs, checkpoint).catch(() => undefined)
    if (record !== undefined) this.#reach(positionOf(record) ?? 0n)
  }
}
