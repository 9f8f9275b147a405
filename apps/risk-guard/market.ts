/** Hearing the market for the first time, so that a guard that has just started does not deny for want of a mark. */
import { pause } from '#apps/process/back-off'
import type { TickFeed } from '#domain/kernel/tick-feed'
import type { MarksFold } from '#domain/market/marks'
import type { MarketSymbol } from '#schemas/values/ids'

/** Feeds the marks from now on; done when every symbol was heard that the source offers, or the time is up. */
export const hearMarket = async (
  feed: Pick<TickFeed, 'listen'>,
  marks: MarksFold,
  withinMs: number,
  stopping: AbortSignal,
): Promise<void> => {
  let awaited: readonly MarketSymbol[] | undefined
  const heard = new Promise<void>((resolve) => {
    feed.listen((frame) => {
      marks.hear(frame)
      if (frame.type === 'welcome') awaited = frame.symbols
      if (awaited?.every((symbol) => marks.markOf(symbol) !== undefined) === true) {
        awaited = undefined
        resolve()
      }
    })
  })
  const over = new AbortController()
  const timeUp = pause(withinMs, AbortSignal.any([stopping, over.signal]))
  await Promise.race([heard, timeUp])
  over.abort()
}
