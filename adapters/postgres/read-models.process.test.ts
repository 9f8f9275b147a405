import { createHash } from 'node:crypto'
import * as E from 'fp-ts/lib/Either.js'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type TestPostgres, testPostgres } from '#adapters/testing/postgres'
import { differencesFrom, withClient } from '#adapters/testing/read-models'
import type { LogPage } from '#domain/kernel/event-log'
import { type AnyReadModel, allReadModels } from '#projections/all'
import { cashBalances, moneyOf, trialBalances } from '#projections/balances'
import { allAccounts } from '#projections/accounts'
import { decisionsMatching } from '#projections/decisions'
import { fills, fillsMatching } from '#projections/fills'
import { foldAll } from '#projections/fold'
import { ledgers } from '#projections/ledgers'
import { orderById, ordersMatching } from '#projections/order-queries'
import { orders } from '#projections/orders'
import { positions, positionsMatching } from '#projections/positions'
import { pageOf, type TimeRange } from '#projections/query'
import { recordedDay } from '#projections/testing/day'
import { account } from '#projections/testing/stories'
import type { RecordedEvent } from '#schemas/envelope'
import { openReadModelStore, type ReadModelStore } from './read-model-store.ts'
import { openReadModels, type ReadModels } from './read-models.ts'

const hash = (text: string): string => createHash('sha256').update(text).digest('hex')
const models = allReadModels(hash)
const events = recordedDay(400)
const head = BigInt(events.length)

let server: TestPostgres
beforeAll(async () => {
  server = await testPostgres()
})
afterAll(async () => {
  await server.stop()
})

describe('read models in PostgreSQL', () => {
  test('are the fold of the log, row for row, and readable by the api', async () => {
    await emptied()
    const store = open()
    await applied(store, events, 97)
    await store.close()
    await expectFolded(models)
  })
  test('have one writer: a second waits until the first is gone, and goes on from there', async () => {
    await emptied()
    const [one, two] = [open(), open()]
    expect(await one.open()).toStrictEqual(E.right(0n))
    expect(await two.open()).toMatchObject({ left: { _tag: 'Overtaken' } })
    expect(await one.apply(page(events, 0, 200))).toStrictEqual(E.right(undefined))
    // Both under way at once: the first is behind, the second would begin where the first writer stands.
    const late = [two.apply(page(events, 0, 200)), two.apply(page(events, 200, 400))]
    expect((await Promise.all(late)).every(E.isLeft)).toBe(true)
    await one.close()
    await expect.poll(() => two.open()).toStrictEqual(E.right(200n))
    await applied(two, events, 64)
    await two.close()
    await expectFolded(models)
  })
  test('are refused to a writer whose session was taken away, in all that it has under way', async () => {
    await emptied()
    const [one, two] = [open(), open()]
    await one.open()
    await one.apply(page(events, 0, 100))
    await sessionsOfProjectorEnded()
    await expect.poll(() => two.open()).toStrictEqual(E.right(100n))
    await two.apply(page(events, 100, 200))
    const late = [one.apply(page(events, 100, 200)), one.apply(page(events, 200, 300))]
    expect((await Promise.all(late)).every(E.isLeft)).toBe(true)
    await one.close()
    await applied(two, events, 64)
    await two.close()
    await expectFolded(models)
  })
  test('are whole after the server was killed in the midst of it', async () => {
    await emptied()
    const store = open()
    await store.open()
    await store.apply(page(events, 0, 300))
    const cutOff = store.apply(page(events, 300, 900))
    await server.crash()
    await cutOff
    await applied(store, events, 211)
    await store.close()
    await expectFolded(models)
  })
  test('are filled anew where a build folds them otherwise, and shown when that is done', async () => {
    await emptied()
    const before = open()
    await applied(before, events.slice(0, 700), 100)
    await before.close()
    const changed = models.map((model) =>
      model.name === 'orders' ? { ...model, foldVersion: model.foldVersion + 1 } : model,
    )
    const after = open(changed)
    expect(await after.open()).toStrictEqual(E.right(0n))
    await after.apply(page(events, 0, 400))
    expect(await tables('orders')).toStrictEqual(['orders_g1', 'orders_g2'])
    expect(await shown('orders')).toBe('orders_g1')
    await applied(after, events, 400)
    expect(await tables('orders')).toStrictEqual(['orders_g2'])
    expect(await shown('orders')).toBe('orders_g2')
    await after.close()
    await expectFolded(changed)
  })
})

