/** The whole ledger with its log in EventStoreDB (a double of it): the same kills, and all that such a log does besides. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type DoubleProcess, startDouble } from '#adapters/testing/eventstore-double/process'
import { openClient } from '#apps/demo/client'
import { type LogRow, text } from '#apps/demo/judge/log-row'
import { type Ledger, startLedger } from '#apps/demo/ledger'
import { cancelUntilSettled } from '#apps/demo/winding-down'
import { openEventStoreRows } from '#apps/testing/eventstore-rows'
import { type Acknowledged, startLoad } from '#apps/testing/load'
import {
  askedAgain,
  judged,
  killEverything,
  killOneByOne,
  killPostgres,
  lostOf,
  untilMore,
} from '#apps/testing/ordeal'
import { statusOf, until } from '#apps/testing/processes'

const root = import.meta.dirname.replace(/\/apps$/, '')
const folder = mkdtempSync(join(tmpdir(), 'daybook-eventstore-'))
const limits = join(folder, 'limits.json')
const data = join(folder, 'data')

let double: DoubleProcess
let ledger: Ledger
const start = (log: string): Promise<Ledger> =>
  startLedger({ data, root, options: ['--symbols', 'BTC/USDT', '--limits', limits, '--log', log] })
beforeAll(async () => {
  writeFileSync(limits, JSON.stringify({ maxPosition: { 'BTC/USDT': '0.8' } }))
  // Two nodes of one log; the ledger is told of the first.
  double = await startDouble(join(folder, 'events.jsonl'), 2)
  ledger = await start(double.url())
})
afterAll(async () => {
  await ledger.stop()
  await double.stop()
  rmSync(folder, { recursive: true, force: true })
})

const promised: Acknowledged[] = []

/** What a server and a line to it do that are not well, each while orders come in. */
const troubles: readonly (readonly [string, () => Promise<unknown>])[] = [
  [
    'the server was killed and started on its data',
    async () => {
      await double.kill()
      await double.start()
    },
  ],
  [
    'appends were written and the connection cut before the answer',
    async () => {
      for (let n = 0; n < 3; n += 1) {
        await double.misbehave({ lose: 'connection' })
        await setTimeout(150)
        await double.misbehave({})
        await setTimeout(100)
      }
    },
  ],
  [
    'appends were written and never answered',
    async () => {
      await double.misbehave({ lose: 'answer' })
      await setTimeout(300)
      await double.misbehave({})
    },
  ],
  [
    'every connection was cut, again and again',
    async () => {
      for (let n = 0; n < 8; n += 1) {
        await double.tell({ do: 'cut' })
        await setTimeout(80)
      }
    },
  ],
  ['subscriptions ended as if they were whole', () => double.tell({ do: 'endReads' })],
  ['another node became the leader', () => double.tell({ leader: 1 })],
]

test('killed one by one and all at once, over a log in every trouble, it keeps what it promised', {
  timeout: 300_000,
}, async () => {
  const first = startLoad(ledger.url, ledger.key, 4)
  await untilMore(first, 20, 'the start')
  await killOneByOne(ledger)
  for (const [says, make] of troubles) {
    await make()
    await untilMore(first, 10, says)
  }
  killPostgres(ledger)
  await untilMore(first, 10, 'PostgreSQL was killed')
  await killEverything(ledger, [double.pid()])
  await first.stop()

  await double.start()
  // Found by gossip now, of which the first node tells.
  await double.tell({ leader: 1 })
  ledger = await start(double.url().replace('esdb:', 'esdb+discover:'))
  const second = startLoad(ledger.url, ledger.key, 4)
  await untilMore(second, 30, 'everything was killed')
  await double.tell({ leader: 0 })
  await untilMore(second, 10, 'the leader moved back')
  await second.stop()
  const unsettled = await cancelUntilSettled(openClient(ledger.url, ledger.key))

  promised.push(...first.acknowledged(), ...second.acknowledged())
  const rows = await openEventStoreRows(data, double.url())
  const { log, broken } = await judged(rows)
  await rows.close()
  expect([...first.surprises(), ...second.surprises()]).toStrictEqual([])
  expect(promised.length).toBeGreaterThan(150)
  expect(lostOf(promised, log)).toStrictEqual([])
  expect(unsettled).toStrictEqual([])
  expect(broken).toStrictEqual([])
})

