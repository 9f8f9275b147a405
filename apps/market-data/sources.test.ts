import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { afterEach, describe, expect, test } from 'vitest'
import type { Notice } from '#adapters/exchange/line'
import { systemClock } from '#adapters/system/clock'
import { simulatedMarket } from '#domain/simulation/market'
import type { QuoteTick, Tick } from '#schemas/market/tick'
import type { MarketSymbol } from '#schemas/values/ids'
import type { MarketSetting } from './config.ts'
import { openSource } from './open.ts'
import { paceOf } from './pace.ts'
import { placeIn } from './place.ts'
import type { MarketSource } from './source.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})
const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'daybook-market-'))
  folders.push(made)
  return made
}
const bitcoin = 'BTC/USDT' as MarketSymbol
const open = async (market: MarketSetting, data: string, symbols?: readonly string[]) => {
  const stop = new AbortController()
  const opened = await openSource(
    { market, symbols: symbols as readonly MarketSymbol[] | undefined, data, url: undefined },
    { clock: systemClock, stopping: stop.signal },
  )
  return { opened, stop }
}
const usable = async (market: MarketSetting, data: string, symbols?: readonly string[]) => {
  const { opened, stop } = await open(market, data, symbols)
  if (E.isLeft(opened)) throw new Error(opened.left)
  return { source: opened.right, stop }
}
/** Hears so many ticks and stops. */
const hear = async (source: MarketSource, stop: AbortController, count: number) => {
  const heard: Tick[] = []
  const notices: Notice[] = []
  const finished = await source.run({
    stands: () => undefined,
    notice: (notice) => notices.push(notice),
    tick: (tick) => {
      heard.push(tick)
      if (heard.length === count) stop.abort()
    },
    heard: async () => undefined,
  })
  return { heard, finished, notices }
}

describe('a schedule', () => {
  const timeline = () => {
    let now = 0
    const stopping = new AbortController()
    return { pace: paceOf(() => now, stopping.signal), set: (ms: number) => (now = ms), stopping }
  }
  test('does not drift: lateness of less than a second is caught up with', async () => {
    const { pace, set } = timeline()
    set(900)
    const started = performance.now()
    for (const due of [0, 300, 600, 900]) await pace.until(due)
    expect(performance.now() - started).toBeLessThan(100)
  })
  test('lets go of what was missed while the machine slept', async () => {
    const { pace, set, stopping } = timeline()
    set(3_600_000)
    await pace.until(100)
    // The next is due 100 ms after that, not an hour ago.
    const waiting = pace.until(200)
    expect(await Promise.race([waiting, Promise.resolve('still waiting')])).toBe('still waiting')
    stopping.abort()
    await waiting
  })
})

describe('the simulated market', () => {
  test('tells each symbol its ticks in order, and goes on where it stood', async () => {
    const data = folder()
    const first = await usable({ kind: 'simulated', seed: 5 }, data, ['BTC/USDT', 'ETH/USDT'])
    const { heard, finished } = await hear(first.source, first.stop, 6)
    expect(finished).toStrictEqual({ kind: 'stopped' })
    expect(heard.map(({ symbol, sequence }) => `${symbol} ${String(sequence)}`)).toStrictEqual([
      'BTC/USDT 0',
      'ETH/USDT 0',
      'BTC/USDT 1',
      'ETH/USDT 1',
      'BTC/USDT 2',
      'ETH/USDT 2',
    ])
    const tick = heard[0] as QuoteTick
    expect(simulatedMarket(5, bitcoin).tick(0, tick.receivedAt)).toStrictEqual(tick)
    const second = await usable({ kind: 'simulated', seed: 5 }, data, ['BTC/USDT'])
    const { heard: after } = await hear(second.source, second.stop, 1)
    expect(after[0]?.sequence).toBe(3)
  })
  test('that was killed skips what it may have told, and tells nothing twice', async () => {
    const data = folder()
    const place = placeIn(data)
    await place.reach(1, await place.next(1))
    await place.reach(1, 299)
    expect(await placeIn(data).next(1)).toBe(300)
    await place.reach(1, 300)
    expect(await placeIn(data).next(1)).toBe(600)
  })
  test('of another seed has its own place', async () => {
    const data = folder()
    await placeIn(data).leave(1, 77)
    await placeIn(data).leave(2, 5)
    expect([await placeIn(data).next(1), await placeIn(data).next(2)]).toStrictEqual([77, 5])
    expect(statSync(join(data, 'market.json')).mode & 0o777).toBe(0o600)
  })
  test('refuses a damaged place with what to do', async () => {
    const data = folder()
    writeFileSync(join(data, 'market.json'), '[{"seed":1')
    await expect(placeIn(data).next(1)).rejects.toThrow(/market.json is damaged: remove it/)
    expect(readFileSync(join(data, 'market.json'), 'utf8')).toBe('[{"seed":1')
  })
  test('has the symbols that it has', async () => {
    const { opened } = await open({ kind: 'simulated', seed: 1 }, folder(), [
      'BTC/USDT',
      'SOL/USDT',
    ])
    expect(opened).toStrictEqual(
      E.left(
        'The simulated market has no SOL/USDT: set DAYBOOK_SYMBOLS to some of BTC/USDT,ETH/USDT,' +
          'BTC/USDT:USDT,ETH/USDT:USDT,BTC/USD:BTC, or leave it out.',
      ),
    )
  })
})