describe('the queries', () => {
  let readModels: ReadModels
  beforeAll(async () => {
    await emptied()
    const store = open()
    await applied(store, events, 500)
    await store.close()
    readModels = openReadModels(server.url('api'))
  })
  afterAll(async () => {
    await readModels.close()
  })
  test('list newest first, in pages that meet without gap', async () => {
    const expected = [...foldAll(orders, events).changed.values()]
      .filter((row) => row.account === account(0))
      .toSorted((a, b) => Number(b.logPosition - a.logPosition))
    const found: string[] = []
    for (;;) {
      const startingAfter = found.at(-1)
      const asked = { limit: 30, startingAfter }
      const listed = await right(readModels.all(ordersMatching({ account: account(0) }, asked)))
      const { data, hasMore } = pageOf(listed, asked)
      found.push(...data.map(({ id }) => id))
      if (!hasMore) break
    }
    expect(found).toStrictEqual(expected.map(({ id }) => id))
    const back = { limit: 30, endingBefore: expected[45]?.id }
    const listed = await right(readModels.all(ordersMatching({ account: account(0) }, back)))
    expect(pageOf(listed, back).data).toStrictEqual(expected.slice(15, 45))
  })
  test('filter by everything that they name', async () => {
    const rows = [...foldAll(orders, events).changed.values()]
    const asked = { strategy: 'grid', symbol: 'BTC/USDT', status: 'denied' }
    const listed = await right(readModels.all(ordersMatching(asked, { limit: 1000 })))
    const expected = rows.filter(
      (row) => row.strategy === 'grid' && row.symbol === 'BTC/USDT' && row.status === 'denied',
    )
    expect(expected.length).toBeGreaterThan(0)
    expect(new Set(listed.map(({ id }) => id))).toStrictEqual(new Set(expected.map(({ id }) => id)))
    const one = expected[0]
    expect(await right(readModels.first(orderById(one?.id ?? '')))).toStrictEqual(one)
    expect(await right(readModels.all(fillsMatching({ orderId: one?.id }, {})))).toStrictEqual([])
    const denied = await right(readModels.all(decisionsMatching({ orderId: one?.id }, {})))
    expect(denied[0]?.denial?.reason.code).toBe('orderNotional')
  })
  test('filter by time: from then on, and before then', async () => {
    const rows = [...foldAll(orders, events).changed.values()].toSorted(
      (a, b) => a.createdAt - b.createdAt,
    )
    const [from, to] = [rows[100]?.createdAt, rows[140]?.createdAt]
    const listed = await right(readModels.all(ordersMatching({ from, to }, { limit: 1000 })))
    expect(new Set(listed.map(({ id }) => id))).toStrictEqual(
      new Set(rows.slice(100, 140).map(({ id }) => id)),
    )
    const at = [...foldAll(fills, events).changed.values()][0]?.at
    const filled = async (range: TimeRange) =>
      (await right(readModels.all(fillsMatching(range, { limit: 1000 })))).length
    expect(await filled({ to: at })).toBe(0)
    expect(await filled({ from: at })).toBeGreaterThan(0)
    const held = [...foldAll(positions(hash), events).changed.values()]
    const closed = held.flatMap(({ closedAt }) => closedAt ?? []).toSorted((a, b) => a - b)
    const since = closed[Math.floor(closed.length / 2)]
    const late = await right(
      readModels.all(positionsMatching({ state: 'closed', from: since }, { limit: 1000 })),
    )
    expect(late.length).toBe(closed.filter((each) => each >= (since ?? 0)).length)
  })
  test('I13 and I16: positions and balances are those of the ledgers, exactly', async () => {
    const rows = [...foldAll(ledgers, events).changed.values()].filter(
      ({ until }) => until === undefined,
    )
    const open = await right(readModels.all(positionsMatching({ state: 'open' }, { limit: 1000 })))
    const holdings = rows.filter(({ quantity }) => quantity !== 0n)
    expect(
      new Set(
        open.map((row) => `${row.account} ${row.strategy} ${row.symbol} ${String(row.quantity)}`),
      ),
    ).toStrictEqual(
      new Set(
        holdings.map(
          (row) => `${row.account} ${row.strategy} ${row.symbol} ${String(row.quantity)}`,
        ),
      ),
    )
    const trial = await right(readModels.all(trialBalances()))
    const sums = new Map<string, bigint>()
    for (const { currency, amount } of trial)
      sums.set(currency, (sums.get(currency) ?? 0n) + amount)
    expect(sums.size).toBeGreaterThan(1)
    for (const [currency, sum] of sums) expect(sum, currency).toBe(0n)
    const cash = await right(readModels.all(cashBalances(account(0))))
    const expected = rows
      .filter((row) => row.account === account(0))
      .reduce((sum, row) => sum + (row.balances['cash']?.['USDT'] ?? 0n), 0n)
    expect(moneyOf(account(0), cash)['USDT']).toBe(expected)
    expect((await right(readModels.all(allAccounts()))).map(({ id }) => id)).toStrictEqual([
      account(0),
      account(1),
    ])
  })
  test('wait for a position, and say when it does not come', async () => {
    const store = open()
    await store.open()
    expect(await right(readModels.position())).toBe(head)
    expect(await right(readModels.waitFor(head, 0))).toBe(true)
    expect(await right(readModels.waitFor(head + 1n, 30))).toBe(false)
    const waiting = readModels.waitFor(head + 1n, 5_000)
    await store.apply({ events: [], upTo: head + 1n, atHead: true })
    expect(await right(waiting)).toBe(true)
    await store.close()
  })
  test('say that the database is away, and answer again when it is back', async () => {
    const gone = server.crash()
    await gone
    await expect.poll(async () => E.isRight(await readModels.all(allAccounts()))).toBe(true)
  })
  test('may be read by the api, and written by nobody but the projector', async () => {
    const client = new pg.Client({ connectionString: server.url('api') })
    await client.connect()
    await expect(client.query('delete from read.orders')).rejects.toThrow(/permission denied/)
    await expect(client.query('update read.generations set position = 0')).rejects.toThrow(
      /permission denied/,
    )
    await client.end()
  })
})

