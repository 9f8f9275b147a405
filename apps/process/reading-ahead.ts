/** While a page of the log is dealt with, the next one is read already. */
import * as E from 'fp-ts/lib/Either.js'
import type { Subscription } from '#domain/kernel/event-log'

/**
 * Only short of the head: what is given as the newest is asked for when it is wanted. One page at most is in hand, and
 * what comes of a page that nobody asks for any more is dropped.
 */
export const readingAhead = (subscription: Subscription): Subscription => {
  let ahead: ReturnType<Subscription['next']> | undefined
  return {
    next: async () => {
      const page = await (ahead ?? subscription.next())
      ahead = E.isRight(page) && !page.right.atHead ? subscription.next() : undefined
      // Whoever asks for it hears of it.
      ahead?.catch(() => undefined)
      return page
    },
    close: subscription.close,
  }
}
