/** Stands between a client and a server that is not ours, and breaks every connection when it is told to. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export interface CuttingProxy {
  readonly port: number
  readonly cut: () => void
  readonly close: () => Promise<void>
}

export const startCuttingProxy = async (host: string, port: number): Promise<CuttingProxy> => {
  const open = new Set<Socket>()
  const held = (socket: Socket): Socket => {
    open.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => open.delete(socket))
    return socket
  }
  const server = createServer((incoming) => {
    const outgoing = held(connect(port, host))
    held(incoming).pipe(outgoing).pipe(incoming)
    incoming.on('close', () => outgoing.destroy())
    outgoing.on('close', () => incoming.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = (): void => {
    for (const socket of open) socket.resetAndDestroy()
  }
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    close: async () => {
      server.close()
      cut()
      if (server.listening) await once(server, 'close')
    },
  }
}