const open = (of: readonly AnyReadModel[] = models): ReadModelStore =>
  openReadModelStore({ url: server.url('projector'), app: 'projector' }, of)

const sessionsOfProjectorEnded = async (): Promise<void> => {
  const client = new pg.Client({ connectionString: server.url() })
  await client.connect()
  await client.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'daybook projector'`,
  )
  await client.end()
}

const page = (log: readonly RecordedEvent[], from: number, to: number): LogPage => ({
  events: log.slice(from, to),
  upTo: BigInt(Math.min(to, log.length)),
  atHead: to >= log.length,
})

/** From where the store stands to the end of this log. */
const applied = async (
  store: ReadModelStore,
  log: readonly RecordedEvent[],
  size: number,
): Promise<void> => {
  let from = Number(await opened(store))
  while (from < log.length) {
    const result = await store.apply(page(log, from, from + size))
    if (E.isLeft(result)) throw new Error(result.left.detail)
    from += size
  }
}
/** A session that was given up may hold its lock for another moment. */
const opened = async (store: ReadModelStore): Promise<bigint> =>
  right(
    vi.waitUntil(async () => {
      const answer = await store.open()
      return E.isRight(answer) ? answer : undefined
    }),
  )

const right = async <A>(asked: Promise<E.Either<unknown, A>>): Promise<A> => {
  const answer = await asked
  if (E.isLeft(answer)) throw new Error(JSON.stringify(answer.left))
  return answer.right
}

const asProjector = <A>(work: (client: pg.Client) => Promise<A>): Promise<A> =>
  withClient(server.url('projector'), work)

/** As on the first day. */
const emptied = (): Promise<void> =>
  asProjector(async (client) => {
    const views = await client.query<{ name: string }>(
      "select viewname as name from pg_views where schemaname = 'read'",
    )
    for (const { name } of views.rows) await client.query(`drop view read.${name}`)
    const names = await client.query<{ name: string }>(
      "select tablename as name from pg_tables where schemaname = 'read' and tablename like '%\\_g%'",
    )
    for (const { name } of names.rows) await client.query(`drop table read.${name}`)
    await client.query('delete from read.generations')
  })
const tables = (model: string): Promise<readonly string[]> =>
  asProjector(async (client) => {
    const { rows } = await client.query<{ name: string }>(
      "select tablename as name from pg_tables where schemaname = 'read' and tablename ~ $1 order by 1",
      [`^${model}_g[0-9]+$`],
    )
    return rows.map(({ name }) => name)
  })
const shown = (view: string): Promise<string | undefined> =>
  asProjector(async (client) => {
    const { rows } = await client.query<{ definition: string }>(
      "select definition from pg_views where schemaname = 'read' and viewname = $1",
      [view],
    )
    return /from read\.(\w+)/i.exec(rows[0]?.definition ?? '')?.[1]
  })

/** P5 and I26. */
const expectFolded = async (of: readonly AnyReadModel[]): Promise<void> =>
  expect(await asProjector((client) => differencesFrom(client, of, events))).toStrictEqual([])
