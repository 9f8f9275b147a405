/** The peer of the stream: `ws` alone, which sends the same text to everybody, as fast as they take it. */
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'

export interface Broadcast {
  readonly frames: number
  readonly bytes: number
}
const backlogBytesMax = 1 << 20

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false })
server.on('listening', () => process.send?.((server.address() as AddressInfo).port))
const isFull = (): boolean =>
  [...server.clients].some(({ bufferedAmount }) => bufferedAmount > backlogBytesMax)

const broadcast = async ({ frames, bytes }: Broadcast): Promise<void> => {
  const text = Buffer.from('x'.repeat(bytes))
  for (let n = 0; n < frames; n += 1) {
    for (const client of server.clients) client.send(text, { binary: false })
    do await new Promise((done) => setImmediate(done))
    while (isFull())
  }
}
process.on('message', (asked: Broadcast) => {
  broadcast(asked).then(
    () => process.send?.('sent'),
    (error: unknown) => {
      throw error
    },
  )
})
process.on('disconnect', () => process.exit(0))
