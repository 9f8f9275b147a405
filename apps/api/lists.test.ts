import * as E from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'
import { describe, expect, test } from 'vitest'
import { memoryEventLog } from '#adapters/memory/event-log'
import type { Ledger } from '#apps/api/testing/ledger'
import { idOf, ledgerWith, limitBuy, list } from '#apps/api/testing/with-ledger'
import { accepted, approved, denied, filled, main, submitted } from '#apps/api/testing/words'
import { fixedClock } from '#domain/testing/fixed'
import { quote, trade, welcome } from '#domain/testing/paper'
import { AccountList, FillList, PositionList } from '#schemas/api/holdings'
import { InstrumentList } from '#schemas/api/instruments'
import { OrderList } from '#schemas/api/orders'
import { DecisionList, RiskReply } from '#schemas/api/risk'
import { StatusReply } from '#schemas/api/status'
import { orderStream, riskStream } from '#schemas/streams'

/** The answer, which must be what is promised: no field less, none more. */
const get = async <A>(ledger: Ledger, path: string, codec: t.Type<A, unknown, unknown>) => {
  const told = await ledger.send(path)
  expect(told.status).toBe(200)
  const decoded = codec.decode(told.body)
  if (E.isLeft(decoded)) throw new Error(told.text)
  expect(codec.encode(decoded.right)).toStrictEqual(told.body)
  return decoded.right
}

/** An order that bought this much. */
const bought = async (ledger: Ledger, key: string, size = '1.5') => {
  const id = idOf(await ledger.place(limitBuy, key))
  await ledger.write('risk-guard', riskStream(main), approved(id))
  await ledger.write(
    'gateway',
    orderStream(id),
    submitted(id),
    accepted(id),
    filled(id, size, `t-${key}`),
  )
  await ledger.caughtUp()
  return id
}

