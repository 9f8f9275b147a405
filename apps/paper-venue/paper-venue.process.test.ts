import * as E from 'fp-ts/lib/Either.js'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type TestPostgres, testPostgres } from '#adapters/testing/postgres'
import { killAll } from '#apps/testing/app-process'
import { type Asked, clientOrderId, price, quantity } from '#domain/testing/paper'
import type { AccountId, ClientOrderId } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'
import {
  type Client,
  connections,
  freePort,
  type Market,
  openClient,
  openMarket,
  order,
  startVenue,
} from './testing/process.ts'

const main = 'main' as AccountId
const everything = 0 as Instant

let postgres: TestPostgres
let market: Market
let port: number
let client: Client
beforeAll(async () => {
  postgres = await testPostgres()
})
afterAll(() => postgres.stop())
beforeEach(async () => {
  const owner = new pg.Client({ connectionString: postgres.url() })
  await owner.connect()
  await owner.query('truncate paper.trades, paper.orders')
  await owner.end()
  market = await openMarket()
  port = await freePort()
  client = openClient(port)
})
afterEach(async () => {
  await client.venue.close()
  await killAll()
  await market.close()
})
const start = (environment: Readonly<Record<string, string>> = {}) =>
  startVenue(postgres.url('paper-venue'), market, port, environment)
const right = <A>(result: E.Either<unknown, A>): A => {
  if (E.isLeft(result)) throw new Error(JSON.stringify(result.left))
  return result.right
}
const always = () => true

test('takes, crosses, rests, fills and cancels orders, and stops cleanly', async () => {
  const venue = start()
  await client.until((reports) => connections(reports) === 1)
  const bought = right(await client.venue.place(order({ n: 1, quantity: '0.1' }), always))
  expect(bought).toMatchObject({ status: 'filled', filledTotal: quantity('0.1') })
  right(await client.venue.place(order({ n: 2, limit: '99', quantity: '0.3' }), always))
  right(await client.venue.place(order({ n: 3, limit: '98' }), always))
  market.print('98.9', '0.2')
  market.print('98.9', '7')
  await client.until((reports) =>
    reports.some((report) => report.type === 'order' && report.order.status === 'filled'),
  )
  expect(right(await client.venue.cancel(main, clientOrderId(3))).status).toBe('cancelled')
  expect(right(await client.venue.openOrders(main))).toStrictEqual([])
  const trades = right(await client.venue.trades(main, everything))
  expect(trades.map((made) => [made.clientOrderId, made.quantity, made.price])).toStrictEqual([
    [clientOrderId(1), quantity('0.1'), expect.any(BigInt)],
    [clientOrderId(2), quantity('0.2'), price('99')],
    [clientOrderId(2), quantity('0.1'), price('99')],
  ])
  expect(right(await client.venue.instruments())).toHaveLength(5)
  await venue.logs('"state":"ready"')
  venue.kill('SIGTERM')
  expect(await venue.ended).toStrictEqual([0, null])
})

test('a request that it reads after its deadline is refused, and stays refused', async () => {
  const venue = start()
  await client.until((reports) => connections(reports) === 1)
  // Frozen with the bytes on their way to it.
  venue.kill('SIGSTOP')
  const late = order({ n: 1, limit: '90' }, 50)
  const placing = client.venue.place(late, always)
  await new Promise((resolve) => setTimeout(resolve, 100))
  venue.kill('SIGCONT')
  const refused = { left: { _tag: 'VenueRefused', reason: { code: 'deadlinePassed' } } }
  expect(await placing).toMatchObject(refused)
  expect(await client.venue.place(order({ n: 1, limit: '90' }), always)).toMatchObject(refused)
  expect(right(await client.venue.openOrders(main))).toStrictEqual([])
})

test('has one owner: a second process waits, and takes over where the first was killed', async () => {
  const first = start()
  await client.until((reports) => connections(reports) === 1)
  right(await client.venue.place(order({ n: 1, limit: '99', quantity: '2' }), always))
  const second = start()
  await second.logs('"state":"waiting"', 'another process is the paper venue')
  market.print('98', '0.5')
  await client.until((reports) => reports.some(({ type }) => type === 'trade'))
  first.kill('SIGKILL')
  await second.logs('taking orders')
  await client.until((reports) => connections(reports) === 2)
  expect(right(await client.venue.openOrders(main))).toMatchObject([
    { clientOrderId: clientOrderId(1), filledTotal: quantity('0.5') },
  ])
  market.print('98', '9')
  await client.until((reports) =>
    reports.some((report) => report.type === 'order' && report.order.status === 'filled'),
  )
  const trades = right(await client.venue.trades(main, everything))
  expect(trades.map((made) => [made.tradeId, made.quantity])).toStrictEqual([
    ['1', quantity('0.5')],
    ['2', quantity('1.5')],
  ])
})

