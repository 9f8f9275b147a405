import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import * as E from 'fp-ts/lib/Either.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openPostgresEventLog } from '#adapters/postgres/event-log'
import { openReadModelStore } from '#adapters/postgres/read-model-store'
import { systemClock } from '#adapters/system/clock'
import { sha256 } from '#adapters/system/hash'
import { systemIds } from '#adapters/system/ids'
import { type TestPostgres, testPostgres } from '#adapters/testing/postgres'
import { keyNamed } from '#apps/api/testing/ledger'
import { accepted, approved, btc, filled, listed, main, submitted } from '#apps/api/testing/words'
import { enveloper } from '#domain/kernel/envelop'
import { allReadModels } from '#projections/all'
import { FillList, PositionList } from '#schemas/api/holdings'
import { OrderDetail, OrderList, OrderReply } from '#schemas/api/orders'
import type { LedgerEvent } from '#schemas/events/ledger'
import { instrumentStream, orderStream, riskStream, type StreamName } from '#schemas/streams'
import type { OrderId, VenueId } from '#schemas/values/ids'
import type { AppName } from '#schemas/writers'

const paper = 'paper' as VenueId
const key = keyNamed('owner')
let postgres: TestPostgres
const running: ChildProcess[] = []

beforeAll(async () => {
  postgres = await testPostgres()
})
afterAll(async () => {
  await Promise.all(running.map(ended))
  await postgres.stop()
})
const ended = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  await new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.kill('SIGKILL')
  })
}

interface RunningApi {
  readonly url: string
  readonly child: ChildProcess
  readonly lines: string[]
}
/** Resolves when it listens; before that it may be killed all the same. */
const startApi = async (): Promise<RunningApi> => {
  const child = spawn(process.execPath, ['--import', 'tsx', 'apps/api/main.ts'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      DAYBOOK_LOG: postgres.url('api'),
      DAYBOOK_DATABASE: postgres.url('api'),
      DAYBOOK_HUB: 'ws://127.0.0.1:1',
      DAYBOOK_PORT: '0',
      DAYBOOK_KEY: key,
      DAYBOOK_LOG_LEVEL: 'debug',
    },
  })
  running.push(child)
  const lines: string[] = []
  const port = await new Promise<number>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the api ended: ${String(code)}`)))
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line)
      const said = JSON.parse(line) as { readonly message?: string; readonly port?: number }
      if (said.message === 'listening' && said.port !== undefined) resolve(said.port)
    })
  })
  return { url: `http://127.0.0.1:${String(port)}`, child, lines }
}

const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
const order = { symbol: 'BTC/USDT', side: 'buy', type: 'limit', quantity: '1', limitPrice: '60000' }
const place = (url: string, idempotencyKey: string, more: Readonly<Record<string, string>> = {}) =>
  fetch(`${url}/v1/orders`, {
    method: 'POST',
    headers: { ...headers, 'idempotency-key': idempotencyKey, ...more },
    body: JSON.stringify(order),
  })
