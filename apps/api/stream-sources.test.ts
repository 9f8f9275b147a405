import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { memoryEventLog } from '#adapters/memory/event-log'
import { enveloped, orderId, said, started, type Told } from '#projections/testing/stories'
import { plusMs } from '#domain/values/instant'
import type { EventLog, LogPage } from '#domain/kernel/event-log'
import type { Quantity } from '#schemas/values/decimal'
import { type ArchiveSettings, openArchive } from './stream-archive.ts'
import { Live, type LiveSettings } from './stream-live.ts'
import { sweeper } from './stream-sweep.ts'

const asked = (n: number) => ({ n, side: 'buy' as const, quantity: (10n ** 18n) as Quantity })
const intents = (count: number): readonly Told[] =>
  Array.from({ length: count }, (_, n) => ({ ...said('intent', asked(n)), at: plusMs(started, n) }))
const logOf = async (story: readonly Told[]) => {
  const log = memoryEventLog()
  const write = async (told: Told, n: number): Promise<void> => {
    const there = await log.read(told.stream, -1n)
    if (E.isLeft(there)) throw new Error('unread')
    const expected = there.right.at(-1)?.revision ?? 'noStream'
    const done = await log.append(told.stream, expected, [enveloped(told, n)])
    if (E.isLeft(done)) throw new Error(done.left._tag)
  }
  for (const [n, told] of story.entries()) await write(told, n)
  const counts = { pages: 0, streams: 0 }
  const counting: Pick<EventLog, 'read' | 'readAll'> = {
    read: (...of) => {
      counts.streams += 1
      return log.read(...of)
    },
    readAll: (...of) => {
      counts.pages += 1
      return log.readAll(...of)
    },
  }
  const page = async (after: bigint, limit: number): Promise<LogPage> => {
    const read = await log.readAll(after, {}, limit)
    if (E.isLeft(read)) throw new Error('unread')
    return read.right
  }
  return { log: counting, counts, page, write }
}
const defect = (thrown: unknown): void => {
  throw thrown
}
const archiveOn = (log: ArchiveSettings['log']) =>
  openArchive({ log, pageEvents: 10, ordersMax: 100, defect })
const liveOn = (log: LiveSettings['log'], more: Partial<LiveSettings> = {}) =>
  new Live({
    log,
    isWanted: () => true,
    grown: () => undefined,
    bytesMax: 1 << 20,
    ordersMax: 100,
    defect,
    ...more,
  })
const turns = async (count: number): Promise<void> => {
  for (let n = 0; n < count; n += 1) await new Promise((done) => setImmediate(done))
}

describe('older frames', () => {
  test('are read once for a thousand who come back at once to much the same place', async () => {
    const { log, counts } = await logOf(intents(100))
    const archive = archiveOn(log)
    const found = await Promise.all(
      Array.from({ length: 1_000 }, (_, n) => archive.after(BigInt((n * 7) % 100))),
    )
    for (const [n, stretch] of found.entries()) {
      if (E.isLeft(stretch)) throw new Error('unread')
      const after = BigInt((n * 7) % 100)
      expect(stretch.right.after <= after && after < stretch.right.upTo).toBe(true)
    }
    expect(counts.pages).toBe(10)
    expect(archive.stats().read).toBe(10)
  })
  test('are read on for one who goes through the whole log without reading an order twice', async () => {
    const orders = intents(20)
    const accepted = orders.map((_, n) => ({ ...said('accepted', asked(n)), at: started }))
    const { log, counts } = await logOf([...orders, ...accepted])
    const archive = archiveOn(log)
    const seen: bigint[] = []
    for (let at = 0n; at < 40n; ) {
      const stretch = await archive.after(at)
      if (E.isLeft(stretch)) throw new Error('unread')
      seen.push(...stretch.right.frames.map(({ position }) => position))
      at = stretch.right.upTo
    }
    expect(seen).toEqual(Array.from({ length: 40 }, (_, n) => BigInt(n + 1)))
    expect(counts).toEqual({ pages: 4, streams: 0 })
  })
  test('come to each in turn, though one reads the whole log', async () => {
    const { log } = await logOf(intents(100))
    const archive = archiveOn(log)
    const order: string[] = []
    const all = (async () => {
      for (let at = 0n; at < 100n; at += 10n) {
        await archive.after(at)
        order.push('all')
      }
    })()
    await archive.after(90n)
    order.push('end')
    await all
    expect(order.indexOf('end')).toBeLessThan(3)
  })
  test('are none beyond the end', async () => {
    const { log } = await logOf(intents(3))
    const found = await archiveOn(log).after(3n)
    expect(found).toMatchObject({ right: { after: 3n, upTo: 3n, frames: [] } })
  })
})

