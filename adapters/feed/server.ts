/** The tick hub: tells every listener what the market does, and lets none of them hold up the others. */
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { performance } from 'node:perf_hooks'
import * as E from 'fp-ts/lib/Either.js'
import { WebSocket, WebSocketServer } from 'ws'
import type { Ended, Tick, Welcome } from '#schemas/market/tick'
import { encodeFrame } from './frames.ts'

export interface TickHub {
  /** Where it listens, with the port it got. */
  readonly url: string
  readonly publish: (frame: Tick | Ended) => void
  /**
   * Resolves when there are listeners and each has room, or with false after `waitMsMax`: for a source that goes as
   * fast as it is heard. Who does not read for as long as a slow listener may be slow is sent away meanwhile.
   */
  readonly drained: (waitMsMax: number) => Promise<boolean>
  readonly stats: () => HubStats
  readonly close: () => Promise<void>
}
export interface HubStats {
  readonly listeners: number
  readonly published: number
  /** Ticks that a slow listener was not told, because a newer one of that symbol took their place. */
  readonly superseded: number
  /** Listeners that were sent away because they did not read at all. */
  readonly sentAway: number
}
export interface CannotListen {
  readonly _tag: 'CannotListen'
  readonly url: string
  readonly detail: string
}
export interface TickHubOptions {
  /** `ws://127.0.0.1:<port>`; port 0 takes a free one. */
  readonly url: string
  readonly welcome: Omit<Welcome, 'type'>
  /** Above this a listener is slow, and hears only the newest of each symbol until it has read the rest. */
  readonly backlogBytesMax?: number
  /** A listener that stays slow for so long is sent away. */
  readonly slowMsMax?: number
}

export const openTickHub = async (
  options: TickHubOptions,
): Promise<E.Either<CannotListen, TickHub>> => {
  const { hostname, port } = new URL(options.url)
  const server = new WebSocketServer({
    host: hostname,
    port: Number(port),
    perMessageDeflate: false,
    maxPayload: 1024,
    // Only pages in a browser name their origin, and none of them has business here.
    verifyClient: ({ req }: { readonly req: IncomingMessage }) => req.headers.origin === undefined,
  })
  try {
    await once(server, 'listening')
  } catch (error) {
    return E.left({ _tag: 'CannotListen', url: options.url, detail: String(error) })
  }
  const address = server.address()
  const bound = typeof address === 'object' && address !== null ? address.port : Number(port)
  return E.right(hubOn(server, `ws://${hostname}:${String(bound)}`, options))
}

/** A listener, and what waits until it has read what it was sent: newest per symbol and kind. */
interface Listener {
  readonly socket: WebSocket
  readonly waiting: Map<string, string>
  slowSince: number
  /** Since when a source waits for it to read. */
  awaitedSince: number | undefined
}
const sweepEveryMs = 20

const hubOn = (server: WebSocketServer, url: string, options: TickHubOptions): TickHub => {
  const { backlogBytesMax = 1 << 20, slowMsMax = 30_000 } = options
  const welcome = encodeFrame({ type: 'welcome', ...options.welcome })
  const newest = new Map<string, string>()
  const listeners = new Set<Listener>()
  const counts = { published: 0, superseded: 0, sentAway: 0 }
  const hasRoom = ({ socket }: Listener): boolean => socket.bufferedAmount <= backlogBytesMax

  const hold = (listener: Listener, key: string, text: string): void => {
    if (listener.waiting.size === 0) listener.slowSince = performance.now()
    if (listener.waiting.delete(key)) counts.superseded += 1
    listener.waiting.set(key, text)
  }
  const sendAway = ({ socket }: Listener): void => {
    counts.sentAway += 1
    socket.terminate()
  }
  const sweep = (): void => {
    for (const listener of listeners) {
      if (listener.waiting.size === 0) continue
      if (hasRoom(listener)) {
        for (const text of listener.waiting.values()) listener.socket.send(text)
        listener.waiting.clear()
      } else if (performance.now() - listener.slowSince > slowMsMax) sendAway(listener)
    }
  }
  const sweeping = setInterval(sweep, sweepEveryMs)
  server.on('connection', (socket) => {
    const listener = {
      socket,
      waiting: new Map<string, string>(),
      slowSince: 0,
      awaitedSince: undefined,
    }
    listeners.add(listener)
    socket.on('close', () => listeners.delete(listener))
    socket.on('error', () => socket.terminate())
    for (const text of [welcome, ...newest.values()]) socket.send(text)
  })
  return {
    url,
    publish: (frame) => {
      const key = frame.type === 'ended' ? frame.type : `${frame.type} ${frame.symbol}`
      const text = encodeFrame(frame)
      newest.delete(key)
      newest.set(key, text)
      counts.published += 1
      for (const listener of listeners) {
        // What is held must not be overtaken: ticks of one symbol stay in order.
        if (listener.waiting.size === 0 && hasRoom(listener)) listener.socket.send(text)
        else hold(listener, key, text)
      }
    },
    drained: (waitMsMax) => drained(listeners, waitMsMax, slowMsMax, sendAway),
    stats: () => ({ listeners: listeners.size, ...counts }),
    close: async () => {
      clearInterval(sweeping)
      for (const { socket } of listeners) socket.close(1001, 'the hub stops')
      await closeWithin(server, 500)
    },
  }
}

const roomBytes = 64 * 1024

const drained = async (
  listeners: ReadonlySet<Listener>,
  waitMsMax: number,
  slowMsMax: number,
  sendAway: (listener: Listener) => void,
): Promise<boolean> => {
  const until = performance.now() + waitMsMax
  for (;;) {
    const busy = [...listeners].filter(isBusy)
    for (const listener of listeners) {
      if (busy.includes(listener)) listener.awaitedSince ??= performance.now()
      else listener.awaitedSince = undefined
    }
    if (listeners.size > 0 && busy.length === 0) return true
    if (performance.now() >= until) return false
    for (const listener of busy)
      if (performance.now() - (listener.awaitedSince ?? 0) > slowMsMax) sendAway(listener)
    await new Promise((done) => setTimeout(done, 1))
  }
}
const isBusy = ({ socket, waiting }: Listener): boolean =>
  socket.readyState === WebSocket.OPEN && (waiting.size > 0 || socket.bufferedAmount > roomBytes)

/** Closes the server; who has not said goodbye by then is cut off. */
const closeWithin = async (server: WebSocketServer, milliseconds: number): Promise<void> => {
  const cut = setTimeout(() => {
    for (const socket of server.clients) socket.terminate()
  }, milliseconds)
  await new Promise<void>((done) => {
    server.close(() => {
      done()
    })
  })
  clearTimeout(cut)
}
