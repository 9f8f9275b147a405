import { once } from 'node:events'
import { afterEach, describe, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { binance } from './binance.ts'
import { retryMsOf } from './line.ts'
import { listenTo } from './testing/double.ts'
import { binanceTrade } from './testing/shown.ts'

const open: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close()
})

describe('lines that break again and again', () => {
  /** Opens and closes at once, so many times. */
  const storm = async (breaks: number, world = {}) => {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
    await once(server, 'listening')
    open.push(async () => void (await new Promise((done) => server.close(done))))
    let t = 0
    server.on('connection', (socket) => {
      t += 1
      socket.send(JSON.stringify({ stream: 'btcusdt@trade', data: { ...binanceTrade, t } }))
      socket.close(1012)
    })
    const { port } = server.address() as { port: number }
    const url = `ws://127.0.0.1:${String(port)}`
    const heard = listenTo(binance, url, ['BTC/USDT'], { world })
    await heard.until(() => heard.waits.length >= breaks)
    await heard.stop()
    return heard.waits.slice(0, breaks)
  }
  test('are waited for twice as long each time, up to half a minute', async () => {
    expect(await storm(9)).toStrictEqual([
      500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000,
    ])
  })
  test('are waited for at least half of that, so that not all come back at once', async () => {
    expect(await storm(4, { chance: () => 0 })).toStrictEqual([250, 500, 1_000, 2_000])
    expect(retryMsOf(3, { retryMsMin: 500, retryMsMax: 30_000 }, 0.5)).toBe(3_000)
  })
  test('but not after one that was good for a minute', async () => {
    let now = 0
    const openFor = [0, 0, 59_999, 60_000, 0, 0]
    let reads = 0
    // Read when a line opens, and when it closes.
    const monotonicMs = (): number => {
      if (reads % 2 === 1) now += openFor[(reads - 1) / 2] ?? 0
      reads += 1
      return now
    }
    expect(await storm(6, { monotonicMs })).toStrictEqual([500, 1_000, 2_000, 500, 1_000, 2_000])
  })
})
