/** A paper venue from before contracts and waiting orders goes on as today's. */
import { createHash } from 'node:crypto'
import * as E from 'fp-ts/lib/Either.js'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestPostgres, testPostgres } from '#adapters/testing/postgres'
import { after, clientOrderId, price, quantity } from '#domain/testing/paper'
import { migrate, migrations } from './migrate.ts'
import { ownPaperStore } from './paper-store.ts'

let server: TestPostgres
beforeAll(async () => {
  server = await testPostgres()
})
afterAll(() => server.stop())

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const id = (n: number): string => `'${clientOrderId(n)}'`
const rows = `
  insert into paper.orders values
    (1, 'main', ${id(1)}, 'BTC/USDT', 'buy', 'limit', 'gtc', 2, 60000, 'open', 0.5, null, null,
      '2026-01-05T09:00:00.001Z', '2026-01-05T09:00:01Z'),
    (2, 'main', ${id(2)}, 'BTC/USDT:USDT', 'buy', 'market', 'ioc', 3, null, 'filled', 3, null, null,
      '2026-01-05T09:00:02Z', '2026-01-05T09:00:02Z'),
    (3, 'main', ${id(3)}, 'BTC/USDT:USDT', 'sell', 'market', 'ioc', 1, null, 'filled', 1, null, null,
      '2026-01-05T09:00:03Z', '2026-01-05T09:00:03Z');
  insert into paper.trades values
    (1, 1, ${id(1)}, 'main', 'BTC/USDT', 'buy', 0.5, 60000, 'USDT', 6, 'maker', '2026-01-05T09:00:01Z', '7:t'),
    (2, 2, ${id(2)}, 'main', 'BTC/USDT:USDT', 'buy', 3, 60000, 'USDT', 6, 'taker', '2026-01-05T09:00:02Z', null),
    (3, 3, ${id(3)}, 'main', 'BTC/USDT:USDT', 'sell', 1, 60000, 'USDT', 6, 'taker', '2026-01-05T09:00:03Z', null)`

test('orders keep their turn, and what was traded in contracts is held', async () => {
  const url = new URL(server.url())
  const owner = new pg.Client({ connectionString: url.href })
  await owner.connect()
  await owner.query('create database upgraded')
  await owner.end()
  url.pathname = '/upgraded'
  const old = new pg.Client({ connectionString: url.href })
  await old.connect()
  expect(E.isRight(await migrate(url.href))).toBe(true)
  // As it was: the steps of this schema up to then, and what it held.
  await old.query(`drop schema paper cascade; delete from ops.migrations where name like 'paper-%'`)
  const before = migrations.filter(({ name }) => ['paper-1', 'paper-2'].includes(name))
  for (const { sql } of before) await old.query(sql)
  await old.query(rows)
  await old.query(
    `insert into ops.migrations (name, checksum)
     select name, checksum from unnest($1::text[], $2::text[]) as m (name, checksum)`,
    [before.map(({ name }) => name), before.map(({ sql }) => sha256(sql))],
  )
  expect(await migrate(url.href)).toStrictEqual(E.right(['paper-3']))
  await old.end()

  const store = await ownPaperStore(url.href, new AbortController().signal, () => undefined)
  if (store === undefined || E.isLeft(store)) throw new Error('not owned')
  const state = await store.right.state()
  await store.right.close()
  if (E.isLeft(state)) throw new Error(state.left.detail)
  expect(state.right.open).toMatchObject([
    { id: 1n, postOnly: false, reduceOnly: false, queuedAt: after(1), limitPrice: price('60000') },
  ])
  expect(state.right.open[0]).not.toHaveProperty('triggered')
  expect(state.right.positions).toMatchObject([
    { account: 'main', symbol: 'BTC/USDT:USDT', quantity: quantity('2') },
  ])
})
