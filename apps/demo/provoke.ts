/** One order for each check that a client can make fail, and what the guard said to it. */
import { setTimeout } from 'node:timers/promises'
import type { Client, Order, OrderRequest } from './client.ts'
import { btc, type Lots, lotsWorth, moved, type Ticks, usdt } from './prices.ts'

export interface Provocation {
  readonly check: string
  readonly order: Order
}

const symbol = 'BTC/USDT'
type Side = OrderRequest['side']
const market = (side: Side, lots: Lots): OrderRequest => ({
  symbol,
  side,
  type: 'market',
  quantity: btc(lots),
  strategy: 'provoker',
})
const limit = (side: Side, lots: Lots, price: Ticks): OrderRequest => ({
  ...market(side, lots),
  type: 'limit',
  limitPrice: usdt(price),
})

/** What fails on its own, whatever else is open. */
const alone = (price: Ticks): readonly (readonly [string, OrderRequest])[] => [
  ['priceIncrement', { ...limit('buy', 100n, price), limitPrice: `${usdt(price)}5` }],
  ['quantityIncrement', { ...market('buy', 100n), quantity: '0.001005' }],
  ['notionalMin', market('buy', 5n)],
  ['markFresh', { ...market('buy', 100_000n), symbol: 'ETH/USDT' }],
  ['priceCollar', limit('buy', 100n, moved(price, 1000))],
  ['orderQuantity', market('buy', 46_000n)],
  ['orderNotional', limit('buy', 42_000n, moved(price, -10))],
  ['buyingPower', market('sell', 5_000n)],
]
/** What rests, 3 % below the market, while the next ones fail beside it: each passes the limits before its own. */
const restingWorth = 18_000n
const besideResting = (price: Ticks): readonly (readonly [string, OrderRequest])[] => {
  const more = (worth: bigint): OrderRequest =>
    limit('buy', lotsWorth(worth, price), moved(price, -300))
  return [
    ['positionQuantity', limit('buy', 30_000n, moved(price, -300))],
    ['positionNotional', more(11_500n)],
    ['grossExposure', more(7_500n)],
    ['netExposure', more(4_800n)],
  ]
}

const provoked = async (
  client: Client,
  cases: readonly (readonly [string, OrderRequest])[],
): Promise<readonly Provocation[]> => {
  const outcomes: Provocation[] = []
  for (const [check, request] of cases) {
    const { body } = await client.place(request)
    outcomes.push({ check, order: body })
  }
  return outcomes
}

const crowd = 31
/** More resting orders than the book allows. */
const tooManyOpen = async (client: Client, price: Ticks): Promise<Provocation> => {
  const placed: Order[] = []
  for (let n = 0; n < crowd; n += 1) {
    const { body } = await client.place(limit('buy', 20n, moved(price, -400)))
    placed.push(body)
    await setTimeout(70)
  }
  await Promise.all(
    placed.filter(({ status }) => status === 'accepted').map(({ id }) => client.cancel(id)),
  )
  const denied = placed.find(({ status }) => status === 'denied')
  return { check: 'openOrders', order: denied ?? (placed.at(-1) as Order) }
}

const burst = 60
/** More orders in a second than the book allows. */
const tooFast = async (client: Client): Promise<Provocation> => {
  const answers = await Promise.all(
    Array.from({ length: burst }, () => client.place(market('buy', 20n))),
  )
  const orders = answers.map(({ body }) => body)
  const denied = orders.find((order) => order.reason?.code === 'ordersPerSecond')
  return { check: 'ordersPerSecond', order: denied ?? (orders.at(-1) as Order) }
}

export const provokeEachCheck = async (
  client: Client,
  price: Ticks,
): Promise<readonly Provocation[]> => {
  const first = await provoked(client, alone(price))
  const { body: resting } = await client.place(
    limit('buy', lotsWorth(restingWorth, price), moved(price, -300)),
  )
  const second = await provoked(client, besideResting(price))
  await client.cancel(resting.id)
  await client.kill('provoker_halted')
  const { body: killed } = await client.place({
    ...market('buy', 100n),
    strategy: 'provoker_halted',
  })
  return [
    ...first,
    ...second,
    { check: 'killSwitch', order: killed },
    await tooManyOpen(client, price),
    await tooFast(client),
  ]
}
