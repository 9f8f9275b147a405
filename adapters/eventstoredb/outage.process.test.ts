/** The log while its server is killed, frozen or started again: bounded answers, and nothing lost or doubled. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type DoubleProcess, startDouble } from '#adapters/testing/eventstore-double/process'
import { accountNamed, deposit } from '#adapters/testing/ledger-events'
import { fresh, hear, idsOf, logAt, right, took, writeTo } from './testing/stage.ts'

let folder: string
let double: DoubleProcess
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'daybook-test-'))
  double = await startDouble(join(folder, 'events.jsonl'))
})
afterEach(async () => {
  await double.stop()
  await rm(folder, { recursive: true })
})

test('killed under load and started on its data: every append that was answered is there, and each once', async () => {
  const log = logAt(double.url(), { patienceMs: 20_000, callMs: 1_000 })
  const subscription = log.subscribeAll(0n, {})
  let isOver = false
  const acknowledged: string[] = []
  const writing = Promise.all(
    Array.from({ length: 8 }, async () => {
      const name = fresh()
      for (let revision = -1n; !isOver; revision += 1n) {
        const event = deposit(name)
        const expected = revision < 0n ? 'noStream' : revision
        right(await log.append(accountNamed(name), expected, [event]))
        acknowledged.push(event.metadata.id)
      }
    }),
  )
  for (let round = 0; round < 4; round += 1) {
    const before = acknowledged.length
    while (acknowledged.length < before + 20) await new Promise((r) => setTimeout(r, 5))
    await double.kill()
    await double.start()
  }
  isOver = true
  await writing
  const heard = await hear(subscription, acknowledged.length)
  expect([...heard].sort()).toStrictEqual([...acknowledged].sort())
})
test('frozen: nobody waits longer than he is patient, and the same bytes are answered later', async () => {
  const log = logAt(double.url(), { patienceMs: 900, callMs: 300 })
  const subscription = log.subscribeAll(0n, {})
  const written = await writeTo(log, 1, 'a')
  await hear(subscription, 1)
  double.freeze()
  const again = deposit('a')
  const [answers, ms] = await took(
    Promise.all([
      log.append(accountNamed('a'), 0n, [again]),
      log.read(accountNamed('a'), -1n),
      log.head(),
    ]),
  )
  const unreachable = E.left({ _tag: 'StoreUnreachable', detail: expect.any(String) as string })
  expect(answers).toStrictEqual(answers.map(() => unreachable))
  expect(ms).toBeLessThan(2_500)
  // A follower hears of it too, though nobody has ended its connection.
  for (;;) if (E.isLeft(await subscription.next())) break
  double.thaw()
  // Perhaps it was written after all, perhaps not: in both cases once.
  for (;;) {
    const answer = await log.append(accountNamed('a'), 0n, [again])
    if (E.isLeft(answer) && answer.left._tag === 'StoreUnreachable') continue
    expect(answer).toMatchObject(E.right({ revision: 1n }))
    break
  }
  written.push(again.metadata.id)
  expect(idsOf(right(await log.read(accountNamed('a'), -1n)))).toStrictEqual(written)
  for (let heard: readonly string[] = []; heard.length === 0; ) {
    const page = await subscription.next()
    if (E.isRight(page)) heard = idsOf(page.right.events)
    expect([[], [again.metadata.id]]).toContainEqual(heard)
  }
})
test('frozen: closing does not wait for it', async () => {
  const log = logAt(double.url(), { patienceMs: 10_000 })
  await writeTo(log, 1, 'a')
  const subscription = log.subscribeAll(0n, {})
  await hear(subscription, 1)
  double.freeze()
  const pending = log.append(accountNamed('a'), 0n, [deposit('a')])
  const waiting = subscription.next()
  const [, ms] = await took(log.close())
  expect(ms).toBeLessThan(2_500)
  for (const one of [pending, waiting]) {
    expect(await one).toMatchObject(E.left({ _tag: 'StoreUnreachable' }))
  }
  double.thaw()
})
