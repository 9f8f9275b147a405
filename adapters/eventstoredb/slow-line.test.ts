/** A server that answers all the time, over a line of 8 Mbit/s. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { largeBook, riskOf } from '#adapters/testing/ledger-events'
import { openEventStoreStoredLog } from './stored-log.ts'
import { doubled, fresh, hear, logAt, right, urlOf } from './testing/stage.ts'

const slowLine = async (target: number, bytesPerSecond: number): Promise<number> => {
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1')
    sockets.add(near).add(far)
    near.on('error', () => far.destroy()).on('close', () => far.destroy())
    far.on('error', () => near.destroy()).on('close', () => near.destroy())
    near.pipe(far)
    far.on('data', (chunk) => {
      far.pause()
      near.write(chunk)
      setTimeout(() => far.resume(), (chunk.length / bytesPerSecond) * 1_000)
    })
  })
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return (server.address() as AddressInfo).port
}

/** More than a second of the line; one call of these logs may take less. */
test('what comes steadily is read, however long the whole of it takes', async () => {
  const double = await doubled()
  const near = logAt(double.url(), { callMs: 2_000 })
  const streams = Array.from({ length: 9 }, () => riskOf(fresh()))
  for (const stream of streams) {
    right(await near.append(stream, 'noStream', [largeBook('x', 150_000)]))
  }
  const url = urlOf(await slowLine(double.port(), 1_000_000))
  const settings = { callMs: 800, patienceMs: 3_000, probeMs: 500, silenceMs: 2_000 }
  const log = logAt(url, settings)
  const stored = openEventStoreStoredLog({ url, ...settings })
  onTestFinished(() => stored.close())
  for (const pageAfter of [
    async (after: bigint) => right(await log.readAll(after, {}, 1_000)),
    async (after: bigint) => right(await stored.readStored(after, 1_000)),
  ]) {
    let read = 0
    for (let [upTo, isOver] = [0n, false]; !isOver; ) {
      const page = await pageAfter(upTo)
      read += page.events.length
      ;({ upTo, atHead: isOver } = page)
    }
    expect(read).toBe(streams.length)
  }
  const subscription = log.subscribeAll(0n, {})
  expect((await hear(subscription, streams.length)).length).toBe(streams.length)
}, 60_000)
