/** A venue that does whatever a test says: slow, silent, gone, or talking nonsense. */
import { once } from 'node:events'
import { type WebSocket, WebSocketServer } from 'ws'

export type Said = Readonly<Record<string, unknown>> & { readonly request: number }
/** A venue that does what the test says to each request. */
export interface Double {
  readonly url: string
  react: (said: Said, socket: WebSocket) => void
  readonly sockets: Set<WebSocket>
  readonly heard: Said[]
  readonly close: () => Promise<void>
}
export const openDouble = async (): Promise<Double> => {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  const double: Double = {
    url: `ws://127.0.0.1:${String(port)}`,
    react: () => undefined,
    sockets: server.clients,
    heard: [],
    close: async () => {
      for (const socket of server.clients) socket.terminate()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  server.on('connection', (socket) => {
    socket.on('message', (data: Buffer) => {
      const said = JSON.parse(data.toString('utf8')) as Said
      double.heard.push(said)
      double.react(said, socket)
    })
  })
  return double
}