describe('lists', () => {
  test('of orders are newest first, in pages that can be walked both ways', async () => {
    const ledger = await ledgerWith()
    const ids: string[] = []
    for (const key of ['a', 'b', 'c', 'd']) ids.unshift(idOf(await ledger.place(limitBuy, key)))
    const page = async (query: string) => {
      const { data, hasMore } = await get(ledger, `/v1/orders?${query}`, OrderList)
      return [data.map(({ id }) => ids.indexOf(id)), hasMore]
    }
    expect(await page('')).toStrictEqual([[0, 1, 2, 3], false])
    expect(await page('limit=2')).toStrictEqual([[0, 1], true])
    expect(await page(`limit=2&startingAfter=${ids[1] ?? ''}`)).toStrictEqual([[2, 3], false])
    expect(await page(`limit=2&endingBefore=${ids[3] ?? ''}`)).toStrictEqual([[1, 2], true])
    expect(await page(`endingBefore=${ids[0] ?? ''}`)).toStrictEqual([[], false])
  })
  test.each(['orders', 'fills', 'positions', 'risk/decisions'])(
    'of %s are not walked from an id that is not in them',
    async (name) => {
      const ledger = await ledgerWith()
      await bought(ledger, 'a')
      const [only] = (await ledger.send(`/v1/${name}`)).body['data'] as { id: string }[]
      for (const cursor of ['startingAfter', 'endingBefore']) {
        expect(await ledger.send(`/v1/${name}?${cursor}=${only?.id ?? ''}`)).toMatchObject({
          status: 200,
          body: { data: [], hasMore: false },
        })
        expect(await ledger.send(`/v1/${name}?${cursor}=nobody`)).toMatchObject({
          status: 422,
          body: { code: 'invalid', errors: [{ pointer: `/${cursor}` }] },
        })
      }
    },
  )
  test.each(['orders', 'fills', 'positions'])('of %s are filtered by time', async (name) => {
    const ledger = await ledgerWith()
    await bought(ledger, 'a')
    const [only] = (await ledger.send(`/v1/${name}`)).body['data'] as Record<string, string>[]
    const at = only?.['at'] ?? only?.['createdAt'] ?? only?.['openedAt'] ?? ''
    const found = async (query: string) =>
      ((await ledger.send(`/v1/${name}?${query}`)).body['data'] as unknown[]).length
    expect(await found(`from=${at}`)).toBe(1)
    expect(await found(`to=${at}`)).toBe(0)
    expect(await found(`from=2000-01-01T00:00:00Z&to=2200-01-01T00:00:00Z`)).toBe(1)
    expect(await ledger.send(`/v1/${name}?from=yesterday`)).toMatchObject({ status: 400 })
    expect(await ledger.send(`/v1/${name}?from=${at}&to=${at}`)).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/to' }] },
    })
  })
  test('of orders are filtered', async () => {
    const ledger = await ledgerWith()
    const id = idOf(await ledger.place({ ...limitBuy, strategy: 'trend' }, 'a'))
    await ledger.place(limitBuy, 'b')
    await ledger.write('risk-guard', riskStream(main), denied(id))
    const ids = async (query: string) =>
      (await get(ledger, `/v1/orders?${query}`, OrderList)).data.map((order) => order.id)
    expect(await ids('strategy=trend')).toStrictEqual([id])
    expect(await ids('status=denied')).toStrictEqual([id])
    expect(await ids('status=filled')).toStrictEqual([])
    expect(await ids('account=main&symbol=BTC/USDT')).toHaveLength(2)
  })
  test('of fills, positions, decisions and accounts tell what a fill did', async () => {
    const ledger = await ledgerWith()
    const id = await bought(ledger, 'a')
    expect((await get(ledger, `/v1/fills?orderId=${id}`, FillList)).data).toMatchObject([
      { orderId: id, tradeId: 't-a', quantity: '1.5', fee: { currency: 'USDT', amount: '1.2' } },
    ])
    expect((await get(ledger, '/v1/risk/decisions?book=main', DecisionList)).data).toMatchObject([
      { orderId: id, outcome: 'approved' },
    ])
    expect((await get(ledger, '/v1/accounts', AccountList)).data).toMatchObject([
      { id: 'main', balances: { BTC: '1.5', USDT: '909998.8' } },
    ])
    expect((await get(ledger, '/v1/positions?state=closed', PositionList)).data).toStrictEqual([])
    expect((await get(ledger, '/v1/positions', PositionList)).data).toMatchObject([
      { side: 'long', quantity: '1.5', unrealisedPnl: null, mark: null, markAt: null },
    ])
  })
  test('of positions add what they are worth at the last price heard', async () => {
    const ledger = await ledgerWith()
    await bought(ledger, 'a')
    ledger.hear(trade('61000', '1'))
    expect((await get(ledger, '/v1/positions', PositionList)).data).toMatchObject([
      { mark: '61000', markAt: '2026-01-05T09:00:00Z', unrealisedPnl: '1500' },
    ])
    ledger.hear(quote('59000', '59010'))
    expect((await get(ledger, '/v1/positions', PositionList)).data).toMatchObject([
      { mark: '59005', unrealisedPnl: '-1492.5' },
    ])
  })
  test('of instruments are in order and have the price of the moment', async () => {
    const ledger = await ledgerWith()
    await list(ledger, 'AAVE/USDT')
    ledger.hear(trade('61000', '1'))
    const { data } = await get(ledger, '/v1/instruments?venue=paper', InstrumentList)
    const page = await get(ledger, '/v1/instruments?startingAfter=paper.AAVE/USDT', InstrumentList)
    expect(page.data).toStrictEqual(data.slice(1))
    expect(await get(ledger, '/v1/instruments?limit=1', InstrumentList)).toStrictEqual({
      data: data.slice(0, 1),
      hasMore: true,
    })
    expect(data.map(({ symbol, mark }) => [symbol, mark])).toStrictEqual([
      ['AAVE/USDT', null],
      ['BTC/USDT', '61000'],
    ])
  })
  test('wait for what their reader has just written, and say when they cannot', async () => {
    const ledger = await ledgerWith({
      views: (views) => ({ ...views, reach: async () => E.right(5n) }),
    })
    const head = (await ledger.events()).at(-1)?.position ?? 0n
    expect((await ledger.send('/v1/orders?after=5')).status).toBe(200)
    const told = await ledger.send('/v1/orders?after=6')
    expect(told).toMatchObject({ status: 503, body: { code: 'projectionBehind' } })
    expect(told.headers['retry-after']).toBe('1')
    // What the log does not have is not waited for.
    const beyond = await ledger.send(`/v1/orders?after=${String(head + 1n)}`)
    expect(beyond).toMatchObject({ status: 422, body: { errors: [{ pointer: '/after' }] } })
    expect(beyond.body['detail']).toContain(
      `beyond the end of the log, which is at ${String(head)}`,
    )
  })
  test('say when the read models are away; single orders do not need them', async () => {
    const away = async () => E.left({ _tag: 'ReadModelsUnreachable', detail: 'gone' } as const)
    const ledger = await ledgerWith({
      views: (views) => ({ ...views, orders: away, order: away, decisionOn: away }),
    })
    expect(await ledger.send('/v1/orders')).toMatchObject({
      status: 503,
      body: { code: 'readModelsUnreachable' },
    })
    const id = idOf(await ledger.place(limitBuy, 'a'))
    expect((await ledger.send(`/v1/orders/${id}`)).status).toBe(200)
  })
})