describe('a replay', () => {
  const rows = [
    'ts_ms,trade_id,price,qty,side',
    '1675329600000,1,100,1,buy',
    '1675329600050,2,99.98,2,sell',
    '1675329600100,3,99.97,3,buy',
  ]
  const recording = (...lines: string[]): string => {
    const path = join(folder(), 'BTCUSDT.csv')
    writeFileSync(path, lines.join('\n'))
    return path
  }
  const replay = (path: string, speed: number | 'max'): MarketSetting => ({
    kind: 'replay',
    paths: [path],
    speed,
  })
  test('tells each trade and the quote that it leaves, then says that it has ended', async () => {
    const { source, stop } = await usable(replay(recording(...rows), 'max'), folder())
    const { heard, finished } = await hear(source, stop, 100)
    expect(finished).toMatchObject({
      kind: 'ended',
      detail: expect.stringMatching(/has ended$/) as unknown,
    })
    expect(heard.map(({ type, sequence }) => `${type} ${String(sequence)}`)).toStrictEqual([
      'trade 0',
      'trade 2',
      'quote 3',
      'trade 4',
      'quote 5',
    ])
    expect(heard[2]).toMatchObject({ bid: 99_980n * 10n ** 15n, ask: 100n * 10n ** 18n })
    expect(heard[4]).toMatchObject({ bid: 99_960n * 10n ** 15n, ask: 99_970n * 10n ** 15n })
  })
  test('of several recordings tells their trades in the order in which they were made', async () => {
    const spot = recording(...rows)
    const other = join(folder(), 'ETHUSDT.csv')
    const ether = [rows[0], '1675329600020,1,10,1,buy', '1675329600100,2,11,1,sell', 'nonsense']
    writeFileSync(other, ether.join('\n'))
    const both: MarketSetting = { kind: 'replay', paths: [spot, other], speed: 'max' }
    const { source, stop } = await usable(both, folder())
    expect(source.symbols).toStrictEqual(['BTC/USDT', 'ETH/USDT'])
    const { heard, finished } = await hear(source, stop, 100)
    const trades = heard.filter(({ type }) => type === 'trade')
    expect(trades.map(({ symbol, sequence }) => `${symbol} ${String(sequence)}`)).toStrictEqual([
      'BTC/USDT 0',
      'ETH/USDT 0',
      'BTC/USDT 2',
      'BTC/USDT 4',
      'ETH/USDT 2',
    ])
    // The quotes of one are not made of the trades of the other.
    expect(
      heard.find(({ type, symbol }) => type === 'quote' && symbol === 'ETH/USDT'),
    ).toMatchObject({ sequence: 3, bid: 11n * 10n ** 18n })
    expect(finished).toMatchObject({
      kind: 'ended',
      detail: expect.stringMatching(/ETHUSDT.csv:4 is not a trade: price ""$/) as unknown,
    })
  })
  test('keeps its pace: at speed 2 a tenth of a second takes a twentieth', async () => {
    const { source, stop } = await usable(replay(recording(...rows), 2), folder())
    const started = performance.now()
    await hear(source, stop, 100)
    const took = performance.now() - started
    expect(took).toBeGreaterThan(48)
  })
  test('stops in the middle of waiting', async () => {
    const slow = [...rows, '1675416000000,4,100,1,buy']
    const { source, stop } = await usable(replay(recording(...slow), 1), folder())
    const { heard, finished } = await hear(source, stop, 5)
    expect([heard.length, finished]).toStrictEqual([5, { kind: 'stopped' }])
  })
  test('leaves out a row that it cannot read, says so, and goes on', async () => {
    const path = recording(...rows, 'nonsense', '1675329600200,4,100,1,buy')
    const { source, stop } = await usable(replay(path, 'max'), folder())
    const { heard, finished, notices } = await hear(source, stop, 100)
    expect(heard.filter(({ type }) => type === 'trade')).toHaveLength(4)
    const detail = `${path}:5 is not a trade: price ""`
    expect(notices).toStrictEqual([{ type: 'malformed', kind: 'row', detail }])
    expect(finished).toStrictEqual({
      kind: 'ended',
      detail: `${source.name} has ended; rows that could not be read: 1, the first: ${detail}`,
    })
  })
  test('of which most cannot be read is given up, and says where', async () => {
    const path = recording(...rows, ...Array.from({ length: 30 }, () => 'nonsense'))
    const { source, stop } = await usable(replay(path, 'max'), folder())
    const { heard, finished } = await hear(source, stop, 100)
    expect(heard.filter(({ type }) => type === 'trade')).toHaveLength(3)
    expect(finished).toStrictEqual({
      kind: 'failed',
      detail: `${path}:15 is not a trade: price ""`,
    })
  })
  test('of a file that is no recording, or of two symbols, is refused', async () => {
    const path = recording('ts_ms,open,close')
    const { opened } = await open(replay(path, 1), folder())
    expect(opened).toMatchObject({
      left: `${path}:1 has no column price: its columns are ts_ms, open, close`,
    })
    const both: MarketSetting = {
      kind: 'replay',
      paths: [recording(...rows), recording(...rows)],
      speed: 1,
    }
    expect((await open(both, folder())).opened).toMatchObject({
      left: expect.stringMatching(/are both of BTC\/USDT: leave one of them out\.$/) as unknown,
    })
    expect((await open(both, folder(), ['BTC/USDT'])).opened).toMatchObject({
      left: expect.stringMatching(/^There are 2 recordings/) as unknown,
    })
    const named = await usable(both, folder(), ['BTC/USDT', 'ETH/USDT'])
    expect(named.source.symbols).toStrictEqual(['BTC/USDT', 'ETH/USDT'])
    const two = await open(replay(recording(...rows), 1), folder(), ['BTC/USDT', 'ETH/USDT'])
    expect(two.opened).toMatchObject({
      left: 'A recording is of one symbol: set DAYBOOK_SYMBOLS to one of BTC/USDT, ETH/USDT.',
    })
  })
})
