/** Follows the ledger's stream from its first event to the last, over a line that is cut once on purpose. */
import { setTimeout } from 'node:timers/promises'
import { listenToStream, type StreamClient } from '#adapters/http/stream-client'
import type { Order } from './client.ts'
import type { Heard } from './judge/stream.ts'

export interface Listening {
  readonly heard: readonly Heard[]
  /** Hangs up in the middle of whatever is told, and goes on after the last that was dealt with. */
  readonly cut: () => Promise<void>
  /** Resolves when a frame of that position was heard, or the time is up. */
  readonly upTo: (position: bigint, withinMs: number) => Promise<void>
  readonly close: () => Promise<void>
}

export const listen = (
  url: string,
  key: string,
  onOrder: (order: Order, type: string) => void,
): Listening => {
  const heard: Heard[] = []
  const dial = (after: bigint): StreamClient =>
    listenToStream({
      urls: [url],
      key,
      after,
      onFrame: ({ type, logPosition, data, event }) => {
        const id = typeof data['id'] === 'string' ? data['id'] : ''
        heard.push({ logPosition, type, event: event.type, id })
        if (type.startsWith('order.')) onOrder(data as unknown as Order, type)
      },
    })
  let line = dial(0n)
  return {
    heard,
    cut: async () => {
      line.close()
      await line.ended
      line = dial(line.position() ?? 0n)
    },
    upTo: async (position, withinMs) => {
      const givenUp = Date.now() + withinMs
      while ((line.position() ?? 0n) < position && Date.now() < givenUp) await setTimeout(20)
    },
    close: async () => {
      line.close()
      await line.ended
    },
  }
}
