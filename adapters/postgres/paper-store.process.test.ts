import * as E from 'fp-ts/lib/Either.js'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestPostgres, testPostgres } from '#adapters/testing/postgres'
import type { PaperFunding, PaperOrder, PaperTrade } from '#domain/matching/order'
import type { PaperBatch, PaperStore, StoreLost } from '#domain/matching/store'
import { after, bitcoin, clientOrderId, price, quantity } from '#domain/testing/paper'
import type { Amount, Ratio, SignedQuantity } from '#schemas/values/decimal'
import type { AccountId, Code, Currency, FundingId, Line, MarketSymbol } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'
import { ownPaperStore } from './paper-store.ts'

const main = 'main' as AccountId
const order = (id: bigint, rest: Partial<PaperOrder> = {}): PaperOrder => ({
  id,
  clientOrderId: clientOrderId(Number(id)),
  account: main,
  symbol: bitcoin,
  side: 'buy',
  orderType: 'limit',
  timeInForce: 'gtc',
  quantity: quantity('0.123456789012345678'),
  limitPrice: price('64000.01'),
  status: 'open',
  postOnly: false,
  reduceOnly: false,
  filledTotal: quantity('0'),
  queuedAt: after(0.001),
  placedAt: after(0.001),
  changedAt: after(0.001),
  ...rest,
})
const trade = (id: bigint, orderId: bigint, rest: Partial<PaperTrade> = {}): PaperTrade => ({
  id,
  orderId,
  clientOrderId: clientOrderId(Number(orderId)),
  account: main,
  symbol: bitcoin,
  side: 'buy',
  quantity: quantity('0.1'),
  price: price('64000'),
  fee: { currency: 'USDT' as Currency, amount: -1n as Amount },
  liquidity: 'maker',
  at: after(5.123),
  ...rest,
})
const batch = (rest: Partial<PaperBatch>): PaperBatch => ({
  placed: [],
  changed: [],
  trades: [],
  fundings: [],
  positions: [],
  notAfter: undefined,
  ...rest,
})
const right = <A>(result: E.Either<StoreLost, A> | undefined): A => {
  if (result === undefined || E.isLeft(result)) throw new Error(result?.left.detail ?? 'stopped')
  return result.right
}

