/** The paper venue's socket: hears requests, answers them, and tells every gateway the news. */
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import * as E from 'fp-ts/lib/Either.js'
import { WebSocket, WebSocketServer } from 'ws'
import { decodeRequest, encodePaperFrame } from '#schemas/paper/frames'
import type { PaperAnswer, PaperFrame, PaperWireRequest } from '#schemas/paper/wire'
import type { Line } from '#schemas/values/ids'
import { togetherOn } from './together.ts'

/** One gateway that is connected. */
export interface Gateway {
  readonly answer: (answer: PaperAnswer) => void
  /** Cuts the line without a word. */
  readonly drop: () => void
}
export interface PaperSocket {
  /** Where it listens, with the port it got. */
  readonly url: string
  /** To every gateway but the one that has its answer. */
  readonly publish: (news: PaperFrame, except?: Gateway) => void
  readonly stats: () => PaperSocketStats
  /** Sends every gateway away; they come back and reconcile. */
  readonly sendAway: (reason: string) => void
  readonly close: () => Promise<void>
}
export interface PaperSocketStats {
  readonly gateways: number
  readonly requests: number
  readonly malformed: number
  /** Gateways that were sent away because they did not read. */
  readonly deaf: number
}
export interface CannotListen {
  readonly _tag: 'CannotListen'
  readonly url: string
  readonly detail: string
}
export interface PaperSocketOptions {
  /** `ws://127.0.0.1:<port>`; port 0 takes a free one. */
  readonly url: string
  readonly onRequest: (request: PaperWireRequest, from: Gateway) => void
  /** What waits for a gateway that does not read; above this it is sent away and will reconcile. */
  readonly backlogBytesMax?: number
}

export const openPaperSocket = async (
  options: PaperSocketOptions,
): Promise<E.Either<CannotListen, PaperSocket>> => {
  const { hostname, port } = new URL(options.url)
  const server = new WebSocketServer({
    host: hostname,
    port: Number(port),
    perMessageDeflate: false,
    maxPayload: 16 * 1024,
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
  return E.right(socketOn(server, `ws://${hostname}:${String(bound)}`, options))
}

interface Connected {
  readonly socket: WebSocket
  readonly together: () => void
}

const socketOn = (
  server: WebSocketServer,
  url: string,
  { onRequest, backlogBytesMax = 8 * 1024 * 1024 }: PaperSocketOptions,
): PaperSocket => {
  const gateways = new Map<Gateway, Connected>()
  const counts = { requests: 0, malformed: 0, deaf: 0 }
  const send = ({ socket, together }: Connected, text: string): void => {
    if (socket.readyState !== WebSocket.OPEN) return
    if (socket.bufferedAmount <= backlogBytesMax) {
      together()
      return socket.send(text)
    }
    counts.deaf += 1
    socket.terminate()
  }
  server.on('connection', (socket, { socket: stream }: IncomingMessage) => {
    const connected: Connected = { socket, together: togetherOn(stream) }
    const gateway: Gateway = {
      answer: (answer) => {
        send(connected, encodePaperFrame(answer))
      },
      drop: () => socket.terminate(),
    }
    gateways.set(gateway, connected)
    socket.on('close', () => gateways.delete(gateway))
    socket.on('error', () => socket.terminate())
    socket.on('message', (data: Buffer) => {
      counts.requests += 1
      const request = decodeRequest(data.toString('utf8'))
      if (E.isRight(request)) return onRequest(request.right, gateway)
      counts.malformed += 1
      const { _tag, detail, ...rest } = request.left
      gateway.answer({ type: 'malformed', ...rest, detail: detail as Line })
    })
  })
  return {
    url,
    publish: (news, except) => {
      const text = encodePaperFrame(news)
      for (const [gateway, connected] of gateways) if (gateway !== except) send(connected, text)
    },
    stats: () => ({ gateways: gateways.size, ...counts }),
    sendAway: (reason) => {
      for (const { socket } of gateways.values()) socket.close(1012, reason)
    },
    close: async () => {
      for (const { socket } of gateways.values()) socket.close(1001, 'the paper venue stops')
      await closeWithin(server, 500)
    },
  }
}

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