/** What the venue was asked, and what it promised. */
interface Promises {
  readonly asked: Set<ClientOrderId>
  readonly promised: Set<ClientOrderId>
  readonly stop: () => Promise<void>
}
/** Orders without end, some of which cross, some rest, some are cancelled; never the same one twice. */
const placeOrders = (): Promises => {
  const asked = new Set<ClientOrderId>()
  const promised = new Set<ClientOrderId>()
  let stopped = false
  let n = 0
  const trader = async (): Promise<void> => {
    while (!stopped) {
      n += 1
      const mine = n
      const side = mine % 2 === 0 ? ('buy' as const) : ('sell' as const)
      const limit = side === 'buy' ? '99.5' : '100.5'
      const terms: Asked = mine % 3 === 0 ? { side } : { side, limit }
      const placed = await client.venue.place(order({ n: mine, quantity: '0.2', ...terms }), () => {
        asked.add(clientOrderId(mine))
        return true
      })
      if (E.isRight(placed)) promised.add(clientOrderId(mine))
      else if (placed.left._tag === 'NotSent') await new Promise((done) => setTimeout(done, 20))
      if (E.isRight(placed) && mine % 5 === 0) await client.venue.cancel(main, clientOrderId(mine))
      // Through the buys and through the sells, by a part of what rests.
      market.print(mine % 4 === 0 ? '99' : '101', '0.3')
    }
  }
  const all = Promise.all(Array.from({ length: 8 }, trader))
  return {
    asked,
    promised,
    stop: async () => {
      stopped = true
      await all
    },
  }
}

const checkBooks = async ({ asked, promised }: Promises): Promise<number> => {
  const open = right(await client.venue.openOrders(main))
  const closed = right(await client.venue.closedOrders(main, everything))
  const trades = right(await client.venue.trades(main, everything))
  const orders = [...open, ...closed]
  const ids = orders.map((kept) => kept.clientOrderId)
  expect(new Set(ids).size).toBe(ids.length)
  expect([...promised].filter((id) => !ids.includes(id))).toStrictEqual([])
  expect(ids.filter((id) => id === undefined || !asked.has(id))).toStrictEqual([])
  const counted = trades.map((made) => Number(made.tradeId))
  expect(counted).toStrictEqual(counted.map((_, index) => index + 1))
  for (const kept of orders) {
    const own = trades.filter((made) => made.venueOrderId === kept.venueOrderId)
    expect(own.reduce((sum, made) => sum + made.quantity, 0n)).toBe(kept.filledTotal)
    expect(kept.filledTotal).toBeLessThanOrEqual(kept.quantity)
  }
  // What a gateway was told of is also what is kept.
  for (const report of client.reports) {
    if (report.type !== 'trade') continue
    const { receivedAt: _, payloadHash: __, ...told } = report.trade
    expect(trades[Number(told.tradeId) - 1]).toMatchObject(told)
  }
  const reader = new pg.Client({ connectionString: postgres.url() })
  await reader.connect()
  const { rows } = await reader.query<{ print: string; total: string; most: string }>(
    'select print, sum(quantity) as total from paper.trades where print is not null group by print',
  )
  await reader.end()
  for (const { print, total } of rows)
    expect(quantity(total)).toBeLessThanOrEqual(market.prints.get(print) ?? 0n)
  return trades.length
}

describe('under load', () => {
  const reachTrades = async (count: number): Promise<void> => {
    await client.until((reports) => reports.filter(({ type }) => type === 'trade').length >= count)
  }
  test('killed again and again, it keeps what it promised and trades nothing twice', async () => {
    let venue = start()
    await client.until((reports) => connections(reports) === 1)
    const record = placeOrders()
    for (let round = 1; round <= 4; round += 1) {
      await reachTrades(round * 60)
      venue.kill('SIGKILL')
      await venue.ended
      venue = start()
      await client.until((reports) => connections(reports) === round + 1)
    }
    await reachTrades(300)
    await record.stop()
    expect(await checkBooks(record)).toBeGreaterThanOrEqual(300)
  })

  test('the database killed under it, it says so, comes back, and keeps what it promised', async () => {
    const venue = start()
    await client.until((reports) => connections(reports) === 1)
    const record = placeOrders()
    await reachTrades(60)
    await postgres.crash()
    await client.until((reports) => connections(reports) === 2)
    await venue.logs('"state":"waiting"')
    await reachTrades(120)
    await record.stop()
    expect(await checkBooks(record)).toBeGreaterThanOrEqual(120)
  })
})
