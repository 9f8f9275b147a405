/** The client's traps, by their numbers in the notes on it, and the defence against each at work. */
import * as E from 'fp-ts/lib/Either.js'
import { expect, test } from 'vitest'
import { accountNamed, deposit, killSwitch, riskOf } from '#adapters/testing/ledger-events'
import {
  doubled,
  fresh,
  hear,
  idsOf,
  logAt,
  relayed,
  right,
  took,
  until,
  urlOf,
  writeTo,
} from './testing/stage.ts'

test('1: reads that end early or late leave no call open behind them', async () => {
  const double = await doubled()
  const log = logAt(double.url())
  await writeTo(log, 5)
  for (let n = 0; n < 60; n += 1) {
    right(await log.readAll(0n, {}, 1))
    right(await log.read(accountNamed(`nobody${String(n)}`), -1n))
  }
  // More than one answer may hold: the client is told to stop in the middle, each time.
  const large = Array.from({ length: 60 }, () => ({
    id: crypto.randomUUID(),
    type: 'BookOpened',
    contentType: 'application/octet-stream',
    data: Buffer.alloc(500_000),
    metadata: new Uint8Array(),
  }))
  double.store.append('risk-large', 'noStream', large)
  const page = right(await log.readAll(0n, { types: ['KillSwitchEngaged'] }, 1_000))
  expect(page).toStrictEqual({ events: [], upTo: right(await log.head()), atHead: true })
  await until(() => double.readers.size === 0)
})
test('1: an answer that stops midway is taken for what it gave, and taken back', async () => {
  const double = await doubled()
  const log = logAt(double.url(), { callMs: 400 })
  const written = await writeTo(log, 5)
  // Three of the server's own stand first.
  double.faults.stopsReadsAfter = 5
  const page = right(await log.readAll(0n, {}, 1_000))
  expect(idsOf(page.events)).toStrictEqual(written)
  await until(() => double.readers.size === 0)
})
test('no two clients share one, though their options are equal; and what is thrown away comes not back', async () => {
  const double = await doubled()
  const relay = await relayed(double)
  const log = logAt(urlOf(relay.port), { patienceMs: 1_500, callMs: 150 })
  await writeTo(log, 1)
  right(await log.head())
  const subscription = log.subscribeAll(0n, {})
  await hear(subscription, 1)
  expect(relay.made()).toBe(3)
  relay.freeze()
  const under = log.append(accountNamed('b'), 'noStream', [deposit('b')])
  await new Promise((resolve) => setTimeout(resolve, 400))
  // The old connections stay dead for another while; only new ones are let through.
  const before = relay.made()
  relay.thaw()
  expect(E.isRight(await under)).toBe(true)
  expect(before).toBeGreaterThan(3)
})
test('14: closing ends every one of them, and whatever waits', async () => {
  const double = await doubled()
  const relay = await relayed(double)
  const log = logAt(urlOf(relay.port))
  await writeTo(log, 1)
  const subscription = log.subscribeAll(0n, {})
  await hear(subscription, 1)
  double.faults.isSilent = true
  const waiting = [
    log.append(accountNamed('b'), 'noStream', [deposit('b')]),
    log.head(),
    subscription.next(),
  ]
  const [, ms] = await took(log.close())
  expect(ms).toBeLessThan(2_000)
  for (const one of waiting) {
    expect(await one).toMatchObject(E.left({ _tag: 'StoreUnreachable' }))
  }
  await until(() => relay.connections() === 0)
  expect(await log.head()).toMatchObject(E.left({ _tag: 'StoreUnreachable' }))
})
test('8: a cluster that could not be found is found once it is there', async () => {
  const double = await doubled()
  double.stop()
  const log = logAt(`esdb+discover://127.0.0.1:${String(double.port())}?tls=false`, {
    patienceMs: 1_500,
  })
  expect(await log.head()).toMatchObject(
    E.left({ _tag: 'StoreUnreachable', detail: expect.stringMatching(/discover/) as string }),
  )
  await double.start()
  await writeTo(log, 1)
  expect(double.counts.calls.gossip).toBeGreaterThan(0)
})
test('3, 6, 8: a server that comes and goes leaves no rejection behind, in a cluster or alone', async () => {
  const double = await doubled()
  const discovered = double.url().replace('esdb', 'esdb+discover')
  const logs = [discovered, double.url()].map((url) => logAt(url, { patienceMs: 300, callMs: 100 }))
  for (let round = 0; round < 6; round += 1) {
    const under = logs.flatMap((log) => [
      ...Array.from({ length: 20 }, () =>
        log.append(riskOf(fresh()), 'noStream', [killSwitch('a'), killSwitch('a')]),
      ),
      ...Array.from({ length: 10 }, () => log.head()),
    ])
    await new Promise((resolve) => setTimeout(resolve, round))
    if (round % 2 === 0) double.cut()
    else double.stop()
    await new Promise((resolve) => setTimeout(resolve, 50 * round))
    if (round % 2 === 1) await double.start()
    // A promise that nobody holds would end this test by itself.
    await Promise.all(under)
  }
  // Patience is short here; in the end each of them is answered.
  for (const log of logs) while (E.isLeft(await log.head()));
})
test('2: an answer that ends with OK before its end is not taken for the end', async () => {
  const double = await doubled()
  const log = logAt(double.url())
  const written = await writeTo(log, 25, 'a')
  double.faults.endsReadsAfter = 2
  expect(idsOf(right(await log.read(accountNamed('a'), -1n)))).toStrictEqual(written)
  const page = right(await log.readAll(0n, {}, 1_000))
  expect(idsOf(page.events)).toStrictEqual(written)
  expect(page.atHead).toBe(true)
})
test.each([0, 1])(
  '2: an end after %d records, every time, is no end but no answer',
  async (records) => {
    const double = await doubled()
    const log = logAt(double.url(), { patienceMs: 300 })
    const written = await writeTo(log, 5, 'a')
    const second = right(await log.readAll(0n, {}, 2)).upTo
    double.faults.endsReadsAfter = records
    const unreachable = E.left({ _tag: 'StoreUnreachable' })
    expect(await log.readAll(second, {}, 1_000)).toMatchObject(unreachable)
    const stream = await log.read(accountNamed('a'), -1n)
    if (records === 0) expect(stream).toMatchObject(unreachable)
    else expect(idsOf(right(stream))).toStrictEqual(written)
  },
)
