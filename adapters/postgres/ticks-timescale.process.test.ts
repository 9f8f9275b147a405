/**
 * The way of a database that has TimescaleDB, against a double: a row in the catalogue, and functions with the
 * signatures of TimescaleDB 2.13 to 2.27 (sql/ddl_api.sql, sql/compression…) that do what they say with plain tables.
 */
import * as E from 'fp-ts/lib/Either.js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestPostgres, testPostgres } from '#adapters/testing/postgres'
import { at, quoteNumber, rowsOf, tradeNumber } from '#adapters/testing/ticks'
import { migrate } from './migrate.ts'
import { openTickStore } from './ticks.ts'

let server: TestPostgres
beforeAll(async () => {
  server = await testPostgres()
})
afterAll(() => server.stop())

const databaseWith = async (name: string, version: string): Promise<string> => {
  await rowsOf(server.url(), `create database ${name}`)
  const url = new URL(server.url())
  url.pathname = `/${name}`
  await rowsOf(url.href, double(version))
  return url.href
}

/** Chunks are empty tables that a test names with their days. `asked` remembers what was wanted of the extension. */
const double = (version: string): string => `
  set allow_system_table_mods = on;
  create schema tsdb;
  insert into pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion)
    values (99999, 'timescaledb', 10, 'tsdb'::regnamespace, false, '${version}');
  create table tsdb.asked (what text);
  grant usage on schema tsdb to public;
  grant all on tsdb.asked to public;
  create type tsdb.dimension_info as (name name, width interval);
  create function tsdb.by_range(column_name name, partition_interval anyelement = null::bigint,
    partition_func regproc = null) returns tsdb.dimension_info language sql as
    $$ select column_name, partition_interval::interval $$;
  create function tsdb.create_hypertable(relation regclass, dimension tsdb.dimension_info,
    create_default_indexes boolean = true, if_not_exists boolean = false, migrate_data boolean = false)
    returns text language sql as $$ insert into tsdb.asked
      values (format('hypertable %s %s %s', relation, dimension, create_default_indexes)) returning what $$;
  create schema timescaledb_information;
  grant usage on schema timescaledb_information to public;
  create table timescaledb_information.chunks (hypertable_schema name, hypertable_name name, chunk_schema name,
    chunk_name name, range_end timestamptz, is_compressed boolean);
  grant all on timescaledb_information.chunks to public;
  create function tsdb.show_chunks(relation regclass, older_than timestamptz) returns setof regclass language sql as
    $$ select format('%I.%I', chunk_schema, chunk_name)::regclass from timescaledb_information.chunks
      where format('%I.%I', hypertable_schema, hypertable_name)::regclass = relation and range_end <= older_than $$;
  create function tsdb.drop_chunks(relation regclass, older_than timestamptz) returns setof text language sql as
    $$ delete from timescaledb_information.chunks
      where format('%I.%I', hypertable_schema, hypertable_name)::regclass = relation and range_end <= older_than
      returning format('%I.%I', chunk_schema, chunk_name) $$;
  create function tsdb.compress_chunk(uncompressed_chunk regclass, if_not_compressed boolean = true)
    returns regclass language sql as $$ update timescaledb_information.chunks set is_compressed = true
      where format('%I.%I', chunk_schema, chunk_name)::regclass = uncompressed_chunk returning uncompressed_chunk $$`

const right = <A>(answer: E.Either<unknown, A>): A => {
  if (E.isLeft(answer)) throw new Error(JSON.stringify(answer.left))
  return answer.right
}

test('the tables of ticks become hypertables, and old chunks are compressed and dropped on request', async () => {
  const url = await databaseWith('timescale', '2.27.2')
  right(await migrate(url))
  expect(await rowsOf(url, 'select what from tsdb.asked')).toStrictEqual([
    { what: 'hypertable market.trades (received_at,"1 day") f' },
    { what: 'hypertable market.quotes (received_at,"1 day") f' },
  ])
  const partitioned = `select relname from pg_class where relnamespace = 'market'::regnamespace and relkind = 'p'`
  expect(await rowsOf(url, partitioned)).toStrictEqual([])

  const store = openTickStore(url, 'coinbase')
  const ticks = [tradeNumber(1), quoteNumber(2), tradeNumber(3)]
  expect(right(await store.makeRoom(at('2026-11-20T00:00:00Z'), 3))).toBe(0)
  expect(right(await store.store({ ticks, gaps: [] }))).toStrictEqual({ trades: 2, quotes: 1 })
  expect(right(await store.store({ ticks, gaps: [] }))).toStrictEqual({ trades: 0, quotes: 0 })

  await rowsOf(
    url,
    `set role daybook_market;
     create table market.chunk_1 (like market.trades); insert into market.chunk_1 select * from market.trades;
     create table market.chunk_2 (like market.quotes);
     insert into timescaledb_information.chunks values
       ('market', 'trades', 'market', 'chunk_1', '2020-01-02', false),
       ('market', 'quotes', 'market', 'chunk_2', '2020-01-03', false)`,
  )
  // Without the licence of its own there is nothing to compress with.
  expect(right(await store.compress())).toBeUndefined()
  await rowsOf(url, `alter database timescale set timescaledb.license = 'timescale'`)
  await store.close()
  const again = openTickStore(url, 'coinbase')
  const told: unknown[] = []
  for (let n = 0; n < 3; n += 1) told.push(right(await again.compress()))
  for (let n = 0; n < 3; n += 1) told.push(right(await again.forget(at('2020-02-01T00:00:00Z'))))
  const one = ['market.chunk_1', 'market.chunk_2', undefined]
  expect(told).toStrictEqual([...one, ...one])
  expect(await rowsOf(url, 'select forgotten_to::text from market.feeds')).toStrictEqual([
    { forgotten_to: '2026-11-20 12:00:03+00' },
  ])
  await again.close()
})

test('an extension that is too old is named, with what to do', async () => {
  const url = await databaseWith('old', '2.12.2')
  const refused = await migrate(url)
  expect(refused).toMatchObject({ left: { _tag: 'MigrationRefused' } })
  expect(JSON.stringify(refused)).toContain('alter extension timescaledb update')
})
