/** One subscription of the client, as a queue in which everything stands in its order: events, and how far it is. */
import type { AllStreamSubscription } from '@eventstore/db-client'
import type { LogFilter } from '#domain/kernel/event-log'
import type { EventStoreAddress } from './address.ts'
import { type OpenClient, openClient } from './client.ts'
import { clientFailure } from './failure.ts'
import { lastOf } from './records.ts'
import { serverFilter } from './sieve.ts'
import { signal } from './signal.ts'
import { bytesOf, positionOf, type StoreRecord } from './translate.ts'

/** A place in the queue. Told by callback it would run ahead of the events before it that nobody has taken yet. */
export type Mark =
  /** Everything before this position was looked at. */
  { readonly mark: 'checkpoint'; readonly position: bigint } | { readonly mark: 'caughtUp' }
export type FeedItem = StoreRecord | Mark

export interface Feed {
  /** The next of what has arrived; undefined where nothing has. */
  readonly take: () => FeedItem | undefined
  /** Until something has happened since this was last waited for, or the time is over. */
  readonly news: (ms: number) => Promise<void>
  /** The server has confirmed it. */
  readonly isOpen: () => boolean
  /** What the head was, of the node that it is laid at, before it was laid: that node may be behind the leader. */
  readonly headBefore: () => bigint
  /** Why nothing more will come of it; undefined while something may. */
  readonly lost: () => string | undefined
  readonly close: () => Promise<void>
}

/** In windows of 32 events that the server has looked at. */
const checkpointInterval = 32

/** Each feed has a client of its own: what wedges one of them touches nobody else. */
export const openFeed = (
  address: EventStoreAddress,
  name: string,
  after: bigint,
  filter: LogFilter,
): Feed => {
  const signs = signal()
  let queue: Queue | undefined
  let headBefore = 0n
  let isConfirmed = false
  let why: string | undefined
  let isClosed = false
  const end = (detail: string): void => {
    why ??= detail
    signs.wake()
  }
  const opening = openClient(address, name)
  const begin = async ({ client }: OpenClient): Promise<void> => {
    const head = await lastOf(client, { requiresLeader: false })
    headBefore = positionOf(head) ?? 0n
    if (isClosed) return
    const subscription = subscribe(client, after, filter)
    queue = queueOf(subscription, signs.wakeSoon)
    subscription.on('confirmation', () => {
      isConfirmed = true
      signs.wake()
    })
    // It says so in three ways, of which only the first is an error; none of them is followed by another attempt.
    subscription.on('error', (e) => end(whyOf(e)))
    subscription.on('end', () => end('the server ended the subscription'))
    subscription.on('close', () => end('the subscription was closed'))
  }
  opening.then(begin).catch((e: unknown) => end(whyOf(e)))
  return {
    take: () => queue?.take(),
    news: signs.wait,
    isOpen: () => isConfirmed && why === undefined,
    headBefore: () => headBefore,
    lost: () => (queue?.isEmpty() === false ? undefined : why),
    close: async () => {
      isClosed = true
      end('it was closed')
      queue?.stop()
      await opening.then(({ close }) => close()).catch(() => undefined)
    },
  }
}

const whyOf = (e: unknown): string => {
  const failure = clientFailure(e)
  return 'detail' in failure ? failure.detail : failure._tag
}

interface Queue {
  readonly take: () => FeedItem | undefined
  readonly isEmpty: () => boolean
  readonly stop: () => void
}

/** Read ahead of what is asked for: so many, or so many bytes. The client holds another few dozen. */
const readAhead = 256
const readAheadBytes = 2 * 1024 * 1024

interface Resolved {
  readonly event?: StoreRecord
}

/** Flowing until enough is there: asking the stream for one after the other costs as much as decoding them. */
const queueOf = (subscription: AllStreamSubscription, wake: () => void): Queue => {
  let items: FeedItem[] = []
  let next = 0
  let bytes = 0
  subscription.on('data', (item: Resolved | Mark) => {
    if ('mark' in item) items.push(item)
    else if (item.event !== undefined) {
      items.push(item.event)
      bytes += bytesOf(item.event)
    }
    if (items.length >= readAhead || bytes >= readAheadBytes) subscription.pause()
    wake()
  })
  return {
    take: () => {
      const item = items[next]
      next += 1
      if (item !== undefined) return item
      items = []
      next = 0
      bytes = 0
      if (subscription.isPaused()) subscription.resume()
      return undefined
    },
    isEmpty: () => next >= items.length && subscription.readableLength === 0,
    stop: () => {
      subscription.unsubscribe().catch(() => undefined)
    },
  }
}

const setMark = (subscription: AllStreamSubscription, mark: Mark): void => {
  if (!subscription.destroyed && !subscription.readableEnded) subscription.push(mark)
}

const subscribe = (
  client: OpenClient['client'],
  after: bigint,
  filter: LogFilter,
): AllStreamSubscription => {
  const subscription = client.subscribeToAll({
    fromPosition: after === 0n ? 'start' : { commit: after, prepare: after },
    filter: {
      filterOn: 'streamName',
      ...serverFilter(filter),
      checkpointInterval,
      // It is waited for, and if it threw the subscription would stand still for ever.
      checkpointReached: (reached, { commit }) => {
        setMark(reached, { mark: 'checkpoint', position: commit })
      },
    },
  })
  subscription.on('caughtUp', () => setMark(subscription, { mark: 'caughtUp' }))
  return subscription
}
