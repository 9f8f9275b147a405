/** One subscription of the client, as a queue in which everything stands in its order: events, and how far it is. */
import type { AllStreamSubscription } from '@eventstore/db-client'
import type { LogFilter } from '#domain/kernel/event-log'
import type { EventStoreAddress } from './address.ts'
import { type OpenClient, openClient } from './client.ts'
import { clientFailure } from './failure.ts'
import { serverFilter } from './sieve.ts'
import type { StoreRecord } from './translate.ts'

export type FeedItem =
  | { readonly _tag: 'record'; readonly record: StoreRecord }
  /** Everything before this position was looked at. */
  | { readonly _tag: 'checkpoint'; readonly position: bigint }
  | { readonly _tag: 'caughtUp' }

export interface Feed {
  /** The next of what has arrived; undefined where nothing has. */
  readonly take: () => FeedItem | undefined
  /** Until something has happened, or the time is over. */
  readonly news: (ms: number) => Promise<void>
  /** The server has confirmed it. */
  readonly isOpen: () => boolean
  /** Why nothing more will come of it; undefined while something may. */
  readonly lost: () => string | undefined
  readonly close: () => Promise<void>
}

/** Read ahead of what is asked for, in events; of the largest that is some 16 MB. */
const readAhead = 64
/** In windows of 32 events that the server has looked at. */
const checkpointInterval = 32

interface Resolved {
  readonly event?: StoreRecord
}

/** Each feed has a client of its own: what wedges one of them touches nobody else. */
export const openFeed = (
  address: EventStoreAddress,
  name: string,
  after: bigint,
  filter: LogFilter,
): Feed => {
  let subscription: AllStreamSubscription | undefined
  let isConfirmed = false
  let why: string | undefined
  let wake: () => void = () => undefined
  let isClosed = false
  const end = (detail: string): void => {
    why ??= detail
    wake()
  }
  const opening = openClient(address, name)
  const begin = ({ client }: OpenClient): void => {
    if (isClosed) return
    subscription = subscribe(client, after, filter)
    subscription.on('readable', () => wake())
    subscription.on('confirmation', () => {
      isConfirmed = true
      wake()
    })
    // It says so in three ways, of which only the first is an error; none of them is followed by another attempt.
    subscription.on('error', (e) => {
      const failure = clientFailure(e)
      end('detail' in failure ? failure.detail : failure._tag)
    })
    subscription.on('end', () => end('the server ended the subscription'))
    subscription.on('close', () => end('the subscription was closed'))
  }
  opening.then(begin).catch((e: unknown) => end(e instanceof Error ? e.message : String(e)))
  return {
    take: () => (subscription === undefined ? undefined : nextOf(subscription)),
    news: (ms) =>
      new Promise((resolve) => {
        const done = (): void => {
          clearTimeout(timer)
          wake = () => undefined
          resolve()
        }
        const timer = setTimeout(done, ms)
        wake = done
      }),
    isOpen: () => isConfirmed && why === undefined,
    lost: () => (subscription !== undefined && subscription.readableLength > 0 ? undefined : why),
    close: async () => {
      isClosed = true
      end('it was closed')
      subscription?.unsubscribe().catch(() => undefined)
      await opening.then(({ close }) => close()).catch(() => undefined)
    },
  }
}

const nextOf = (subscription: AllStreamSubscription): FeedItem | undefined => {
  for (;;) {
    const item = subscription.read() as Resolved | Marker | null
    if (item === null) return undefined
    if ('marker' in item) return item.marker
    if (item.event !== undefined) return { _tag: 'record', record: item.event }
  }
}

/** A place in the queue. Told by callback they would run ahead of the events before them that nobody has taken yet. */
interface Marker {
  readonly marker: FeedItem
}
const mark = (subscription: AllStreamSubscription, marker: FeedItem): void => {
  if (!subscription.destroyed && !subscription.readableEnded) subscription.push({ marker })
}

const subscribe = (
  client: OpenClient['client'],
  after: bigint,
  filter: LogFilter,
): AllStreamSubscription => {
  const subscription = client.subscribeToAll(
    {
      fromPosition: after === 0n ? 'start' : { commit: after, prepare: after },
      filter: {
        filterOn: 'streamName',
        ...serverFilter(filter),
        checkpointInterval,
        // It is waited for, and if it threw the subscription would stand still for ever.
        checkpointReached: (reached, { commit }) => {
          mark(reached, { _tag: 'checkpoint', position: commit })
        },
      },
    },
    { highWaterMark: readAhead },
  )
  subscription.on('caughtUp', () => mark(subscription, { _tag: 'caughtUp' }))
  return subscription
}
