/** A line between client and double that can be cut, frozen, and counted, as a network can. */
import { createServer, connect, type Socket } from 'node:net'

export interface Relay {
  readonly port: number
  /** Of now, and of all times. */
  readonly connections: () => number
  readonly made: () => number
  /** Ends every connection at once. */
  readonly cut: () => void
  /** Cuts a connection once it has carried so many more bytes to the server. */
  readonly cutAfter: (bytes: number) => void
  /** Nothing passes, and nobody is told. */
  readonly freeze: () => void
  readonly thaw: () => void
  readonly close: () => Promise<void>
}

export const openRelay = async (target: number): Promise<Relay> => {
  const pairs = new Set<readonly [Socket, Socket]>()
  let made = 0
  let isFrozen = false
  let bytesLeft = Number.POSITIVE_INFINITY
  const cut = (): void => {
    for (const pair of pairs) for (const socket of pair) socket.destroy()
  }
  const server = createServer((near) => {
    made += 1
    const far = connect(target, '127.0.0.1')
    const pair = [near, far] as const
    pairs.add(pair)
    const end = (): void => {
      pairs.delete(pair)
      near.destroy()
      far.destroy()
    }
    for (const socket of pair) {
      socket.on('error', end)
      socket.on('close', end)
      if (isFrozen) socket.pause()
    }
    near.on('data', (chunk) => {
      bytesLeft -= chunk.length
      if (bytesLeft < 0) {
        bytesLeft = Number.POSITIVE_INFINITY
        cut()
      } else if (!far.write(chunk)) {
        near.pause()
        far.once('drain', () => {
          if (!isFrozen) near.resume()
        })
      }
    })
    far.on('data', (chunk) => {
      if (near.write(chunk)) return
      far.pause()
      near.once('drain', () => {
        if (!isFrozen) far.resume()
      })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    connections: () => pairs.size,
    made: () => made,
    cut,
    cutAfter: (bytes) => {
      bytesLeft = bytes
    },
    freeze: () => {
      isFrozen = true
      for (const pair of pairs) for (const socket of pair) socket.pause()
    },
    thaw: () => {
      isFrozen = false
      for (const pair of pairs) for (const socket of pair) socket.resume()
    },
    close: async () => {
      cut()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