describe('the paper store', () => {
  let postgres: TestPostgres
  beforeAll(async () => {
    postgres = await testPostgres()
  })
  afterAll(() => postgres.stop())
  const own = async (): Promise<PaperStore> =>
    right(
      await ownPaperStore(
        postgres.url('paper-venue'),
        new AbortController().signal,
        () => undefined,
      ),
    )
  const page = { account: main, after: 0n, limit: 10 }

  test('begins with nothing', async () => {
    const store = await own()
    expect(right(await store.state())).toStrictEqual({
      open: [],
      positions: [],
      lastOrderId: 0n,
      lastTradeId: 0n,
      lastFundingId: 0n,
      prints: new Map(),
    })
    await store.close()
  })

  test('gives back to the last digit what was committed, also after a crash of the server', async () => {
    const store = await own()
    const open = order(1n)
    const reason = { code: 'noMarket' as Code, message: 'no quote' as Line }
    const { limitPrice: _, ...market } = order(2n, { orderType: 'market', timeInForce: 'ioc' })
    const refused: PaperOrder = { ...market, status: 'refused', reason }
    const other = order(3n, { account: 'other' as AccountId, clientOrderId: clientOrderId(1) })
    const made = trade(1n, 1n, { print: '7:t7' })
    const elsewhere = trade(2n, 1n, { symbol: 'ETH/USDT' as MarketSymbol, print: '1:x' })
    const later = trade(3n, 1n, { print: '9:t9' })
    const taken = trade(4n, 1n, { liquidity: 'taker' })
    const trades = [made, elsewhere, later, taken]
    expect(right(await store.commit(batch({ placed: [open, refused, other], trades })))).toBe(true)
    await postgres.crash()
    await store.lost
    expect(await store.commit(batch({}))).toMatchObject({ left: { _tag: 'StoreLost' } })

    const again = await own()
    expect(right(await again.state())).toStrictEqual({
      open: [open, other],
      positions: [],
      lastOrderId: 3n,
      lastTradeId: 4n,
      lastFundingId: 0n,
      prints: new Map([
        [bitcoin, '9:t9'],
        ['ETH/USDT', '1:x'],
      ]),
    })
    const name = { account: main, clientOrderId: clientOrderId(1) }
    const unknown = { account: main, clientOrderId: clientOrderId(99) }
    expect(right(await again.find([name, unknown]))).toStrictEqual([open])
    expect(right(await again.openOrders(page))).toStrictEqual([open])
    expect(right(await again.closedOrders(page, after(0)))).toStrictEqual([refused])
    expect(right(await again.closedOrders(page, after(1)))).toStrictEqual([])
    expect(right(await again.trades(page, after(5.123)))).toStrictEqual(trades)
    expect(right(await again.trades(page, after(5.124)))).toStrictEqual([])
    expect(right(await again.trades({ ...page, after: 1n, limit: 2 }, after(0)))).toStrictEqual([
      elsewhere,
      later,
    ])
    await again.close()
  })

  test('gives back orders of every kind, positions and payments, as they were last', async () => {
    const store = await own()
    const there = { account: 'kinds' as AccountId, symbol: 'BTC/USDT:USDT' as MarketSymbol }
    const stop = order(12n, {
      ...there,
      orderType: 'stopLimit',
      timeInForce: 'gtd',
      stopPrice: price('63000.000000000000000001'),
      expireAt: after(0.001),
      reduceOnly: true,
      triggered: false,
    })
    const post = order(13n, { ...there, postOnly: true })
    const position = { ...there, quantity: -(10n ** 18n) as SignedQuantity, fundedUntil: after(0) }
    const paid: PaperFunding = {
      id: 1n,
      fundingId: '2026-01-05T08:00:00Z' as FundingId,
      ...there,
      quantity: position.quantity,
      markPrice: price('64000.1'),
      rate: -(10n ** 14n) as Ratio,
      currency: 'USDT' as Currency,
      amount: -1n as Amount,
      at: after(0.002),
    }
    const [fundings, positions] = [[paid], [position]]
    right(await store.commit(batch({ placed: [stop, post], fundings, positions })))
    const { limitPrice: _, ...unlimited } = stop
    const amended: PaperOrder = {
      ...unlimited,
      quantity: quantity('7'),
      limitPrice: price('62000'),
      stopPrice: price('61000'),
      triggered: true,
      queuedAt: after(3),
      changedAt: after(3),
    }
    const flat = { ...position, quantity: 0n as SignedQuantity, fundedUntil: after(1) }
    right(await store.commit(batch({ changed: [amended], positions: [flat] })))
    await store.close()
    const again = await own()
    const state = right(await again.state())
    expect(state.open.filter(({ account }) => account === there.account)).toStrictEqual([
      amended,
      post,
    ])
    expect(state.positions).toStrictEqual([flat])
    expect(state.lastFundingId).toBe(1n)
    const kinds = { account: there.account, after: 0n, limit: 10 }
    expect(right(await again.fundings(kinds, after(0.002)))).toStrictEqual([paid])
    expect(right(await again.fundings(kinds, after(0.003)))).toStrictEqual([])
    expect(right(await again.fundings({ ...kinds, after: 1n }, after(0)))).toStrictEqual([])
    // What was settled once is settled.
    expect(await again.commit(batch({ fundings: [{ ...paid, id: 2n }] }))).toMatchObject({
      left: { detail: expect.stringContaining('fundings_once') as unknown },
    })
  })

  test('changes what is open, and only that', async () => {
    const store = await own()
    const open = order(10n, { clientOrderId: clientOrderId(10) })
    right(await store.commit(batch({ placed: [open] })))
    const filled = {
      ...open,
      status: 'filled' as const,
      filledTotal: open.quantity,
      changedAt: after(9),
    }
    expect(right(await store.commit(batch({ changed: [filled] })))).toBe(true)
    expect(right(await store.closedOrders(page, after(9)))).toStrictEqual([filled])
    // An order that has ended never changes again: that can only be a mistake of ours.
    expect(await store.commit(batch({ changed: [filled] }))).toMatchObject({
      left: { detail: 'wrote 0, 0, 0, 0, 0 rows instead of 0, 1, 0, 0, 0' },
    })
    await store.lost
  })

  test('writes nothing at all once the deadline of a batch has passed', async () => {
    const store = await own()
    const now = (Date.now() * 1000) as Instant
    const late = batch({
      placed: [order(20n)],
      trades: [trade(20n, 20n)],
      notAfter: (now - 1_000_000) as Instant,
    })
    expect(right(await store.commit(late))).toBe(false)
    expect(right(await store.state()).lastOrderId).toBeLessThan(20n)
    const inTime = { ...late, notAfter: (now + 60_000_000) as Instant }
    expect(right(await store.commit(inTime))).toBe(true)
    expect(right(await store.state()).lastOrderId).toBe(20n)
    await store.close()
  })

  test('takes a client order id once for each account, and neither half of a batch', async () => {
    const store = await own()
    const before = right(await store.state())
    const twice = order(30n, { clientOrderId: clientOrderId(1) })
    const fresh = order(31n)
    expect(await store.commit(batch({ placed: [fresh, twice] }))).toMatchObject({
      left: { detail: expect.stringContaining('orders_client_order_id') as unknown },
    })
    const again = await own()
    expect(right(await again.state())).toStrictEqual(before)
    await again.close()
  })

  test('has one owner: a second waits until the first is gone', async () => {
    const first = await own()
    let waits = 0
    let waited = (): void => undefined
    const waiting = new Promise<void>((resolve) => {
      waited = resolve
    })
    const second = ownPaperStore(postgres.url('paper-venue'), new AbortController().signal, () => {
      waits += 1
      waited()
    })
    await waiting
    await first.close()
    await right(await second).close()
    expect(waits).toBeGreaterThan(0)
  })

  test('stops waiting when it is told to', async () => {
    const first = await own()
    const stop = new AbortController()
    const second = ownPaperStore(postgres.url('paper-venue'), stop.signal, () => {
      stop.abort()
    })
    expect(await second).toBeUndefined()
    await first.close()
  })

  test('is nobody else’s: other apps may not even read it', async () => {
    const client = new pg.Client({ connectionString: postgres.url('gateway') })
    await client.connect()
    await expect(client.query('select * from paper.orders')).rejects.toThrow('permission denied')
    await client.end()
  })
})