/** Asked again as long as the ledger says that it cannot answer yet. */
const insistently = async (ask: () => Promise<Response>): Promise<Response> => {
  for (;;) {
    const response = await ask().catch(() => undefined)
    if (response !== undefined && response.status !== 503) return response
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
const decoded = <A>(
  codec: { readonly decode: (u: unknown) => E.Either<unknown, A> },
  body: unknown,
): A => {
  const result = codec.decode(body)
  if (E.isLeft(result)) throw new Error(JSON.stringify(body))
  return result.right
}

/** Writes as another app does, by that app's own login. */
const write = async (app: AppName, stream: StreamName, ...events: readonly LedgerEvent[]) => {
  const log = openPostgresEventLog({ url: postgres.url(app), app })
  const envelop = enveloper(app, systemIds, systemClock)
  const read = await log.read(stream, -1n)
  const [first, ...rest] = events.map((event) =>
    envelop(event, { correlationId: systemIds.correlationId() }),
  )
  if (E.isLeft(read) || first === undefined) throw new Error('not read')
  const appended = await log.append(stream, read.right.at(-1)?.revision ?? 'noStream', [
    first,
    ...rest,
  ])
  await log.close()
  if (E.isLeft(appended)) throw new Error(JSON.stringify(appended.left, String))
}
const eventsOnLog = async () => {
  const log = openPostgresEventLog({ url: postgres.url('projector'), app: 'projector' })
  const page = await log.readAll(0n, {}, 10_000)
  await log.close()
  if (E.isLeft(page)) throw new Error(page.left.detail)
  return page.right.events
}

describe('the api as a process', () => {
  test('furnishes a fresh ledger once, however many begin it and are killed on the way', async () => {
    const first = await startApi()
    await ended(first.child)
    const apis = await Promise.all([startApi(), startApi()])
    for (const { url } of apis) {
      const accounts = await insistently(() => fetch(`${url}/v1/instruments`, { headers }))
      expect(accounts.status).toBe(200)
    }
    expect((await eventsOnLog()).map(({ event }) => event.type).toSorted()).toStrictEqual([
      'AccountOpened',
      'ApiKeyIssued',
      'BookOpened',
      'FundsDeposited',
      'PersonAdmitted',
    ])
    await write('gateway', instrumentStream(paper, btc), listed())
    const told = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        insistently(() => place(apis[n % 2]?.url ?? '', 'same')).then((each) => each.text()),
      ),
    )
    expect(new Set(told).size).toBe(1)
    await Promise.all(apis.map(({ child }) => ended(child)))
    for (const { lines } of [first, ...apis]) {
      expect(lines.join('\n')).not.toContain(key.slice(13))
      expect(lines.join('\n')).not.toContain(sha256(key))
    }
  })

  test('shows an order from its request to its position', async () => {
    const { url, child } = await startApi()
    const placed = await insistently(() => place(url, 'journey'))
    expect(placed.status).toBe(201)
    const { id, logPosition } = decoded(OrderReply, await placed.json())
    const orderId = id as OrderId
    await write('risk-guard', riskStream(main), approved(orderId))
    await write(
      'gateway',
      orderStream(orderId),
      submitted(orderId),
      accepted(orderId),
      filled(orderId, '1'),
    )
    const head = (await eventsOnLog()).at(-1)?.position ?? 0n
    const beyond = await fetch(`${url}/v1/orders?after=${String(head + 1n)}`, { headers })
    expect([beyond.status, await beyond.text()]).toStrictEqual([
      422,
      expect.stringContaining('beyond the end of the log'),
    ])
    const behind = await fetch(`${url}/v1/orders?after=${String(head)}`, { headers })
    expect(behind.status).toBe(503)
    expect(behind.headers.get('retry-after')).toBe('1')
    expect(await behind.json()).toMatchObject({ code: 'projectionBehind' })
    await project()
    const get = async (path: string) => (await fetch(`${url}${path}`, { headers })).json()
    const after = `after=${String(head)}`
    const orders = decoded(OrderList, await get(`/v1/orders?symbol=BTC/USDT&${after}`))
    expect(orders.data[0]).toMatchObject({ id, logPosition, status: 'filled' })
    expect(decoded(FillList, await get(`/v1/fills?orderId=${id}`)).data).toHaveLength(1)
    const [position] = decoded(PositionList, await get('/v1/positions')).data
    expect(position).toMatchObject({ quantity: '1', averagePrice: '60000', unrealisedPnl: null })
    const detail = decoded(OrderDetail, await get(`/v1/orders/${id}`))
    expect(detail.decision).toMatchObject({ outcome: 'approved' })
    expect(detail.timeline).toHaveLength(5)
    expect(await get('/v1/accounts')).toMatchObject({
      data: [{ id: 'main', balances: { USDT: '939998.8', BTC: '1' } }],
    })
    for (const list of ['orders', 'fills', 'positions', 'risk/decisions']) {
      const path = `/v1/${list}?startingAfter=nobody`
      expect(await get(path)).toMatchObject({
        status: 422,
        errors: [{ pointer: '/startingAfter' }],
      })
      const [last] = ((await get(`/v1/${list}`)) as { data: { id: string }[] }).data.slice(-1)
      expect(await get(`/v1/${list}?startingAfter=${last?.id ?? ''}`)).toMatchObject({ data: [] })
    }
    const exposure = await insistently(() => fetch(`${url}/v1/risk`, { headers }))
    expect(await exposure.json()).toMatchObject({
      exposure: { gross: '60000', net: '60000', bySymbol: { 'BTC/USDT': { gross: '60000' } } },
    })
    await ended(child)
  })

  test('answers every order once when the database is killed and comes back', async () => {
    const { url, child } = await startApi()
    const placing = Array.from({ length: 40 }, async (_, n) => {
      const response = await insistently(() => place(url, `outage ${String(n)}`))
      expect(response.status).toBe(201)
      return decoded(OrderReply, await response.json()).id
    })
    await Promise.race(placing)
    await postgres.crash()
    const ids = await Promise.all(placing)
    await ended(child)
    expect(new Set(ids).size).toBe(40)
    expect(await intentsOnLog()).toStrictEqual(expect.arrayContaining(ids))
  })

  test('has on the log whatever it acknowledged before it and the database were killed', async () => {
    const { url, child } = await startApi()
    await insistently(() => place(url, 'warm'))
    const acknowledged: string[] = []
    const placing = Array.from({ length: 200 }, async (_, n) => {
      const response = await place(url, `kill ${String(n)}`).catch(() => undefined)
      const body = await response?.json().catch(() => undefined)
      if (response?.status === 201) acknowledged.push(decoded(OrderReply, body).id)
    })
    await Promise.race(placing)
    await Promise.all([ended(child), postgres.crash()])
    await Promise.all(placing)
    expect(acknowledged.length).toBeGreaterThan(0)
    expect(await intentsOnLog()).toStrictEqual(expect.arrayContaining(acknowledged))
  })
})

/** Each once: an order has one intent. */
const intentsOnLog = async (): Promise<readonly string[]> => {
  const ids = (await eventsOnLog()).flatMap(({ event }) =>
    event.type === 'OrderIntentRecorded' ? [event.orderId as string] : [],
  )
  expect(new Set(ids).size).toBe(ids.length)
  return ids
}

/** The projector's work, done once: everything on the log is in the read models. */
const project = async (): Promise<void> => {
  const log = openPostgresEventLog({ url: postgres.url('projector'), app: 'projector' })
  const address = { url: postgres.url('projector'), app: 'projector' } as const
  const store = openReadModelStore(address, allReadModels(sha256))
  const from = await store.open()
  if (E.isLeft(from)) throw new Error(from.left.detail)
  const page = await log.readAll(from.right, {}, 10_000)
  if (E.isLeft(page)) throw new Error(page.left.detail)
  const applied = await store.apply(page.right)
  if (E.isLeft(applied)) throw new Error(applied.left.detail)
  await store.close()
  await log.close()
}
