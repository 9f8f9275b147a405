/** A server with a stream, and clients of every kind: lively, deaf, refused. */
import { once } from 'node:events'
import { connect, type Socket as NetSocket } from 'node:net'
import * as E from 'fp-ts/lib/Either.js'
import { WebSocket } from 'ws'
import { systemIds } from '#adapters/system/ids'
import { type HttpServer, httpServer } from '#adapters/http/server'
import type { Socket, SocketAsked, SocketEvents } from '#adapters/http/socket'

const open: (() => Promise<unknown>)[] = []
/** After each test. */
export const closeAll = async (): Promise<void> => {
  for (const close of open.splice(0).toReversed()) await close()
}

export interface Met {
  readonly socket: Socket
  readonly asked: SocketAsked
  readonly messages: string[]
  readonly codes: number[]
  rooms: number
}

/** A server with a stream at /stream and a route at /echo, and whoever connects to the stream. */
export const serving = async (clientsMax = 10) => {
  const met: Met[] = []
  let wake = (): void => undefined
  const stopping = new AbortController()
  const connected = (socket: Socket, asked: SocketAsked, enter: () => boolean): SocketEvents => {
    enter()
    const one: Met = { socket, asked, messages: [], codes: [], rooms: 0 }
    met.push(one)
    wake()
    return {
      message: (text) => {
        one.messages.push(text)
        wake()
      },
      room: () => {
        one.rooms += 1
        wake()
      },
      closed: (code) => {
        one.codes.push(code)
        wake()
      },
    }
  }
  const server: HttpServer = httpServer({
    routes: [
      {
        access: 'anybody',
        method: 'POST',
        path: '/echo',
        summary: 'Says what it heard.',
        tag: 'operation',
        replies: { 200: 'application/json' },
        handle: async ({ body }) => E.right({ status: 200, body: { heard: body } }),
      },
    ],
    admit: () => E.left({ _tag: 'KeyMissing' }),
    paceOf: () => undefined,
    origins: [],
    requestId: systemIds.correlationId,
    observe: () => undefined,
    stopping: stopping.signal,
    sockets: {
      path: '/stream',
      clientsMax,
      knows: () => true,
      connected,
      close: async () => {
        for (const { socket } of met) socket.close(1001, 'over')
      },
    },
  })
  const port = await server.listen('127.0.0.1', 0)
  open.push(server.close)
  const until = async (enough: () => boolean): Promise<void> => {
    while (!enough()) {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }
  const meet = async (nth = 0): Promise<Met> => {
    await until(() => met.length > nth)
    const one = met[nth]
    if (one === undefined) throw new Error('nobody came')
    return one
  }
  return { server, port, url: `ws://127.0.0.1:${String(port)}/stream`, meet, until, stopping }
}
export const client = (url: string, headers: Readonly<Record<string, string>> = {}): WebSocket => {
  const socket = new WebSocket(url, { headers, perMessageDeflate: false })
  socket.on('error', () => undefined)
  open.push(async () => socket.terminate())
  return socket
}
export const refusalOf = async (socket: WebSocket) => {
  const [, response] = (await once(socket, 'unexpected-response')) as [
    unknown,
    NodeJS.ReadableStream & { statusCode: number; headers: Readonly<Record<string, string>> },
  ]
  let text = ''
  for await (const piece of response) text += String(piece)
  return {
    status: response.statusCode,
    headers: response.headers,
    body: JSON.parse(text) as object,
  }
}
/** A client that takes part in the handshake and then reads nothing. */
export const deaf = async (port: number): Promise<NetSocket> => {
  const socket = connect(port, '127.0.0.1')
  open.push(async () => socket.destroy())
  socket.on('error', () => undefined)
  socket.write(
    'GET /stream HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
  )
  await once(socket, 'data')
  socket.pause()
  return socket
}

/** What a client's own WebSocket does by itself: each ping that comes is sent back as a pong. */
export const answerPings = (line: NetSocket): void => {
  let rest = Buffer.alloc(0)
  line.on('data', (piece: Buffer) => {
    rest = Buffer.concat([rest, piece])
    for (;;) {
      const [opcode, short] = [rest[0], rest[1]]
      if (opcode === undefined || short === undefined) return
      const header = short === 126 ? 4 : 2
      if (rest.length < header) return
      const size = short === 126 ? rest.readUInt16BE(2) : short
      if (rest.length < header + size) return
      const payload = rest.subarray(header, header + size)
      // Masked with zeros, which leaves it as it is.
      if (opcode === 0x89)
        line.write(Buffer.concat([Buffer.from([0x8a, 0x80 | size, 0, 0, 0, 0]), payload]))
      rest = rest.subarray(header + size)
    }
  })
}
