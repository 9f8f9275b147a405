/** The client's traps, by their numbers in the notes on it, and the defence against each at work. */
import { status as codes } from '@grpc/grpc-js'
import * as E from 'fp-ts/lib/Either.js'
import { expect, test } from 'vitest'
import {
  accountNamed,
  deposit,
  killSwitch,
  largeBook,
  riskOf,
} from '#adapters/testing/ledger-events'
import { encodeProposed } from '#schemas/stored'
import type { EventStoreLogSettings } from './event-log.ts'
import {
  doubled,
  fresh,
  hear,
  logAt,
  relayed,
  right,
  took,
  until,
  urlOf,
  writeTo,
} from './testing/stage.ts'

test('2, 4, 7, 8: no append takes the batch path, and nobody asks what the server supports', async () => {
  const double = await doubled()
  double.faults.refuse = { rpc: 'features', code: codes.INTERNAL, details: 'broken' }
  await writeTo(logAt(double.url()), 3)
  expect(double.counts.calls).toMatchObject({ append: 3 })
  expect(double.counts.calls).not.toHaveProperty('batchAppend')
  expect(double.counts.calls).not.toHaveProperty('features')
})
test('3: what cannot be written is refused before the client builds a request of it', async () => {
  const double = await doubled()
  const log = logAt(double.url())
  const broken = { ...deposit('a'), event: { type: 'FundsDeposited' } } as never
  expect(await log.append(accountNamed('a'), 'noStream', [broken])).toMatchObject(
    E.left({ _tag: 'AppendForbidden' }),
  )
  expect(double.counts.calls.append).toBeUndefined()
  await writeTo(log, 1)
})
test('4: a revision below 0 is refused, and harms nothing that is under way', async () => {
  const double = await doubled()
  const log = logAt(double.url())
  const [bad, ...good] = await Promise.all([
    log.append(accountNamed('a'), -1n, [deposit('a')]),
    ...Array.from({ length: 20 }, () => writeTo(log, 1)),
  ])
  expect(bad).toMatchObject(E.left({ _tag: 'AppendForbidden' }))
  expect(good.length).toBe(20)
})
test('5: what happens to one server does nothing to the appends at another', async () => {
  const [ill, well] = [await doubled(), await doubled()]
  const [one, other] = [logAt(ill.url(), { patienceMs: 300 }), logAt(well.url())]
  ill.faults.isSilent = true
  const lost = Promise.all(
    Array.from({ length: 10 }, () => one.append(accountNamed(fresh()), 'noStream', [deposit('a')])),
  )
  const kept = Promise.all(Array.from({ length: 10 }, () => writeTo(other, 5)))
  ill.cut()
  await kept
  expect((await lost).every(E.isLeft)).toBe(true)
})
test('6: a line that breaks under queued appends leaves no rejection behind, and each is written once', async () => {
  const double = await doubled()
  const relay = await relayed(double)
  const log = logAt(urlOf(relay.port), { patienceMs: 18_000, callMs: 6_000 })
  await writeTo(log, 1)
  relay.cutAfter(300_000)
  const names = Array.from({ length: 100 }, fresh)
  const answers = await Promise.all(
    names.map((name) => log.append(riskOf(name), 'noStream', [largeBook(name, 20_000)])),
  )
  expect(answers.filter(E.isLeft)).toStrictEqual([])
  const kept = double.store.all().filter(({ stream }) => stream.startsWith('risk-'))
  expect(kept.length).toBe(100)
  expect(new Set(kept.map(({ stream }) => stream)).size).toBe(100)
  expect(relay.made()).toBeGreaterThan(1)
})
test('7: a server that says nothing keeps nobody longer than he is patient', async () => {
  const double = await doubled()
  const log = logAt(double.url(), { patienceMs: 700, callMs: 200 })
  await writeTo(log, 1)
  const subscription = log.subscribeAll(0n, {})
  await hear(subscription, 1)
  double.faults.isSilent = true
  const [answers, ms] = await took(
    Promise.all([
      log.append(accountNamed('b'), 'noStream', [deposit('b')]),
      log.read(accountNamed('b'), -1n),
      log.readAll(0n, {}, 10),
      log.head(),
    ]),
  )
  expect(answers).toMatchObject(answers.map(() => E.left({ _tag: 'StoreUnreachable' })))
  expect(ms).toBeLessThan(2_000)
  double.faults.isSilent = false
  expect(E.isRight(await log.head())).toBe(true)
})
test('7: the wire says how long an append may take, so that none is written long after', async () => {
  const double = await doubled()
  right(
    await logAt(double.url(), { callMs: 700 }).append(accountNamed('a'), 'noStream', [
      deposit('a'),
    ]),
  )
  expect(double.msAllowed.get('append')).toBeLessThanOrEqual(700)
})
test('12: an append over a restart of the server is written, and once', async () => {
  const double = await doubled()
  const log = logAt(double.url())
  await writeTo(log, 1)
  double.stop()
  const event = deposit('a')
  const under = log.append(accountNamed('a'), 'noStream', [event])
  await double.start()
  expect(right(await under).revision).toBe(0n)
  expect(right(await log.append(accountNamed('a'), 'noStream', [event])).revision).toBe(0n)
  expect(right(await log.read(accountNamed('a'), -1n))).toMatchObject([event])
})
test('13: hundreds of appends at once on a fresh client are all answered', async () => {
  const double = await doubled()
  const log = logAt(double.url(), { patienceMs: 15_000, callMs: 10_000 })
  double.faults.appendDelayMs = 20
  const answers = await Promise.all(
    Array.from({ length: 400 }, () => {
      const name = fresh()
      return log.append(accountNamed(name), 'noStream', [deposit(name)])
    }),
  )
  expect(answers.filter(E.isLeft)).toStrictEqual([])
  // The connection has room for a hundred, and needs some of it.
  expect(double.counts.mostUnderWay).toBeLessThanOrEqual(90)
})
test('15: the very bytes are stored and given back, whatever they hold', async () => {
  const double = await doubled()
  const log = logAt(double.url())
  const event = deposit('a', 'Größe "1\\2" {3,4} 漢字 😀 12345678901234567890.10')
  right(await log.append(accountNamed('a'), 'noStream', [event]))
  const { data, metadata } = encodeProposed(event)
  const kept = double.store.all().at(-1)
  expect(Buffer.from(kept?.data ?? []).toString('utf8')).toBe(data)
  expect(Buffer.from(kept?.metadata ?? []).toString('utf8')).toBe(metadata)
  expect(kept?.contentType).toBe('application/octet-stream')
  expect(right(await log.read(accountNamed('a'), -1n))).toMatchObject([event])
})
test('an answer that was lost is asked for again, and the append stands once', async () => {
  const double = await doubled()
  const log = logAt(double.url(), { callMs: 200 })
  await writeTo(log, 1)
  const engaged = killSwitch('a')
  const engagedAgain = killSwitch('a')
  for (const [expected, event] of [
    ['noStream', engaged],
    ['streamExists', engagedAgain],
  ] as const) {
    for (const lose of ['answer', 'connection'] as const) {
      double.faults.lose = lose
      const under = log.append(riskOf('a'), expected, [event])
      await until(() => double.store.visible('risk-a')?.at(-1)?.type === 'KillSwitchEngaged')
      double.faults.lose = 'nothing'
      expect(E.isRight(await under)).toBe(true)
    }
  }
  expect(right(await log.read(riskOf('a'), -1n))).toMatchObject([engaged, engagedAgain])
})
test('a wrong version is not believed before what stands there was compared: the leader may have moved', async () => {
  const double = await doubled()
  const log = logAt(double.url(), { callMs: 200 })
  const events = [deposit('a'), deposit('a')] as const
  Object.assign(double.faults, { lose: 'answer', forgetsWrites: true })
  const under = log.append(accountNamed('a'), 'noStream', events)
  await until(() => double.store.lastRevision('account-a') === 1n)
  double.faults.lose = 'nothing'
  expect(right(await under).revision).toBe(1n)
  expect(await log.append(accountNamed('a'), 'noStream', [deposit('a')])).toMatchObject(
    E.left({ _tag: 'RevisionConflict', actual: 1n }),
  )
})
/** It stands as the second event of its stream, and its writer was not told. */
const lostKillSwitch = async (settings: Partial<EventStoreLogSettings>) => {
  const double = await doubled()
  const log = logAt(double.url(), settings)
  right(await log.append(riskOf('a'), 'noStream', [killSwitch('a')]))
  const engaged = killSwitch('a')
  double.faults.lose = 'answer'
  const under = log.append(riskOf('a'), 'streamExists', [engaged])
  await until(() => double.store.lastRevision('risk-a') === 1n)
  double.faults.isSilent = true
  expect(await under).toMatchObject(E.left({ _tag: 'StoreUnreachable' }))
  Object.assign(double.faults, { lose: 'nothing', isSilent: false })
  return { double, log, engaged }
}
test('without an exact revision the server forgets ids at a restart: it is looked for before it is asked again', async () => {
  const { double, log, engaged } = await lostKillSwitch({ patienceMs: 400, callMs: 150 })
  double.store.forgetIds()
  right(await log.append(riskOf('a'), 'streamExists', [killSwitch('a')]))
  expect(right(await log.append(riskOf('a'), 'streamExists', [engaged])).revision).toBe(1n)
  expect(right(await log.read(riskOf('a'), -1n)).length).toBe(3)
})
test('without an exact revision: what of the stream comes in time is enough to go on', async () => {
  const { double, log, engaged } = await lostKillSwitch({ patienceMs: 2_500, callMs: 1_000 })
  double.store.forgetIds()
  double.faults.stopsReadsAfter = 2
  expect(right(await log.append(riskOf('a'), 'streamExists', [engaged])).revision).toBe(1n)
})
test('without an exact revision: it is found among all that a busy guard has written since', async () => {
  const { double, log, engaged } = await lostKillSwitch({ patienceMs: 2_500, callMs: 1_000 })
  const guard = logAt(double.url())
  for (let last = 1n; last < 1_200n; last += 200n) {
    const [first, ...rest] = Array.from({ length: 200 }, () => killSwitch('a'))
    if (first !== undefined) right(await guard.append(riskOf('a'), last, [first, ...rest]))
  }
  double.stop()
  await double.start()
  while (E.isLeft(await log.append(riskOf('a'), 'streamExists', [engaged])));
  const there = right(await guard.read(riskOf('a'), -1n))
  expect(there.filter(({ metadata }) => metadata.id === engaged.metadata.id).length).toBe(1)
})
test('ids alone decide at the server: two contents under one id are never both believed', async () => {
  const double = await doubled()
  // Two processes, neither of which knows what the other has written.
  const [one, other] = [logAt(double.url()), logAt(double.url())]
  const event = deposit('a')
  right(await one.append(accountNamed('a'), 'noStream', [event]))
  const forged = {
    ...event,
    metadata: { ...event.metadata, nonce: 'f'.repeat(32) },
  } as typeof event
  expect(await other.append(accountNamed('a'), 'noStream', [forged])).toMatchObject(
    E.left({ _tag: 'AppendForbidden' }),
  )
  expect(await other.append(accountNamed('a'), 'noStream', [event])).toMatchObject(
    E.right({ revision: 0n }),
  )
})
test('an answer without a position is completed by reading', async () => {
  const double = await doubled()
  const log = logAt(double.url())
  double.faults.hidesPosition = true
  const written = right(
    await log.append(accountNamed('a'), 'noStream', [deposit('a'), deposit('a')]),
  )
  expect(written).toStrictEqual({
    stream: 'account-a',
    revision: 1n,
    lastPosition: double.store.all().at(-1)?.position,
  })
})
test('a server that is not the leader sends the append to the one that is', async () => {
  const [follower, leader] = [await doubled(), await doubled()]
  follower.faults.leader = { host: '127.0.0.1', port: leader.port() }
  const log = logAt(follower.url())
  await writeTo(log, 2)
  expect(leader.counts.calls.append).toBe(2)
  expect(follower.store.all().some(({ stream }) => stream.startsWith('account-'))).toBe(false)
})
