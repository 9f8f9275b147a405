/** A venue's socket that says what a test tells it to, and a listener whose waiting takes no time. */
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import { type WebSocket, WebSocketServer } from 'ws'
import { listen, type LineOptions, type Notice, type Timings } from '#adapters/exchange/line'
import type { Protocol } from '#adapters/exchange/protocol'
import type { Standing } from '#adapters/exchange/standing'
import type { Tick } from '#schemas/market/tick'
import type { MarketSymbol } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'

/** Wakes whoever waits for something that has just changed. */
const bell = () => {
  let ring = (): void => undefined
  let rung = new Promise<void>((resolve) => (ring = resolve))
  return {
    ring: () => {
      ring()
      rung = new Promise((resolve) => (ring = resolve))
    },
    until: async (holds: () => boolean): Promise<void> => {
      while (!holds()) await rung
    },
  }
}

export interface Connection {
  readonly socket: WebSocket
  /** What the listener has sent. */
  readonly asked: string[]
  readonly untilAsked: (frames: number) => Promise<void>
  readonly say: (...frames: readonly (string | object)[]) => void
  /** The line breaks without a goodbye. */
  readonly cut: () => void
  /** The line breaks in the middle of a frame. */
  readonly cutWithin: (frame: string | object) => void
}
export interface VenueDouble {
  readonly url: string
  readonly connections: Connection[]
  /** The n-th connection, from 1, once there is one. */
  readonly connection: (n: number) => Promise<Connection>
  readonly close: () => Promise<void>
}

const textOf = (frame: string | object): string =>
  typeof frame === 'string' ? frame : JSON.stringify(frame)

export const openVenue = async (
  options: { readonly autoPong?: boolean; readonly greet?: (to: Connection) => void } = {},
): Promise<VenueDouble> => {
  const { autoPong = true, greet } = options
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, autoPong })
  await once(server, 'listening')
  const connections: Connection[] = []
  const { ring, until } = bell()
  server.on('connection', (socket, request) => {
    const connection = connectionOn(socket, request.socket, ring, until)
    connections.push(connection)
    greet?.(connection)
    ring()
  })
  const { port } = server.address() as { port: number }
  return {
    url: `ws://127.0.0.1:${String(port)}`,
    connections,
    connection: async (n) => {
      await until(() => connections.length >= n)
      return connections[n - 1] as Connection
    },
    close: async () => {
      for (const socket of server.clients) socket.terminate()
      await new Promise((done) => server.close(done))
    },
  }
}

const connectionOn = (
  socket: WebSocket,
  wire: Socket,
  ring: () => void,
  until: (holds: () => boolean) => Promise<void>,
): Connection => {
  const asked: string[] = []
  socket.on('error', () => undefined)
  socket.on('message', (data: Buffer) => {
    asked.push(data.toString('utf8'))
    ring()
  })
  return {
    socket,
    asked,
    untilAsked: (frames) => until(() => asked.length >= frames),
    say: (...frames) => {
      for (const frame of frames) socket.send(textOf(frame))
    },
    cut: () => socket.terminate(),
    cutWithin: (frame) => {
      const text = Buffer.from(textOf(frame))
      // FIN and text, a length of two bytes, and then less than was promised.
      const head = Buffer.from([0x81, 126, text.length >> 8, text.length & 255])
      wire.write(Buffer.concat([head, text.subarray(0, text.length / 2)]), () => wire.destroy())
    },
  }
}

export interface Listening {
  readonly ticks: Tick[]
  readonly notices: Notice[]
  readonly standings: Standing[]
  /** What was waited between connections, in milliseconds; it was not waited. */
  readonly waits: number[]
  readonly until: (holds: () => boolean) => Promise<void>
  readonly stop: () => Promise<void>
}

export const listenTo = (
  protocol: Protocol,
  url: string,
  symbols: readonly string[],
  options: {
    readonly timings?: Partial<Timings>
    readonly world?: Partial<LineOptions['world']>
  } = {},
): Listening => {
  const stopping = new AbortController()
  const { ring, until } = bell()
  const heard = {
    ticks: [] as Tick[],
    notices: [] as Notice[],
    standings: [] as Standing[],
    waits: [] as number[],
  }
  const into =
    <A>(list: A[]) =>
    (one: A): void => {
      list.push(one)
      ring()
    }
  let now = 1_700_000_000_000_000
  const running = listen({
    protocol,
    url,
    symbols: symbols as readonly MarketSymbol[],
    stopping: stopping.signal,
    tick: into(heard.ticks),
    notice: into(heard.notices),
    stands: into(heard.standings),
    timings: { pingEveryMs: 10, silentMsMax: 5_000, staleMsMax: 5_000, ...options.timings },
    world: {
      now: () => (now += 1) as Instant,
      monotonicMs: () => performance.now(),
      sleep: async (ms) => {
        into(heard.waits)(ms)
        await new Promise((done) => setImmediate(done))
      },
      chance: () => 1,
      ...options.world,
    },
  })
  return {
    ...heard,
    until,
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}
