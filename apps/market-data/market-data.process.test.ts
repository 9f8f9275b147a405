import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { hubTickFeed } from '#adapters/feed/client'
import { killAll, startApp } from '#apps/testing/app-process'
import type { HubFrame, Tick } from '#schemas/market/tick'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'daybook-market-'))
})
afterEach(async () => {
  await killAll()
  rmSync(folder, { recursive: true })
})

const start = (environment: Readonly<Record<string, string>>) =>
  startApp('market-data', {
    DAYBOOK_HUB: 'ws://127.0.0.1:0',
    DAYBOOK_DATA: folder,
    ...environment,
  })
const urlIn = (line: string): string => (JSON.parse(line) as { readonly hub: string }).hub

/** What a listener hears until it has heard enough. */
const listen = async (url: string, enough: (heard: readonly HubFrame[]) => boolean) => {
  const feed = hubTickFeed(url)
  const heard: HubFrame[] = []
  await new Promise<void>((resolve) => {
    feed.listen((frame) => {
      heard.push(frame)
      if (enough(heard)) resolve()
    })
  })
  await feed.close()
  return heard
}
const ticksOf = (heard: readonly HubFrame[]): readonly Tick[] =>
  heard.filter((frame) => frame.type === 'trade' || frame.type === 'quote')

test('the simulated market is told, stops cleanly, and goes on where it stood', async () => {
  const first = start({ DAYBOOK_SYMBOLS: 'BTC/USDT' })
  const url = urlIn(await first.logs('telling ticks'))
  const heard = await listen(url, (frames) => frames.length > 12)
  expect(heard[0]).toStrictEqual({
    type: 'welcome',
    source: 'simulated:1',
    symbols: ['BTC/USDT'],
  })
  first.kill('SIGTERM')
  expect(await first.ended).toStrictEqual([0, null])
  const last = Math.max(...ticksOf(heard).map(({ sequence }) => sequence))

  const second = start({ DAYBOOK_SYMBOLS: 'BTC/USDT' })
  const again = await listen(
    urlIn(await second.logs('telling ticks')),
    (frames) => ticksOf(frames).length > 3,
  )
  const sequences = ticksOf(again).map(({ sequence }) => sequence)
  expect(Math.min(...sequences)).toBeGreaterThan(last)
  // Stopped cleanly, it has skipped nothing but what was told to nobody.
  expect(Math.min(...sequences)).toBeLessThan(last + 100)
  second.kill('SIGKILL')
  await second.ended
  const third = start({ DAYBOOK_SYMBOLS: 'BTC/USDT' })
  const after = await listen(
    urlIn(await third.logs('telling ticks')),
    (frames) => ticksOf(frames).length > 0,
  )
  expect(ticksOf(after)[0]?.sequence).toBeGreaterThan(Math.max(...sequences))
})

test('a recording is told to its end, which is said, and the app stays', async () => {
  const path = join(folder, 'BTCUSDT.csv')
  const rows = ['ts_ms,price,qty,side']
  for (let n = 0; n < 2_000; n += 1) {
    const side = n % 2 === 0 ? 'buy' : 'sell'
    rows.push(`${String(1_675_329_600_000 + n)},${String(100 + (n % 2))},1,${side}`)
  }
  writeFileSync(path, rows.join('\n'))
  const app = start({ DAYBOOK_MARKET: `replay:${path}@max` })
  const url = urlIn(await app.logs('telling ticks'))
  const all = await listen(url, (frames) => frames.at(-1)?.type === 'ended')
  // Whoever listens from the first tick on hears each of them: 2000 trades, and a quote after all but the first.
  expect(ticksOf(all)).toHaveLength(3_999)
  await app.logs('has ended')
  // Also who comes late is told how it ended.
  const heard = await listen(url, (frames) => frames.at(-1)?.type === 'ended')
  expect(heard.map(({ type }) => type)).toStrictEqual(['welcome', 'trade', 'quote', 'ended'])
  expect(heard[1]).toMatchObject({ sequence: 3_998, tradeId: 'line2001' })
  app.kill('SIGTERM')
  expect(await app.ended).toStrictEqual([0, null])
})

test('at full speed a slow listener is waited for, and misses nothing', async () => {
  const path = join(folder, 'BTCUSDT.csv')
  const rows = Array.from({ length: 6_000 }, (_, n) => `${String(1_675_329_600_000 + n)},100,1,buy`)
  writeFileSync(path, ['ts_ms,price,qty,side', ...rows].join('\n'))
  const app = start({ DAYBOOK_MARKET: `replay:${path}@max` })
  const socket = new WebSocket(urlIn(await app.logs('telling ticks')))
  const heard: number[] = []
  await new Promise<void>((resolve) => {
    socket.on('message', (data: Buffer) => {
      const frame = JSON.parse(data.toString()) as { type: string; sequence?: number }
      if (frame.type === 'trade') heard.push(frame.sequence ?? -1)
      if (frame.type === 'ended') resolve()
      // Reads nothing for a while, again and again.
      if (heard.length % 1_000 === 999) {
        socket.pause()
        setTimeout(() => socket.resume(), 300)
      }
    })
  })
  socket.terminate()
  expect(heard).toStrictEqual(rows.map((_, n) => 2 * n))
})

test.each([
  ['DAYBOOK_MARKET', 'nasdaq', 'DAYBOOK_MARKET is not usable: set it to simulated, simulated:'],
  ['DAYBOOK_MARKET', 'replay:/nowhere/BTCUSDT.csv', '/nowhere/BTCUSDT.csv: cannot be read'],
  ['DAYBOOK_SYMBOLS', 'SOL/USDT', 'The simulated market has no SOL/USDT'],
])('%s=%s is refused, with 2, and what there is', async (variable, value, says) => {
  const app = start({ [variable]: value })
  expect(await app.ended).toStrictEqual([2, null])
  expect(app.complained()).toContain(says)
})
