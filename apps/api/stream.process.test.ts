import * as E from 'fp-ts/lib/Either.js'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { listenToStream, type StreamClient } from '#adapters/http/stream-client'
import { openPostgresEventLog } from '#adapters/postgres/event-log'
import { systemClock } from '#adapters/system/clock'
import { systemIds } from '#adapters/system/ids'
import { type TestPostgres, testPostgres } from '#adapters/testing/postgres'
import { keyNamed } from '#apps/api/testing/ledger'
import { approved, filled, listed, main, terms } from '#apps/api/testing/words'
import { type AppProcess, killAll, startApp } from '#apps/testing/app-process'
import { enveloper } from '#domain/kernel/envelop'
import type { EventLog } from '#domain/kernel/event-log'
import { uuidOf } from '#domain/testing/fixed'
import type { LedgerEvent } from '#schemas/events/ledger'
import { instrumentStream, orderStream, riskStream, type StreamName } from '#schemas/streams'
import type { Instant } from '#schemas/values/instant'
import type { MarketSymbol, OrderId, VenueId } from '#schemas/values/ids'
import type { AppName } from '#schemas/writers'
import { toldTypes } from './stream-table.ts'

const key = keyNamed('owner')
let postgres: TestPostgres
const clients: StreamClient[] = []
const logs = new Map<AppName, EventLog & { readonly close: () => Promise<void> }>()

beforeAll(async () => {
  postgres = await testPostgres()
})
afterEach(async () => {
  for (const client of clients.splice(0)) client.close()
  await killAll()
})
afterAll(async () => {
  for (const log of logs.values()) await log.close()
  await postgres.stop()
})

const logOf = (app: AppName): EventLog => {
  const log = logs.get(app) ?? openPostgresEventLog({ url: postgres.url(app), app })
  logs.set(app, log)
  return log
}
const write = async (app: AppName, stream: StreamName, ...events: readonly LedgerEvent[]) => {
  const log = logOf(app)
  const envelop = enveloper(app, systemIds, systemClock)
  const read = await log.read(stream, -1n)
  const [first, ...rest] = events.map((event) =>
    envelop(event, { correlationId: systemIds.correlationId() }),
  )
  if (E.isLeft(read) || first === undefined) throw new Error('not read')
  const after = read.right.at(-1)?.revision ?? 'noStream'
  const appended = await log.append(stream, after, [first, ...rest])
  if (E.isLeft(appended)) throw new Error(JSON.stringify(appended.left, String))
}
const startApi = async (): Promise<{ readonly api: AppProcess; readonly url: string }> => {
  const api = startApp('api', {
    DAYBOOK_LOG: postgres.url('api'),
    DAYBOOK_DATABASE: postgres.url('api'),
    DAYBOOK_HUB: 'ws://127.0.0.1:1',
    DAYBOOK_PORT: '0',
    DAYBOOK_KEY: key,
  })
  const { port } = JSON.parse(await api.logs('"listening"')) as { readonly port: number }
  return { api, url: `http://127.0.0.1:${String(port)}` }
}

/** What a client is told, and a way to wait for it. */
const listening = (urls: readonly [string, ...string[]], after: bigint) => {
  const texts: string[] = []
  const positions: bigint[] = []
  const states: string[] = []
  let wake = (): void => undefined
  const client = listenToStream({
    urls,
    key,
    after,
    retryMsMin: 20,
    retryMsMax: 200,
    onFrame: (frame, text) => {
      texts.push(text)
      positions.push(BigInt(frame.logPosition))
      wake()
    },
    onConnection: (state) => {
      states.push(state)
      wake()
    },
  })
  clients.push(client)
  const until = async (enough: () => boolean): Promise<void> => {
    while (!enough()) {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }
  return { client, texts, positions, states, until }
}

const orderNamed = (n: number): OrderId => uuidOf<OrderId>(0xb0_0000_0000 + n)
const tradeOrder = async (n: number): Promise<void> => {
  const order = orderNamed(n)
  await write('api', orderStream(order), {
    type: 'OrderIntentRecorded',
    orderId: order,
    book: main,
    terms: terms(),
    decideBy: 0 as Instant,
  })
  await write('risk-guard', riskStream(main), approved(order))
  await write('gateway', orderStream(order), filled(order, '0.5', `a${String(n)}`))
  await write('gateway', orderStream(order), filled(order, '0.5', `b${String(n)}`))
}
const told = async (after: bigint): Promise<readonly bigint[]> => {
  const page = await logOf('gateway').readAll(after, { types: toldTypes }, 10_000)
  if (E.isLeft(page)) throw new Error('not read')
  return page.right.events.map(({ position }) => position)
}

test('an api is killed; its client goes on at another and misses nothing', async () => {
  const [first, second] = await Promise.all([startApi(), startApi()])
  await write('gateway', instrumentStream('paper' as VenueId, 'BTC/USDT' as MarketSymbol), listed())
  const one = listening([first.url, second.url], 0n)
  await tradeOrder(0)
  await one.until(() => one.positions.length >= 5)
  // An order is under way when its teller dies, and others follow while nobody tells.
  const trading = (async () => {
    for (let n = 1; n < 30; n += 1) await tradeOrder(n)
  })()
  await one.until(() => one.positions.length >= 25)
  first.api.kill('SIGKILL')
  await first.api.ended
  await trading
  const all = await told(0n)
  await one.until(() => one.positions.length >= all.length)
  expect(one.positions).toEqual(all)
  expect(one.states.slice(0, 3)).toEqual(['connected', 'disconnected', 'connected'])
  // Who comes afterwards is told the very same.
  const late = listening([second.url], 0n)
  await late.until(() => late.positions.length >= all.length)
  expect(late.texts).toEqual(one.texts)
})

test('an api that is stopped says so, and its client waits for the next one', async () => {
  const first = await startApi()
  const one = listening([first.url], 0n)
  await one.until(() => one.positions.length >= 5)
  first.api.kill('SIGTERM')
  expect(await first.api.ended).toEqual([0, null])
  await one.until(() => one.states.includes('disconnected'))
  expect(one.client.position()).toBe(one.positions.at(-1))
})

test('a client with a key that is not known is told so, and does not come back', async () => {
  const { url } = await startApi()
  const client = listenToStream({
    urls: [url],
    key: keyNamed('nobody'),
    after: 0n,
    onFrame: () => undefined,
  })
  expect(await client.ended).toMatchObject({
    _tag: 'Refused',
    code: 4401,
    problem: { code: 'unauthenticated' },
  })
})
