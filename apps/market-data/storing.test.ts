import * as E from 'fp-ts/lib/Either.js'
import { pino } from 'pino'
import { afterEach, describe, expect, test } from 'vitest'
import type { TickBatch, TickFailure } from '#adapters/postgres/ticks'
import { btc, eth, later, noon, quoteNumber, tradeNumber } from '#adapters/testing/ticks'
import type { Tick } from '#schemas/market/tick'
import type { MarketSymbol } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'
import { type Storing, type StoringOptions, storing } from './storing.ts'
import { storedName } from './storing-config.ts'
import { tickQueue } from './storing-queue.ts'

const numbers = (ticks: readonly Tick[]) => ticks.map(({ sequence }) => sequence)
const count = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, n) => from + n)

describe('the queue', () => {
  const queueOf = (...ticks: readonly Tick[]) => {
    const queue = tickQueue(4, 3)
    return { queue, added: ticks.map(queue.add) }
  }
  const all = (queue: ReturnType<typeof tickQueue>) => {
    const batches: TickBatch[] = []
    for (let batch = queue.take(); batch !== undefined; batch = queue.take()) batches.push(batch)
    return batches.map(({ ticks, gaps }) => ({ ticks: numbers(ticks), gaps }))
  }

  test('gives back what it was given, in order and in batches', () => {
    const { queue } = queueOf(...count(1, 4).map((n) => tradeNumber(n)))
    expect(queue.hasBatch()).toBe(true)
    expect(queue.length()).toBe(4)
    expect(all(queue)).toStrictEqual([
      { ticks: [1, 2, 3], gaps: [] },
      { ticks: [4], gaps: [] },
    ])
    expect(queue.length()).toBe(0)
  })
  test('drops what comes when it is full until it is half empty, and tells of one hole per symbol', () => {
    const { queue, added } = queueOf(...count(1, 7).map((n) => tradeNumber(n)))
    expect(added).toStrictEqual([true, true, true, true, false, false, false])
    expect(numbers(queue.take()?.ticks ?? [])).toStrictEqual([1, 2, 3])
    expect(queue.add(quoteNumber(8, { symbol: eth }))).toBe(true)
    expect(all(queue)).toStrictEqual([
      { ticks: [4], gaps: [] },
      {
        ticks: [8],
        gaps: [{ symbol: btc, first: later(5), last: later(7), reason: 'overflow', ticks: 3 }],
      },
    ])
  })
  test('stays closed while less than half of it is free', () => {
    const { queue } = queueOf(...count(1, 5).map((n) => tradeNumber(n)))
    const small = tickQueue(4, 1)
    for (const n of count(1, 5)) small.add(tradeNumber(n))
    small.take()
    expect(small.add(tradeNumber(6))).toBe(false)
    small.take()
    expect(small.add(tradeNumber(7))).toBe(true)
    expect(queue.length()).toBe(4)
  })
  test('tells of a hole even if nothing follows it', () => {
    const { queue } = queueOf(...count(1, 5).map((n) => tradeNumber(n)))
    expect(all(queue).at(-1)).toMatchObject({ ticks: [], gaps: [{ first: later(5), ticks: 1 }] })
  })
})

/** A database that answers as it is told to, and remembers what it took. */
const database = () => {
  const taken: TickBatch[] = []
  const answers: TickFailure['_tag'][] = []
  // Where a test does not say otherwise, the database knows both markets up to now.
  const last = new Map<MarketSymbol, Instant>([
    [btc, later(1_000_000)],
    [eth, later(1_000_000)],
  ])
  let waiting: (() => void) | undefined
  let isHeld = false
  return {
    taken,
    /** The next answers; after them it takes everything. */
    answers,
    last,
    hold: () => {
      isHeld = true
    },
    release: () => {
      isHeld = false
      waiting?.()
    },
    store: async (batch: TickBatch) => {
      if (isHeld) {
        await new Promise<void>((resolve) => {
          waiting = resolve
        })
      }
      const answer = answers.shift()
      if (answer !== undefined) return E.left({ _tag: answer, detail: 'as it was told' })
      taken.push(batch)
      const trades = batch.ticks.filter(({ type }) => type === 'trade').length
      return E.right({ trades, quotes: batch.ticks.length - trades })
    },
    lastOf: async (symbol: MarketSymbol) => E.right(last.get(symbol)),
  }
}

let stopping = new AbortController()
let running: Promise<void> | undefined
afterEach(async () => {
  stopping.abort()
  await running
  stopping = new AbortController()
})
const begin = (change: Partial<StoringOptions> = {}) => {
  const kept = database()
  const said: string[] = []
  const logger = pino({ level: 'trace' }, { write: (line: string) => said.push(line) })
  const ticks = storing({
    store: kept,
    app: { logger, stopping: stopping.signal },
    batchMax: 3,
    lingerMs: 1,
    retryMsMax: 1,
    stopMsMax: 20,
    ...change,
  })
  running = ticks.run()
  return { kept, ticks, said }
}
const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 1))
}
const tell = (ticks: Storing, from: number, to: number) => {
  for (const n of count(from, to)) ticks.sink(tradeNumber(n))
}
const stored = ({ taken }: ReturnType<typeof database>) =>
  taken.flatMap((batch) => numbers(batch.ticks))
const gapsIn = ({ taken }: ReturnType<typeof database>) => taken.flatMap(({ gaps }) => gaps)

