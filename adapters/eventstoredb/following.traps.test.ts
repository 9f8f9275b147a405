/** Traps of subscriptions, by their numbers in the notes on the client, and the defence against each at work. */
import { status as codes } from '@grpc/grpc-js'
import * as E from 'fp-ts/lib/Either.js'
import { expect, test } from 'vitest'
import { wireError } from '#adapters/testing/eventstore-double/wire'
import { accountNamed, deposit, killSwitch, riskOf } from '#adapters/testing/ledger-events'
import { parseAddress } from './address.ts'
import { openFeed } from './feed.ts'
import { doubled, fresh, hear, idsOf, logAt, right, until, writeTo } from './testing/stage.ts'

test('9: no page tells more than it gives: who stops after any page has lost nothing', async () => {
  const double = await doubled()
  const log = logAt(double.url())
  const written: string[] = []
  // More than is read ahead, so that some of it waits in the client.
  for (let n = 0; n < 8; n += 1) {
    const name = fresh()
    const [first, ...others] = Array.from({ length: 60 }, () => deposit(name))
    if (first === undefined) return
    right(await log.append(accountNamed(name), 'noStream', [first, ...others]))
    written.push(...[first, ...others].map(({ metadata }) => metadata.id))
  }
  const heard: string[] = []
  let upTo = 0n
  for (let isOver = false; !isOver; ) {
    // Every page is the last of its subscription, as if the follower had been killed after it.
    const subscription = log.subscribeAll(upTo, { prefixes: ['account-'] })
    const page = right(await subscription.next())
    heard.push(...idsOf(page.events))
    expect(page.upTo).toBeGreaterThanOrEqual(page.events.at(-1)?.position ?? upTo)
    expect(page.atHead).toBe(heard.length === written.length)
    ;({ upTo } = page)
    isOver = page.atHead
    await subscription.close()
  }
  expect(new Set(heard)).toStrictEqual(new Set(written))
  expect(heard.length).toBe(written.length)
})
test.each([
  ['10, KDB-744: that name the end of the log', 'end'],
  ['10, 21.10: that name what comes next', 'next'],
  ['10, KDB-710: that name no position', 'none'],
] as const)('checkpoints %s are not believed, and stop nothing', async (_, checkpoints) => {
  const double = await doubled()
  const log = logAt(double.url())
  double.faults.checkpoints = checkpoints
  for (let n = 0; n < 6; n += 1) {
    const others = Array.from({ length: 200 }, () => killSwitch('a'))
    const [first, ...rest] = others
    if (first === undefined) return
    const after = n === 0 ? 'noStream' : BigInt(n * 200 - 1)
    right(await log.append(riskOf('a'), after, [first, ...rest]))
  }
  let upTo = 0n
  const written: string[] = []
  const heard: string[] = []
  for (let round = 0; round < 5; round += 1) {
    const subscription = log.subscribeAll(upTo, { prefixes: ['account-'] })
    written.push(...(await writeTo(log, 2)))
    while (heard.length < written.length) {
      const page = right(await subscription.next())
      heard.push(...idsOf(page.events))
      ;({ upTo } = page)
      expect(upTo).toBeLessThanOrEqual(double.store.all().at(-1)?.position ?? 0n)
    }
    await subscription.close()
  }
  expect(heard).toStrictEqual(written)
})
test('9: being level stands in the queue behind the events that nobody has taken yet', async () => {
  const double = await doubled()
  const log = logAt(double.url())
  // As many as are read ahead, and some that wait in the client.
  const [first, ...others] = Array.from({ length: 256 }, () => deposit('a'))
  if (first === undefined) return
  right(await log.append(accountNamed('a'), 'noStream', [first, ...others]))
  await writeTo(log, 12, 'b')
  const address = right(parseAddress(double.url()))
  const feed = openFeed(address, 'test', 0n, { prefixes: ['account-'] })
  await until(() => double.counts.written >= 268 + 2)
  await new Promise((resolve) => setTimeout(resolve, 50))
  const taken: string[] = []
  while (!taken.includes('caughtUp')) {
    const item = feed.take()
    if (item === undefined) await feed.news(100)
    else taken.push('mark' in item ? item.mark : 'event')
  }
  expect(taken.filter((one) => one === 'event').length).toBe(268)
  await feed.close()
})
test.each([
  ['9, KDB-744: the end of the log', 'end'],
  ['9, 21.10: what comes next', 'next'],
  ['9, KDB-710: no position', 'none'],
] as const)(
  'a checkpoint that names %s tells of no more than was looked at',
  async (_, checkpoints) => {
    const double = await doubled()
    const log = logAt(double.url(), { silenceMs: 60_000 })
    const engaged = Array.from({ length: 250 }, () => killSwitch('a'))
    for (let n = 0; n < 5; n += 1) {
      const [first, ...others] = engaged.map(() => killSwitch('a'))
      if (first === undefined) return
      right(await log.append(riskOf(fresh()), 'noStream', [first, ...others]))
    }
    const [wanted] = await writeTo(log, 1)
    Object.assign(double.faults, { stalls: true, checkpoints })
    const subscription = log.subscribeAll(0n, { prefixes: ['account-'] })
    // A subscription is opened by the first who asks for a page.
    let page = right(await subscription.next())
    await until(() => double.counts.considered === 32 * 32)
    const lookedAt = double.store.all()[double.counts.considered - 1]?.position ?? 0n
    while (checkpoints === 'next' && page.upTo < lookedAt) page = right(await subscription.next())
    expect(page.events).toStrictEqual([])
    expect(page.upTo).toBeLessThanOrEqual(lookedAt)
    double.faults.stalls = false
    double.store.emit('appended')
    expect(await hear(subscription, 1)).toStrictEqual([wanted])
  },
)
test('11, 16: however a subscription ends, another takes over, and nothing is lost or doubled', async () => {
  const double = await doubled()
  const log = logAt(double.url())
  const slow = wireError(codes.ABORTED, 'Operation timed out: Consumer too slow to handle event')
  const internal = wireError(codes.INTERNAL, 'Received RST_STREAM with code 2')
  const endings: readonly (() => Promise<void>)[] = [
    async () => double.endReads(),
    async () => double.cut(),
    async () => double.failReads(slow),
    async () => double.failReads(internal),
    async () => {
      double.stop()
      await double.start()
    },
  ]
  const subscription = log.subscribeAll(0n, {})
  const [written, heard]: [string[], string[]] = [[], []]
  for (let round = 0; round < 3; round += 1) {
    for (const end of endings) {
      written.push(...(await writeTo(log, 3)))
      if (round > 0) heard.push(...(await hear(subscription, written.length - heard.length)))
      await end()
    }
  }
  heard.push(...(await hear(subscription, written.length - heard.length)))
  expect(heard).toStrictEqual(written)
  expect(idsOf(right(await log.readAll(0n, {}, 1_000)).events)).toStrictEqual(written)
})
test('11: a subscription that withholds what is there is given up', async () => {
  const double = await doubled()
  const log = logAt(double.url())
  const subscription = log.subscribeAll(0n, {})
  const written = await writeTo(log, 1)
  await hear(subscription, 1)
  const before = double.counts.calls.subscribe ?? 0
  double.faults.isDeaf = true
  written.push(...(await writeTo(log, 1)))
  expect(await hear(subscription, 1)).toStrictEqual(written.slice(1))
  expect(double.counts.calls.subscribe).toBeGreaterThan(before)
})
test('16: a server that tells neither checkpoints nor that it is level is looked after', async () => {
  const double = await doubled()
  const log = logAt(double.url())
  double.faults.isReserved = true
  const subscription = log.subscribeAll(0n, { prefixes: ['risk-'] })
  await writeTo(log, 5)
  const end = right(await log.head())
  for (let upTo = 0n; upTo < end; ) ({ upTo } = right(await subscription.next()))
  const engaged = killSwitch('a')
  right(await log.append(riskOf('a'), 'noStream', [engaged]))
  expect(await hear(subscription, 1)).toStrictEqual([engaged.metadata.id])
})
test('17: events of the system are never given, and never in the way', async () => {
  const double = await doubled()
  const log = logAt(double.url())
  const written = await writeTo(log, 2)
  const system = (type: string) => ({
    id: crypto.randomUUID(),
    type,
    contentType: 'application/json',
    data: Buffer.from('{}'),
    metadata: new Uint8Array(),
  })
  double.store.append('$stats-0.0.0.0', 'any', [system('$statsCollected')])
  double.store.append('$ce-account', 'any', [system('$>')])
  double.store.append('$$account-x', 'any', [system('$metadata')])
  const page = right(await log.readAll(0n, {}, 10))
  expect(idsOf(page.events)).toStrictEqual(written)
  expect(page).toMatchObject({ atHead: true, upTo: right(await log.head()) })
  const subscription = log.subscribeAll(0n, {})
  expect(await hear(subscription, 2)).toStrictEqual(written)
  const end = right(await log.head())
  for (let upTo = 0n; upTo < end; ) {
    const next = right(await subscription.next())
    expect(next.events).toStrictEqual([])
    ;({ upTo } = next)
  }
})
test('an event that is delivered twice is heard once', async () => {
  const double = await doubled()
  const log = logAt(double.url())
  double.faults.repeats = true
  const subscription = log.subscribeAll(0n, {})
  const written = await writeTo(log, 10)
  expect(await hear(subscription, 10)).toStrictEqual(written)
  const last = await writeTo(log, 1)
  expect(await hear(subscription, 1)).toStrictEqual(last)
})
test('away: a follower hears of it in time, and goes on by itself', async () => {
  const double = await doubled()
  const log = logAt(double.url(), { patienceMs: 300 })
  const subscription = log.subscribeAll(0n, {})
  const written = await writeTo(log, 1)
  await hear(subscription, 1)
  double.stop()
  for (;;) {
    const page = await subscription.next()
    if (E.isLeft(page)) {
      expect(page.left._tag).toBe('StoreUnreachable')
      break
    }
  }
  await double.start()
  written.push(...(await writeTo(log, 1)))
  for (;;) {
    const page = await subscription.next()
    if (E.isLeft(page) || page.right.events.length === 0) continue
    expect(idsOf(page.right.events)).toStrictEqual(written.slice(1))
    break
  }
})
test('what is acted upon comes at once, whatever else comes a little later and together', async () => {
  const double = await doubled()
  const log = logAt(double.url())
  const subscription = log.subscribeAll(0n, { eager: ['KillSwitchEngaged'] })
  right(await subscription.next())
  const name = fresh()
  const page = subscription.next()
  const appended = [right(await log.append(accountNamed(name), 'noStream', [deposit(name)]))]
  appended.push(right(await log.append(riskOf(name), 'noStream', [killSwitch(name)])))
  const heard = [...right(await page).events]
  while (heard.length < 2) heard.push(...right(await subscription.next()).events)
  expect(heard.map(({ position }) => position)).toStrictEqual(
    appended.map(({ lastPosition }) => lastPosition),
  )
  await until(() => double.readers.size >= 1)
})