describe('risk', () => {
  test('is what the guard sees', async () => {
    const ledger = await ledgerWith()
    await bought(ledger, 'a', '0.5')
    const risk = await get(ledger, '/v1/risk?book=main', RiskReply)
    expect(risk).toMatchObject({
      state: 'active',
      control: 'single',
      currency: 'USDT',
      limits: { maxOrderNotional: '50000', maxOrderQuantity: {}, maxOpenOrders: 200 },
      // Held 0.5 and still open 1, at the mark of the decision.
      exposure: { gross: '90000', net: '90000', bySymbol: { 'BTC/USDT': { gross: '90000' } } },
    })
  })
  test('counts the orders approved lately', async () => {
    const ledger = await ledgerWith()
    await bought(ledger, 'a')
    const { orderVelocity } = await get(ledger, '/v1/risk', RiskReply)
    // The decisions of these tests were made in January.
    expect(orderVelocity).toStrictEqual({ perSecond: 0, perMinute: 0, perHour: 0 })
  })
  test('is told only when the whole log has been read', async () => {
    const ledger = await ledgerWith()
    Object.assign(ledger.knowledge.risk, { of: () => undefined })
    expect(await ledger.send('/v1/risk')).toMatchObject({ status: 503, body: { code: 'notReady' } })
  })
})

describe('status', () => {
  const beat = { instance: 'local', pid: 7, state: 'ready', ageMs: 10 } as const
  test('tells every app, what it lacks of the log, and which are down', async () => {
    const clock = fixedClock()
    const ledger = await ledgerWith({
      clock,
      log: memoryEventLog(clock),
      heartbeats: () => [
        { ...beat, app: 'api', logPosition: 6n },
        { ...beat, app: 'risk-guard', logPosition: 4n },
        { ...beat, app: 'gateway', state: 'waiting', detail: 'the venue is away' },
        { ...beat, app: 'projector', ageMs: 3_500 },
        { ...beat, app: 'projector', instance: 'older', ageMs: 9_000 },
      ],
    })
    clock.advance(2_000)
    const status = await get(ledger, '/v1/status', StatusReply)
    expect(status).toMatchObject({ state: 'degraded', head: '6' })
    expect(
      status.apps.map(({ name, state, lagEvents, pid }) => [name, state, lagEvents, pid]),
    ).toStrictEqual([
      ['api', 'ready', '0', 7],
      ['gateway', 'waiting', null, 7],
      ['market-data', 'down', null, null],
      ['paper-venue', 'down', null, null],
      ['projector', 'down', null, 7],
      ['risk-guard', 'ready', '2', 7],
    ])
    const lagOf = (app: string) => status.apps.find(({ name }) => name === app)?.lagSeconds
    expect([lagOf('api'), lagOf('risk-guard'), lagOf('gateway')]).toStrictEqual([0, 1.99, null])
  })
  test('tells no number of events where positions do not count them', async () => {
    const ledger = await ledgerWith({
      log: { ...memoryEventLog(), countsEvents: false },
      heartbeats: () => [{ ...beat, app: 'risk-guard', logPosition: 4n }],
    })
    const { apps } = await get(ledger, '/v1/status', StatusReply)
    expect(apps.find(({ name }) => name === 'risk-guard')).toMatchObject({
      logPosition: '4',
      lagEvents: null,
    })
  })
  test('is ready when all are', async () => {
    const ledger = await ledgerWith()
    expect(await get(ledger, '/v1/status', StatusReply)).toMatchObject({ state: 'ready' })
  })
})

describe('readiness', () => {
  const ready = async (ledger: Ledger) => (await ledger.send('/readyz', { key: undefined })).status
  const untilReady = async (ledger: Ledger): Promise<void> => {
    while ((await ready(ledger)) !== 200) await new Promise((resolve) => setTimeout(resolve, 10))
  }
  test('comes with guard, gateway, instruments and a tick of every symbol, and stays', async () => {
    let guard: 'replaying' | 'ready' = 'replaying'
    let market: 'waiting' | 'ready' = 'waiting'
    const ledger = await ledgerWith({
      heartbeats: () => [
        {
          app: 'market-data',
          instance: 'local',
          pid: 1,
          state: market,
          ageMs: 10,
          detail: 'kraken cannot be reached',
        },
        { app: 'risk-guard', instance: 'local', pid: 1, state: guard, ageMs: 10 },
        { app: 'gateway', instance: 'local', pid: 1, state: 'ready', ageMs: 10 },
      ],
    })
    const detail = async () => (await ledger.send('/readyz', { key: undefined })).body['detail']
    const untilDetail = async (wanted: string): Promise<void> => {
      while ((await detail()) !== wanted) await new Promise((resolve) => setTimeout(resolve, 10))
    }
    await untilDetail(
      'the risk guard is not ready; kraken cannot be reached; the market source has not said what it offers',
    )
    expect(await ready(ledger)).toBe(503)
    guard = 'ready'
    await untilDetail('kraken cannot be reached; the market source has not said what it offers')
    market = 'ready'
    ledger.hear(welcome('BTC/USDT', 'ETH/USDT'))
    ledger.hear(trade('61000', '1'))
    await untilDetail('no price yet of ETH/USDT')
    expect(await ready(ledger)).toBe(503)
    ledger.hear(trade('3200', '1', { symbol: 'ETH/USDT' as never }))
    await untilReady(ledger)
    guard = 'replaying'
    await ledger.place(limitBuy, 'a')
    await ledger.caughtUp()
    expect(await ready(ledger)).toBe(200)
  })
})