describe('the newest frames', () => {
  test('are not made while nobody listens; then what they need is read', async () => {
    const { log, counts, page } = await logOf([
      ...intents(2),
      said('accepted', asked(0)),
      said('accepted', asked(1)),
    ])
    let wanted = false
    const live = liveOn(log, { isWanted: () => wanted })
    live.start(0n)
    live.hear(await page(0n, 3))
    expect(live.newest()).toEqual({ after: 3n, upTo: 3n, frames: [] })
    wanted = true
    live.hear(await page(3n, 3))
    await turns(5)
    expect(live.newest().frames.map(({ type }) => type)).toEqual(['order.accepted'])
    expect(counts.streams).toBe(1)
  })
  test('are let go when there are too many, the oldest first', async () => {
    const { log, page } = await logOf(intents(50))
    const live = liveOn(log, { bytesMax: 10_000 })
    live.start(0n)
    live.hear(await page(0n, 50))
    const { after, upTo, frames } = live.newest()
    expect(upTo).toBe(50n)
    expect(frames[0]?.position).toBe(after + 1n)
    const bytes = frames.reduce((sum, frame) => sum + frame.bytes.length, 0)
    expect(bytes).toBeGreaterThan(2_000)
    expect(bytes).toBeLessThanOrEqual(10_000)
  })
  test('of an order from before are made as soon as it has been read', async () => {
    const { log, counts, page } = await logOf([...intents(1), said('accepted', asked(0))])
    const live = liveOn(log)
    live.start(1n)
    live.hear(await page(1n, 1))
    expect(live.upTo()).toBe(1n)
    await turns(5)
    expect(live.upTo()).toBe(2n)
    expect(live.newest().frames.map(({ type }) => type)).toEqual(['order.accepted'])
    expect(counts.streams).toBe(1)
  })
  test('are given up where the log does not answer, and go on from there', async () => {
    const { log, page } = await logOf([
      ...intents(2),
      said('accepted', asked(0)),
      said('accepted', asked(1)),
    ])
    let isAway = true
    let grown = 0
    const failing: typeof log = {
      ...log,
      read: async (...of) =>
        isAway ? E.left({ _tag: 'StoreUnreachable' as const, detail: 'away' }) : log.read(...of),
    }
    const live = liveOn(failing, { grown: () => (grown += 1) })
    live.start(2n)
    live.hear(await page(2n, 1))
    await turns(3)
    // Whoever listens is behind now, and reads the log by himself.
    expect(live.newest()).toEqual({ after: 3n, upTo: 3n, frames: [] })
    expect(grown).toBeGreaterThan(1)
    isAway = false
    live.hear(await page(3n, 1))
    await turns(3)
    expect(live.newest().frames.map(({ position }) => position)).toEqual([4n])
  })
  test('are given up where more waits than is good, while the log is slow', async () => {
    const story = [...intents(1), ...Array.from({ length: 40 }, () => said('odd', asked(0)))]
    const { log, page } = await logOf(story)
    const live = liveOn({ ...log, read: () => new Promise(() => undefined) })
    live.start(1n)
    for (let at = 1n; at < 41n; at += 1n) live.hear(await page(at, 1))
    // 33 waited; what came afterwards waits for the log again.
    expect(live.upTo()).toBe(34n)
    expect(live.heard()).toBe(41n)
  })
  test('know an order by its id whatever else is on the log', async () => {
    const { log, page } = await logOf([...intents(1), said('approved', asked(0))])
    const live = liveOn(log)
    live.start(0n)
    live.hear(await page(0n, 2))
    const text = Buffer.from(live.newest().frames[1]?.bytes ?? []).toString()
    expect(text).toContain(`"id":"${orderId(0)}"`)
    expect(text).toContain('"status":"approved"')
  })
})

describe('a sweep', () => {
  test('goes round once more where something happened on the way', async () => {
    const visited: string[] = []
    let over = 0
    const sweep = sweeper(
      ['a', 'b'],
      (member) => {
        visited.push(member)
        if (visited.length === 1) sweep.now()
      },
      () => (over += 1),
    )
    sweep.now()
    expect(visited).toEqual(['a', 'b', 'a', 'b'])
    expect(over).toBe(2)
  })
  test('lets others have their turn', async () => {
    let visited = 0
    const sweep = sweeper(
      Array.from({ length: 40 }),
      () => {
        visited += 1
        const until = performance.now() + 1
        while (performance.now() < until);
      },
      () => undefined,
    )
    sweep.now()
    expect(visited).toBeLessThan(20)
    while (visited < 40) await turns(1)
  })
})
