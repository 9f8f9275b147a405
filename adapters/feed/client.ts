/** Listens to the tick hub, and goes on listening when the hub comes back. */
import * as E from 'fp-ts/lib/Either.js'
import type { TickFeed } from '#domain/kernel/tick-feed'
import type { HubFrame } from '#schemas/market/tick'
import { decodeFrame, type MalformedFrame } from './frames.ts'
import { openLine } from './line.ts'

export interface TickFeedOptions {
  /** Told of every frame that could not be understood; the feed goes on. */
  readonly onMalformed?: (frame: MalformedFrame) => void
  readonly onConnection?: (state: 'connected' | 'disconnected') => void
  readonly retryMsMin?: number
  readonly retryMsMax?: number
}

export const hubTickFeed = (url: string, options: TickFeedOptions = {}): TickFeed => {
  const listeners = new Set<{ readonly hear: (frame: HubFrame) => void }>()
  /** What somebody who begins to listen now is told first: the welcome, the newest ticks, and the end. */
  const newest = new Map<string, HubFrame>()
  const line = openLine({
    url,
    retryMsMin: options.retryMsMin ?? 100,
    retryMsMax: options.retryMsMax ?? 5_000,
    onConnection: (state) => options.onConnection?.(state),
    onText: (text) => {
      const decoded = decodeFrame(text)
      if (E.isLeft(decoded)) {
        options.onMalformed?.(decoded.left)
        return
      }
      const frame = decoded.right
      if (frame.type === 'welcome') newest.clear()
      newest.set('symbol' in frame ? `${frame.type} ${frame.symbol}` : frame.type, frame)
      for (const { hear } of listeners) hear(frame)
    },
  })
  return {
    listen: (hear) => {
      const listener = { hear }
      for (const frame of newest.values()) hear(frame)
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
    connected: () => line.isOpen(),
    close: async () => {
      listeners.clear()
      await line.close()
    },
  }
}
