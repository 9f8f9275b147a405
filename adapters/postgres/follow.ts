/** One follower's way through the log: pages while there is more, then waiting for news. */
import { setImmediate } from 'node:timers/promises'
import * as E from 'fp-ts/lib/Either.js'
import type { LogFilter, LogPage, ReadFailure, Subscription } from '#domain/kernel/event-log'
import type { WakeUps } from './listen.ts'
import { newsFor } from './news.ts'
import { decodePage, fetchPage, type Reading } from './read.ts'

const pageEventsMax = 1_000
/** A sign can be lost with its connection; then this long at most. */
const pollMs = 500
/** An empty page is given after this long: sooner where it tells of progress. */
const emptyMs = 1_000
const progressMs = 250

const msLeft = (asked: number, hasProgressed: boolean): number =>
  asked + (hasProgressed ? progressMs : emptyMs) - performance.now()

/** Short of the head the database reads the next page while this one is decoded. */
const oneAhead = (reading: Reading, filter: LogFilter) => {
  let ahead: { readonly after: bigint; readonly page: ReturnType<typeof fetchPage> } | undefined
  const fetched = (after: bigint) => fetchPage(reading, after, filter, pageEventsMax)
  return async (after: bigint): Promise<E.Either<ReadFailure, LogPage>> => {
    const page = ahead?.after === after ? ahead.page : fetched(after)
    ahead = undefined
    const raw = await page
    if (E.isLeft(raw)) return raw
    const { upTo, head } = raw.right
    if (upTo < head) {
      ahead = { after: upTo, page: fetched(upTo) }
      // It is only asked once we rest.
      await setImmediate()
    }
    return decodePage(reading, filter, raw.right)
  }
}

export const subscribe = (
  reading: Reading,
  wakeUps: WakeUps,
  after: bigint,
  filter: LogFilter,
): Subscription => {
  let position = after
  let toldHead = false
  let isAtHead = false
  let closed = false
  const news = newsFor(wakeUps, filter.eager)
  const pageAfter = oneAhead(reading, filter)
  wakeUps.listen()

  const next = async (): Promise<E.Either<ReadFailure, LogPage>> => {
    const asked = performance.now()
    const from = position
    for (;;) {
      // Nothing is known to be there: reading at once would mostly find nothing.
      if (isAtHead && !closed)
        await news.beyond(position, Math.min(pollMs, Math.max(0, msLeft(asked, position > from))))
      if (closed)
        return E.left({ _tag: 'StoreUnreachable', detail: 'this subscription was closed' })
      const read = await pageAfter(position)
      if (E.isLeft(read)) return read
      const { events, upTo, atHead } = read.right
      position = upTo
      isAtHead = atHead
      const isFirst = atHead && !toldHead
      if (events.length > 0 || isFirst || msLeft(asked, upTo > from) <= 0) {
        toldHead = atHead
        return read
      }
    }
  }
  // One at a time, in the order asked, so that no page is given twice.
  let last: Promise<unknown> = Promise.resolve()
  return {
    next: () => {
      const before = last
      const mine = (async () => {
        await before
        return next()
      })()
      last = mine
      return mine
    },
    close: () => {
      closed = true
      wakeUps.wake()
      news.close()
      return Promise.resolve()
    },
  }
}
