import * as E from 'fp-ts/lib/Either.js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sha256 } from '#adapters/system/hash'
import { type TestPostgres, testPostgres } from '#adapters/testing/postgres'
import { allReadModels } from '#projections/all'
import { recordedDay } from '#projections/testing/day'
import type { AccountId } from '#schemas/values/ids'
import { openSession } from './connection.ts'
import { ownPaperStore } from './paper-store.ts'
import { openReadModelStore } from './read-model-store.ts'

let server: TestPostgres
/** The driver warns, once, of a second question to a connection that is still busy with the first. */
const warnings: string[] = []
const hear = ({ message }: Error): void => {
  warnings.push(message)
}
beforeAll(async () => {
  process.on('warning', hear)
  server = await testPostgres()
})
afterAll(async () => {
  process.off('warning', hear)
  await server.stop()
})
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('the store of read models folds the next page while one is written', async () => {
  const events = recordedDay(60)
  const store = openReadModelStore({ url: server.url(), app: 'projector' }, allReadModels(sha256))
  await store.open()
  const pages = [0, 20, 40].map((from) => ({
    events: events.slice(from, from + 20),
    upTo: BigInt(from + 20),
    atHead: false,
  }))
  const applied = await Promise.all(pages.map(store.apply))
  await store.close()
  await turn()
  expect(applied.every(E.isRight)).toBe(true)
  expect(warnings).toStrictEqual([])
})
test('the paper store is asked several things at once, and answers them one by one', async () => {
  const stopping = new AbortController()
  const owned = await ownPaperStore(server.url(), stopping.signal, () => undefined)
  if (owned === undefined || E.isLeft(owned)) throw new Error('the paper store is not ours')
  const store = owned.right
  const page = { account: 'main' as AccountId, after: 0n, limit: 10 }
  const answers = await Promise.all([
    store.openOrders(page),
    store.openOrders(page),
    store.find([]),
  ])
  await store.close()
  await turn()
  expect(answers).toStrictEqual([E.right([]), E.right([]), E.right([])])
  expect(warnings).toStrictEqual([])
})

const session = () => openSession({ url: server.url(), app: 'api' })
/** Answers the number, and how many statements this connection has been asked by name. */
const number = (n: number) => ({
  name: 'number',
  text: 'select $1::int4, count(*) from pg_prepared_statements',
  values: [n],
})
const sleep = { name: 'sleep', text: 'select pg_sleep(10)', values: [] }

test('a session answers in the order in which it was asked', async () => {
  const asked = session()
  const order: number[] = []
  const numbers = [1, 2, 3, 4, 5]
  await Promise.all(
    numbers.map(async (n) => {
      const [row] = await asked.query(number(n), 5_000)
      order.push(row?.[0] as number)
    }),
  )
  await asked.close()
  await turn()
  expect(order).toStrictEqual(numbers)
  expect(warnings).toStrictEqual([])
})
test('a question whose time is over before its turn is never asked, and cuts nobody off', async () => {
  const asked = session()
  const begun = asked.query({ ...sleep, text: 'select pg_sleep(0.3)' }, 5_000)
  const tooLate = asked.query({ ...sleep, name: 'too late' }, 50)
  await expect(tooLate).rejects.toThrow('within 50 ms')
  expect(await begun).toHaveLength(1)
  expect(await asked.query(number(7), 5_000)).toStrictEqual([[7, 2n]])
  await asked.close()
})
test('what waits behind a question that gets no answer goes by a new connection', async () => {
  const asked = session()
  const hung = asked.query(sleep, 200)
  const next = asked.query(number(8), 5_000)
  await expect(hung).rejects.toThrow('within 200 ms')
  expect(await next).toStrictEqual([[8, 1n]])
  await asked.close()
})
test('what waits when a session is closed is not asked any more', async () => {
  const asked = session()
  const begun = asked.query(sleep, 5_000)
  const next = asked.query(number(9), 5_000)
  const ended = Promise.allSettled([begun, next])
  await asked.close()
  expect((await ended).map(({ status }) => status)).toStrictEqual(['rejected', 'rejected'])
})
