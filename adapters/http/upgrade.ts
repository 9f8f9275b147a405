/** Turns the requests for one path into WebSockets, and leaves every other request as it is. */
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { CorrelationId } from '#schemas/values/ids'
import type { Fault } from './faults.ts'
import { answerRaw } from './raw.ts'
import type { Asked } from './route.ts'
import { openSocket, type Socket, type SocketAsked, type SocketEvents } from './socket.ts'

export interface SocketSettings {
  readonly path: string
  /** Whoever comes beyond these is turned away with 503. */
  readonly clientsMax: number
  /** Whether a client has shown who it is as it connects; asked only while many have not. */
  readonly knows: (asked: SocketAsked) => boolean
  /**
   * A client has connected; what it is told of the socket from then on. It has a place among the clients once
   * `enter` was asked for one and there was one; before, it is one of few.
   */
  readonly connected: (socket: Socket, asked: SocketAsked, enter: () => boolean) => SocketEvents
  /** Says goodbye to all of them. */
  readonly close: () => Promise<void>
}
interface Around {
  readonly requestId: () => CorrelationId
  readonly stopping: AbortSignal
}

/** So many may be connected, beside the clients, who have not shown who they are. */
export const strangersMax = 64

/** What a client may say to us is one key. */
const messageBytesMax = 1_024

export const acceptSockets = (
  server: Server,
  settings: SocketSettings,
  { requestId, stopping }: Around,
): void => {
  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: messageBytesMax,
  })
  const places = placesOf(settings)
  const refusal = (asked: SocketAsked): Fault | undefined =>
    stopping.aborted
      ? { _tag: 'NotReady', detail: 'This process is stopping.' }
      : places.refusal(asked)
  sockets.on('headers', (headers, request) => {
    headers.push(`Request-Id: ${idOf(request, requestId)}`)
  })
  server.on('upgrade', (request: IncomingMessage, raw: Duplex, head: Buffer) => {
    if (!isWanted(settings.path, request)) return asUsual(server, request, raw, head)
    const asked = askedOf(request, idOf(request, requestId))
    const refused = refusal(asked)
    if (refused !== undefined) {
      // What else comes from a client that is turned away is not read.
      raw.on('error', () => raw.destroy())
      return answerRaw(refused, raw, asked.requestId)
    }
    sockets.handleUpgrade(request, raw, head, (line) => {
      const place = places.come()
      const told: SocketEvents = {
        message: (text) => events.message(text),
        room: () => events.room(),
        closed: (code) => {
          place.leave()
          events.closed(code)
        },
      }
      const socket = openSocket(line, raw, told)
      const events = settings.connected(socket, asked, place.enter)
    })
  })
}

/** Those who have shown who they are, and those who have not: these take no place away from the others. */
const placesOf = ({ clientsMax, knows }: SocketSettings) => {
  const count = { clients: 0, strangers: 0 }
  const come = () => {
    let as: keyof typeof count = 'strangers'
    count[as] += 1
    const enter = (): boolean => {
      if (as === 'clients') return true
      if (count.clients >= clientsMax) return false
      count.strangers -= 1
      count.clients += 1
      as = 'clients'
      return true
    }
    const leave = (): void => {
      count[as] -= 1
    }
    return { enter, leave }
  }
  const refusal = (asked: SocketAsked): Fault | undefined => {
    if (count.clients >= clientsMax) return { _tag: 'StreamsExhausted', clientsMax }
    return count.strangers < strangersMax || knows(asked) ? undefined : crowded
  }
  return { come, refusal }
}
const crowded: Fault = {
  _tag: 'NotReady',
  detail:
    'Too many are connected that have not sent their key. Send it as a header, or come later.',
}

/** One id for each request, whoever asks first for it. */
const ids = new WeakMap<IncomingMessage, CorrelationId>()
const idOf = (request: IncomingMessage, make: () => CorrelationId): CorrelationId => {
  const id = ids.get(request) ?? make()
  ids.set(request, id)
  return id
}

const isWanted = (path: string, { url = '', headers }: IncomingMessage): boolean =>
  url.split('?', 1)[0] === path && headers.upgrade?.toLowerCase() === 'websocket'

const askedOf = (
  { url = '', headers, socket }: IncomingMessage,
  requestId: CorrelationId,
): SocketAsked => ({
  requestId,
  query: queryIn(url),
  authorization: headers.authorization,
  address: socket.remoteAddress ?? '',
  origin: headers.origin,
  host: headers.host,
})

const queryIn = (url: string): Asked['query'] => {
  const at = url.indexOf('?')
  const parameters = new URLSearchParams(at < 0 ? '' : url.slice(at))
  return Object.fromEntries(
    [...new Set(parameters.keys())].map((name) => {
      const values = parameters.getAll(name)
      return [name, values.length === 1 ? values[0] : values]
    }),
  )
}

const hopByHop = new Set(['connection', 'upgrade', 'http2-settings'])

/**
 * A request that offers another protocol (h2c, as Java's HttpClient does with every request) is answered as if
 * it had not offered it (RFC 9110, 7.8). Once there is a listener for upgrades Node answers none of them itself,
 * so it is written anew without the offer and read again.
 */
const asUsual = (server: Server, request: IncomingMessage, raw: Duplex, head: Uint8Array): void => {
  const { method = 'GET', url = '/', httpVersion, rawHeaders } = request
  const lines = [`${method} ${url} HTTP/${httpVersion}`]
  for (let n = 0; n + 1 < rawHeaders.length; n += 2) {
    const name = rawHeaders[n] ?? ''
    if (!hopByHop.has(name.toLowerCase())) lines.push(`${name}: ${rawHeaders[n + 1] ?? ''}`)
  }
  raw.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]))
  server.emit('connection', raw)
}
