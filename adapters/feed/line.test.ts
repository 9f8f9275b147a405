import { once } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { openLine } from './line.ts'

const open: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close()
})

/** Takes connections; whether it answers pings is for the test to say, and it says nothing of itself. */
const listening = async (autoPong: boolean) => {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, autoPong })
  await once(server, 'listening')
  open.push(async () => {
    for (const socket of server.clients) socket.terminate()
    await new Promise((done) => server.close(done))
  })
  const { port } = server.address() as { port: number }
  return { server, url: `ws://127.0.0.1:${String(port)}` }
}
const lineTo = (url: string, silentMsMax: number) => {
  const told: string[] = []
  let wake = (): void => undefined
  const tell = (what: string): void => {
    told.push(what)
    wake()
  }
  const line = openLine({
    url,
    onText: tell,
    onConnection: tell,
    retryMsMin: 1,
    retryMsMax: 5,
    pingEveryMs: 10,
    silentMsMax,
  })
  open.push(line.close)
  const until = async (count: number): Promise<void> => {
    while (told.length < count) {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }
  return { line, told, until }
}

test('a line on which nothing at all is heard is given up, and opened again', async () => {
  const { url } = await listening(false)
  const { told, until } = lineTo(url, 100)
  await until(3)
  expect(told.slice(0, 3)).toStrictEqual(['connected', 'disconnected', 'connected'])
})
test('a line on which pings are answered stays', async () => {
  const { server, url } = await listening(true)
  const { told, until, line } = lineTo(url, 500)
  const [socket] = (await once(server, 'connection')) as [WebSocket]
  // For longer than a silent one would.
  for (let pings = 0; pings < 80; pings += 1) await once(socket, 'ping')
  socket.send('still here')
  await until(2)
  expect(told).toStrictEqual(['connected', 'still here'])
  expect(line.isOpen()).toBe(true)
})
test('a line on which frames are heard stays, though no ping is answered', async () => {
  const { server, url } = await listening(false)
  const { told, until } = lineTo(url, 500)
  const [socket] = (await once(server, 'connection')) as [WebSocket]
  for (let pings = 1; pings <= 80; pings += 1) {
    await once(socket, 'ping')
    socket.send(String(pings))
  }
  await until(81)
  expect(told).toHaveLength(81)
})