describe('storing', () => {
  test('stores each tick in order, and a single one without waiting for more', async () => {
    const { kept, ticks } = begin()
    tell(ticks, 1, 1)
    await until(() => stored(kept).length === 1)
    tell(ticks, 2, 9)
    await until(() => stored(kept).length === 9)
    expect(stored(kept)).toStrictEqual(count(1, 9))
    expect(ticks.stats()).toStrictEqual({ stored: 9, known: 0, dropped: 0, waiting: 0 })
  })
  test('tells the same batch again until the database has it', async () => {
    const { kept, ticks, said } = begin()
    kept.answers.push('TicksLost', 'TicksLost', 'TicksBusy')
    tell(ticks, 1, 5)
    await until(() => stored(kept).length === 5)
    expect(stored(kept)).toStrictEqual(count(1, 5))
    expect(said.filter((line) => line.includes('cannot be stored'))).toHaveLength(2)
    expect(said.at(-1)).toContain('ticks are stored again')
    expect(ticks.stats().dropped).toBe(0)
  })
  test('never holds up who tells it, and names what it had no room for', async () => {
    const { kept, ticks, said } = begin({ ticksMax: 10 })
    kept.hold()
    tell(ticks, 1, 3)
    await until(() => ticks.stats().waiting === 0)
    tell(ticks, 4, 1_000)
    expect(ticks.stats()).toMatchObject({ dropped: 987, waiting: 10 })
    kept.release()
    await until(() => ticks.stats().waiting === 0)
    tell(ticks, 1_001, 1_002)
    await until(() => stored(kept).includes(1_002))
    expect(stored(kept)).toStrictEqual([...count(1, 13), 1_001, 1_002])
    expect(gapsIn(kept)).toStrictEqual([
      { symbol: btc, first: later(14), last: later(1_000), reason: 'overflow', ticks: 987 },
    ])
    expect(said.filter((line) => line.includes('ticks are dropped'))).toHaveLength(1)
    expect(said.join('')).toContain('"dropped":987')
  })
  test('lets go of what the database refuses, and says so with the next batch', async () => {
    const { kept, ticks } = begin()
    kept.answers.push('TicksRefused', 'TicksRefused')
    tell(ticks, 1, 9)
    await until(() => stored(kept).length === 3)
    expect(stored(kept)).toStrictEqual([7, 8, 9])
    expect(gapsIn(kept)).toStrictEqual([
      { symbol: btc, first: later(1), last: later(6), reason: 'refused', ticks: 6 },
    ])
    expect(ticks.stats().dropped).toBe(6)
  })
  test('says what was missed while nobody listened, by symbol, once', async () => {
    const { kept, ticks } = begin()
    kept.last.set(btc, noon)
    kept.answers.push('TicksLost')
    tell(ticks, 60, 61)
    ticks.sink(quoteNumber(1, { symbol: eth }))
    tell(ticks, 62, 63)
    await until(() => stored(kept).length === 5)
    expect(gapsIn(kept)).toStrictEqual([
      { symbol: btc, first: noon + 1, last: later(60) - 1, reason: 'absent' },
    ])
  })
  test('says that of a market which was never heard before nothing is known since midnight', async () => {
    const { kept, ticks } = begin()
    kept.last.clear()
    tell(ticks, 1, 3)
    await until(() => stored(kept).length === 3)
    const midnight = later(-43_200)
    expect(gapsIn(kept)).toStrictEqual([
      { symbol: btc, first: midnight, last: later(1) - 1, reason: 'absent' },
    ])
  })
  test('takes a recording that is told again for no hole', async () => {
    const { kept, ticks } = begin()
    kept.last.set(btc, later(500))
    tell(ticks, 1, 3)
    await until(() => stored(kept).length === 3)
    expect(gapsIn(kept)).toStrictEqual([])
  })
  test('says what the line to the venue did not bring, between the ticks around it', async () => {
    const { kept, ticks } = begin()
    tell(ticks, 1, 2)
    ticks.missed(btc, 3)
    ticks.missed(btc, 2)
    tell(ticks, 8, 9)
    await until(() => stored(kept).length === 4)
    expect(gapsIn(kept)).toStrictEqual([
      { symbol: btc, first: later(2), last: later(8), reason: 'missed', ticks: 5 },
    ])
  })
  test('stores what waits when the app stops', async () => {
    const { kept, ticks } = begin({ lingerMs: 60_000, batchMax: 100 })
    tell(ticks, 1, 50)
    stopping.abort()
    await running
    expect(stored(kept)).toStrictEqual(count(1, 50))
  })
  test('gives up after its time when the app stops and the database does not answer', async () => {
    const { kept, ticks, said } = begin()
    kept.hold()
    tell(ticks, 1, 50)
    await until(() => ticks.stats().waiting === 47)
    stopping.abort()
    await running
    expect(ticks.stats().dropped).toBe(50)
    expect(said.at(-1)).toContain('"dropped":50')
    kept.release()
  })
})

test.each([
  ['simulated:1', 'simulated:1'],
  ['coinbase', 'coinbase'],
  ['replay:/a/b/BTCUSDT.csv.gz@max', 'replay:BTCUSDT.csv.gz'],
  ['replay:BTCUSDT.csv@2.5', 'replay:BTCUSDT.csv'],
  ['replay:/me@home/BTC@USDT.csv@1', 'replay:BTC@USDT.csv'],
  ['replay:/a/BTCUSDT.csv,/b@c/ETHUSDT.csv@6', 'replay:BTCUSDT.csv,ETHUSDT.csv'],
])('the ticks of %s are known as those of %s', (source, name) => {
  expect(storedName(source)).toBe(name)
})
test.each(['a', 'ä', '€'])('a name that is too long for the database is cut (%s)', (letter) => {
  const name = storedName(`replay:/x/${letter.repeat(400)}.csv@1`)
  expect(Buffer.byteLength(name)).toBeLessThanOrEqual(300)
  expect(name.startsWith(`replay:${letter.repeat(90)}`)).toBe(true)
  expect(name).toMatch(new RegExp(`^replay:${letter}+…$`))
})