test('a key that was answered before the kills is answered the same afterwards', async () => {
  const [oldest] = promised
  if (oldest === undefined) throw new Error('nothing was promised')
  const { id, logPosition } = oldest
  expect(await askedAgain(ledger, oldest)).toMatchObject({
    status: 201,
    isReplayed: true,
    order: { id, logPosition },
  })
})

describe('P8: without its log', () => {
  const ready = async (): Promise<{ readonly status: number; readonly detail: unknown }> => {
    const answer = await fetch(`${ledger.url}/readyz`)
    const { detail } = (await answer.json()) as { readonly detail: unknown }
    return { status: answer.status, detail }
  }
  const buy = { symbol: 'BTC/USDT', side: 'buy', type: 'market', quantity: '0.01' } as const
  const approvalsBetween = async (from: number, to: number): Promise<readonly LogRow[]> => {
    const rows = await openEventStoreRows(data, double.url())
    const log = await rows.log()
    await rows.close()
    return log.filter(({ type, metadata }) => {
      const at = Date.parse(text(metadata['occurredAt']))
      return type === 'OrderApproved' && at > from && at < to
    })
  }

  test.each([
    ['frozen', () => double.freeze(), async () => double.thaw()],
    ['gone', () => double.kill(), () => double.start()],
  ] as const)(
    'the server %s: nothing new is approved, it says so, and comes back by itself',
    async (_, take, giveBack) => {
      const client = openClient(ledger.url, ledger.key)
      const load = startLoad(ledger.url, ledger.key, 2)
      await untilMore(load, 3, 'before')
      await take()
      const from = Date.now() + 1_000
      const placing = client.place({ ...buy, strategy: 'late' })
      await until('that it says why', async () => (await ready()).status === 503, 12_000)
      expect((await ready()).detail).toMatch(/^the event log is unreachable: ./)
      expect(await placing).toMatchObject({ status: 503, body: { code: 'logUnreachable' } })
      const to = Date.now()
      await giveBack()
      await until('that it is ready again', async () => (await ready()).status === 200, 12_000)
      await until('a fill after the log came back', async () => {
        const { body } = await client.ask<{ readonly data: readonly { readonly at: string }[] }>(
          'GET',
          '/v1/fills?limit=1',
        )
        return body.data.some(({ at }) => Date.parse(at) > to)
      })
      await load.stop()
      expect(load.surprises()).toStrictEqual([])
      expect(await approvalsBetween(from, to)).toStrictEqual([])
    },
  )
})

// The last one: such a log is not repaired by writing to it.
test('an event that nobody knows stops every follower, each names it, and the api says so', async () => {
  const somebody = EventStoreDBClient.connectionString([double.url()] as never)
  await somebody.appendToStream('order-strange', jsonEvent({ type: 'MoonBought', data: {} }), {
    credentials: { username: 'nobody', password: 'nobody' },
  })
  await somebody.dispose()
  const named =
    /^Event \d+ \(MoonBought, order-strange\) cannot be read: .* Nothing after it is acted upon\./
  const followers = ['api', 'gateway', 'projector', 'risk-guard']
  await until('that all of them name it', async () => {
    const stuck = (await statusOf(ledger.url, ledger.key)).filter(
      ({ state, detail }) => state === 'waiting' && named.test(detail ?? ''),
    )
    return stuck.map(({ name }) => name).join() === followers.join()
  })
  const answer = await fetch(`${ledger.url}/readyz`)
  const { detail } = (await answer.json()) as { readonly detail: string }
  expect({ status: answer.status, detail }).toStrictEqual({
    status: 503,
    detail: expect.stringMatching(named) as string,
  })
})
