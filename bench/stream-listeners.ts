/** A thousand WebSocket clients in a process of their own, for whoever tells them something: what came, and how late. */
import { once } from 'node:events'
import { WebSocket } from 'ws'

/** Told by the parent process. */
export type Ask =
  | { readonly ask: 'connect'; readonly urls: readonly string[]; readonly key: string }
  /** From here on how late each frame comes is looked at, which takes time. */
  | { readonly ask: 'watch' }
  | { readonly ask: 'counts' }
export interface Counts {
  /** By client. */
  readonly received: readonly number[]
  readonly firstAt: number
  readonly lastAt: number
  /** By client: its latest frame. */
  readonly worstLagMs: readonly number[]
}

const received: number[] = []
const worstLagMs: number[] = []
let [firstAt, lastAt] = [0, 0]
let isWatching = false

const hear = (n: number, data: Buffer): void => {
  // Heartbeats are shorter than anything that is counted.
  if (data.length < 100) return
  lastAt = performance.timeOrigin + performance.now()
  firstAt ||= lastAt
  received[n] = (received[n] ?? 0) + 1
  if (!isWatching) return
  const text = data.toString('latin1')
  const from = text.lastIndexOf('"at":"', text.lastIndexOf('"logPosition"')) + 6
  const lag = lastAt - Date.parse(text.slice(from, text.indexOf('"', from)))
  worstLagMs[n] = Math.max(worstLagMs[n] ?? 0, lag)
}

const connect = async (urls: readonly string[], key: string): Promise<void> => {
  for (const [n, url] of urls.entries()) {
    const line = new WebSocket(url, {
      perMessageDeflate: false,
      headers: { authorization: `Bearer ${key}` },
    })
    line.on('message', (data: Buffer) => hear(n, data))
    received[n] = 0
    worstLagMs[n] = 0
    await once(line, 'open')
  }
}

process.on('message', (message: Ask) => {
  switch (message.ask) {
    case 'connect':
      connect(message.urls, message.key).then(
        () => process.send?.('connected'),
        (error: unknown) => {
          throw error
        },
      )
      return
    case 'watch':
      isWatching = true
      received.fill(0)
      process.send?.('watching')
      return
    case 'counts':
      process.send?.({ received, firstAt, lastAt, worstLagMs } satisfies Counts)
  }
})
process.on('disconnect', () => process.exit(0))
