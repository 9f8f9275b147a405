/** T1 and T2: appending to the PostgreSQL log, beside bare inserts and beside emmett on the same server. */
import { randomUUID } from 'node:crypto'
import * as E from 'fp-ts/lib/Either.js'
import pg from 'pg'
import { openPostgresEventLog } from '#adapters/postgres/event-log'
import { systemClock } from '#adapters/system/clock'
import { systemIds } from '#adapters/system/ids'
import { testPostgres } from '#adapters/testing/postgres'
import { enveloper } from '#domain/kernel/envelop'
import { accountStream } from '#schemas/streams'
import type { ProposedEvent } from '#schemas/envelope'
import { encodeProposed } from '#schemas/stored'
import type { Amount } from '#schemas/values/decimal'
import type { AccountId, BookId, Currency, Line } from '#schemas/values/ids'
import { atLeast, atMost, closedLoop, figure, type Result } from './harness.ts'
import { appendByEmmett } from './emmett.ts'

const envelop = enveloper('api', systemIds, systemClock)
const deposit = (account: string): ProposedEvent =>
  envelop(
    {
      type: 'FundsDeposited',
      account: account as AccountId,
      book: 'main' as BookId,
      currency: 'USDT' as Currency,
      amount: (10n ** 36n) as Amount,
      reason: 'bench' as Line,
    },
    { correlationId: systemIds.correlationId() },
  )
let streams = 0
const newAccount = (): string => `b${((streams += 1)).toString(36)}`

const bareTable = `
  create schema if not exists bare;
  drop table if exists bare.events;
  create table bare.events (
    position bigint generated always as identity primary key, stream text collate "C" not null,
    revision bigint not null, event_id uuid not null unique, type text not null, data text not null,
    metadata text not null, recorded_at timestamptz not null default now(), unique (stream, revision))`

interface Bare {
  readonly one: () => Promise<void>
  /** Natural batching without any check: whatever has queued goes in one statement when the connection is free. */
  readonly batched: () => Promise<void>
  readonly close: () => Promise<void>
}
const openBare = async (url: string): Promise<Bare> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(bareTable)
  type Waiting = { readonly row: readonly string[]; readonly done: () => void }
  let queue: Waiting[] = []
  let busy = false
  const rowOf = (): readonly string[] => {
    const account = newAccount()
    const { type, data, metadata } = encodeProposed(deposit(account))
    return [`account-${account}`, randomUUID(), type, data, metadata]
  }
  const flush = async (): Promise<void> => {
    busy = true
    while (queue.length > 0) {
      const batch = queue.slice(0, 256)
      queue = queue.slice(256)
      await client.query({
        name: 'batched',
        text: `insert into bare.events (stream, revision, event_id, type, data, metadata)
          select s, 0, i::uuid, t, d, m from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])
          as u(s, i, t, d, m)`,
        values: [0, 1, 2, 3, 4].map((column) => batch.map(({ row }) => row[column])),
      })
      for (const { done } of batch) done()
    }
    busy = false
  }
  return {
    one: async () => {
      await client.query({
        name: 'one',
        text: 'insert into bare.events (stream, revision, event_id, type, data, metadata) values ($1, 0, $2, $3, $4, $5)',
        values: [...rowOf()],
      })
    },
    batched: () =>
      new Promise((done, fail) => {
        queue.push({ row: rowOf(), done })
        if (!busy) {
          busy = true
          setImmediate(() => {
            flush().catch(fail)
          })
        }
      }),
    close: () => client.end(),
  }
}

export const appendResults = async (): Promise<readonly Result[]> => {
  const server = await testPostgres()
  const log = openPostgresEventLog({ url: server.url('api'), app: 'api' })
  const bare = await openBare(server.url())
  const append = async (): Promise<void> => {
    const account = newAccount()
    const appended = await log.append(accountStream(account as AccountId), 'noStream', [
      deposit(account),
    ])
    if (E.isLeft(appended)) throw new Error(JSON.stringify(appended.left))
  }
  try {
    const bareOne = await closedLoop(1, bare.one)
    const oursOne = await closedLoop(1, append)
    const bareMany = await closedLoop(64, bare.batched)
    const oursMany = await closedLoop(64, append)
    const emmettMany = await appendByEmmett(server.url(), 64)
    const one = figure('one caller', 'appends/s', oursOne.rate)
    const many = figure('64 callers', 'appends/s', oursMany.rate)
    const bareLimit = figure('bare single-row insert', 'inserts/s', bareOne.rate)
    const batchedLimit = figure('bare batched insert', 'inserts/s', bareMany.rate)
    const emmett = figure('emmett-postgresql 0.42, 64 callers', 'appends/s', emmettMany.rate)
    const worst = figure('p99', 'ms', oursMany.p99)
    return [
      {
        target: 'T1',
        what: 'append one event, one caller',
        ours: one,
        limits: [bareLimit, figure('our p50', 'ms', oursOne.p50)],
        goals: [atLeast(0.5, bareLimit, one)],
      },
      {
        target: 'T2',
        what: 'append one event, 64 callers',
        ours: many,
        limits: [batchedLimit, emmett, worst, figure("emmett's p99", 'ms', emmettMany.p99)],
        goals: [atLeast(8, emmett, many), atLeast(0.6, batchedLimit, many), atMost(5, worst)],
      },
    ]
  } finally {
    await log.close()
    await bare.close()
    await server.stop()
  }
}
