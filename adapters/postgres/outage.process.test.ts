/** The log while its server is frozen, away or restarted: bounded answers that say what is known. */
import * as E from 'fp-ts/lib/Either.js'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { accountNamed, deposit } from '#adapters/testing/ledger-events'
import { type TestPostgres, testPostgres } from '#adapters/testing/postgres'
import { openPostgresEventLog } from './event-log.ts'

let server: TestPostgres
beforeEach(async () => {
  server = await testPostgres()
})
afterEach(async () => {
  await server.stop()
})

const open = (patienceMs: number) =>
  openPostgresEventLog({ url: server.url('api'), app: 'api', patienceMs })

const took = async <A>(work: Promise<A>): Promise<readonly [A, number]> => {
  const from = performance.now()
  return [await work, performance.now() - from]
}

/** Stops every process of the server without ending it. */
const freeze = (): (() => void) => {
  const pids = [server.pid(), ...server.children()]
  for (const pid of pids) process.kill(pid, 'SIGSTOP')
  return () => {
    for (const pid of pids) {
      try {
        process.kill(pid, 'SIGCONT')
      } catch {
        // It has ended meanwhile.
      }
    }
  }
}

test('frozen: nobody waits longer than he is patient, and the same bytes are answered later', async () => {
  const log = open(800)
  const first = await log.append(accountNamed('a'), 'noStream', [deposit('a')])
  expect(E.isRight(first)).toBe(true)
  const subscription = log.subscribeAll(0n, {})
  await subscription.next()
  await log.head()

  const thaw = freeze()
  const [again, other] = [deposit('a'), deposit('b')]
  const [answers, ms] = await took(
    Promise.all([
      log.append(accountNamed('a'), 0n, [again]),
      log.append(accountNamed('b'), 'noStream', [other]),
      log.read(accountNamed('a'), -1n),
      log.head(),
      subscription.next(),
    ]),
  )
  thaw()
  const unreachable = E.left({ _tag: 'StoreUnreachable', detail: expect.any(String) as string })
  expect(answers).toStrictEqual(answers.map(() => unreachable))
  expect(ms).toBeLessThan(2_500)

  // Perhaps it was written after all, perhaps not: in both cases once.
  expect(await log.append(accountNamed('a'), 0n, [again])).toMatchObject(E.right({ revision: 1n }))
  expect(await log.append(accountNamed('b'), 'noStream', [other])).toMatchObject(
    E.right({ revision: 0n }),
  )
  expect(await log.head()).toStrictEqual(E.right(3n))
  const page = await subscription.next()
  expect(E.isRight(page) && page.right.events.length).toBeGreaterThan(0)
  await log.close()
})

test('restarted: whoever is patient notices nothing', async () => {
  const log = open(15_000)
  await log.append(accountNamed('a'), 'noStream', [deposit('a')])
  const subscription = log.subscribeAll(1n, {})
  await subscription.next()
  const crashed = server.crash()
  const answers = await Promise.all([
    log.append(accountNamed('a'), 0n, [deposit('a')]),
    log.read(accountNamed('a'), -1n),
    log.head(),
  ])
  await crashed
  expect(answers.map(({ _tag }) => _tag)).toStrictEqual(['Right', 'Right', 'Right'])
  const heard = await subscription.next()
  expect(heard).toMatchObject(E.right({ upTo: 2n }))
  await log.close()
})

test('frozen: closing does not wait for it', async () => {
  const log = open(10_000)
  await log.append(accountNamed('a'), 'noStream', [deposit('a')])
  const subscription = log.subscribeAll(0n, {})
  await subscription.next()
  const thaw = freeze()
  const pending = log.append(accountNamed('a'), 0n, [deposit('a')])
  const waiting = log.append(accountNamed('a'), 1n, [deposit('a')])
  const [, ms] = await took(log.close())
  expect(ms).toBeLessThan(2_500)
  const unreachable = E.left({ _tag: 'StoreUnreachable' })
  expect(await pending).toMatchObject(unreachable)
  expect(await waiting).toMatchObject(unreachable)
  expect(await log.append(accountNamed('a'), 0n, [deposit('a')])).toMatchObject(unreachable)
  thaw()
})

test('away: the queue has an end, and says so', async () => {
  const log = open(1_000)
  await server.stop()
  const many = Array.from({ length: 9_000 }, () => deposit('a'))
  const answers = await Promise.all(
    many.map((event) => log.append(accountNamed('a'), 'noStream', [event])),
  )
  const details = answers.map((answer) =>
    E.isLeft(answer) && answer.left._tag === 'StoreUnreachable' ? answer.left.detail : '',
  )
  expect(
    details.filter((detail) => detail.includes('the store is too slow')).length,
  ).toBeGreaterThan(0)
  expect(details.every((detail) => detail !== '')).toBe(true)
  await log.close()
})
