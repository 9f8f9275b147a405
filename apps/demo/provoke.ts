/** One order for each check that a client can make fail, and what the guard or the venue said to it. */
import { setTimeout } from 'node:timers/promises'
import type { Order, OrderRequest } from './client.ts'
import { contractDesk, spotDesk } from './people.ts'
import { inSteps, moved, numberOf, perCent, textOf, worthOf } from './strategies/prices.ts'

export interface Provocation {
  readonly check: string
  /** Undefined: it was no order at all. */
  readonly order: Order | undefined
}
export interface Provoking {
  readonly ada: (request: OrderRequest) => Promise<Order | undefined>
  readonly ben: (request: OrderRequest) => Promise<Order | undefined>
  readonly cancel: (id: string) => Promise<unknown>
  /** Of BTC/USDT. */
  readonly price: bigint
}
type Case = readonly [string, OrderRequest]
type Side = OrderRequest['side']

const symbol = 'BTC/USDT'
const [tick, lot] = [numberOf('0.01'), numberOf('0.00001')]
const market = (side: Side, quantity: string): OrderRequest => ({
  account: spotDesk,
  symbol,
  side,
  type: 'market',
  quantity,
  strategy: 'provoker',
})
const limit = (side: Side, quantity: string, price: bigint): OrderRequest => ({
  ...market(side, quantity),
  type: 'limit',
  limitPrice: textOf(inSteps(price, tick)),
})
const below = (price: bigint, perCents: number): bigint => moved(price, -perCents * perCent)

/** What fails on its own, whatever else is open. */
const alone = (price: bigint): readonly Case[] => [
  [
    'priceIncrement',
    { ...limit('buy', '0.001', price), limitPrice: `${textOf(inSteps(price, numberOf('1')))}.005` },
  ],
  ['quantityIncrement', market('buy', '0.001005')],
  ['notionalMin', market('buy', '0.00005')],
  ['markFresh', { ...market('buy', '1'), symbol: 'ETH/USDT' }],
  ['priceCollar', limit('buy', '0.001', moved(price, 10 * perCent))],
  ['orderQuantity', market('buy', '0.46')],
  ['orderNotional', limit('buy', '0.42', below(price, 0.1))],
  ['buyingPower', market('sell', '0.05')],
]
const nothingToReduce: OrderRequest = {
  account: contractDesk,
  symbol: 'BTC/USDT:USDT',
  side: 'sell',
  type: 'market',
  quantity: '0.001',
  strategy: 'provoker',
  reduceOnly: true,
}

/** What rests, 3 % below the market, while the next ones fail beside it: each passes the limits before its own. */
const resting = (price: bigint, money: bigint): OrderRequest => {
  const at = below(price, 3)
  return limit('buy', textOf(inSteps(worthOf(money * numberOf('1'), at), lot)), at)
}
const besideResting = (price: bigint): readonly Case[] => [
  ['positionQuantity', limit('buy', '0.3', below(price, 3))],
  ['positionNotional', resting(price, 11_500n)],
  ['grossExposure', resting(price, 7_500n)],
  ['netExposure', resting(price, 4_500n)],
  ['concentration', resting(price, 2_600n)],
]

const provoked = async (
  place: Provoking['ada'],
  cases: readonly Case[],
): Promise<readonly Provocation[]> => {
  const outcomes: Provocation[] = []
  for (const [check, request] of cases) outcomes.push({ check, order: await place(request) })
  return outcomes
}
const deniedFor = (check: string, orders: readonly (Order | undefined)[]): Provocation => ({
  check,
  order: orders.find((order) => order?.reason?.code === check) ?? orders.at(-1),
})

const crowd = 31
/** More resting orders than the book allows. */
const tooManyOpen = async ({ ada, cancel, price }: Provoking): Promise<Provocation> => {
  const placed: (Order | undefined)[] = []
  for (let n = 0; n < crowd; n += 1) {
    placed.push(await ada(limit('buy', '0.0002', below(price, 4))))
    await setTimeout(20)
  }
  const open = placed.flatMap((order) => (order?.status === 'accepted' ? [order.id] : []))
  await Promise.all(open.map(cancel))
  return deniedFor('openOrders', placed)
}

/** It ends after the api has looked at it, and before the guard has: nobody knows how many milliseconds that is. */
const endsTooSoon = async ({ ada, price }: Provoking): Promise<Provocation> => {
  const tried: (Order | undefined)[] = []
  for (let ms = 1; ms <= 60; ms += 1) {
    const expireAt = new Date(Date.now() + 1 + (ms % 15)).toISOString()
    const request = limit('buy', '0.001', below(price, 4))
    tried.push(await ada({ ...request, timeInForce: 'gtd', expireAt }))
    if (tried.at(-1)?.reason?.code === 'timeInForce') break
  }
  return deniedFor('timeInForce', tried)
}

export const provokeEachCheck = async (means: Provoking): Promise<readonly Provocation[]> => {
  const { ada, ben, cancel, price } = means
  const first = await provoked(ada, alone(price))
  const reducing = await provoked(ben, [['reduceOnly', nothingToReduce]])
  const rests = await ada(resting(price, 18_000n))
  const second = await provoked(ada, besideResting(price))
  if (rests !== undefined) await cancel(rests.id)
  return [...first, ...reducing, ...second, await endsTooSoon(means), await tooManyOpen(means)]
}

/** Nobody takes these back: that they end is up to the venue. */
const leaveToTheirTime = async ({ ada, price }: Provoking): Promise<void> => {
  for (const lastsMs of [500, 1_000, 1_500]) {
    const expireAt = new Date(Date.now() + lastsMs).toISOString()
    await ada({ ...limit('buy', '0.001', below(price, 4)), timeInForce: 'gtd', expireAt })
  }
}

/** What the guard lets pass and the venue does not take, for only the venue knows where its market is. */
export const provokeVenue = async (means: Provoking): Promise<readonly Provocation[]> => {
  const { ada, ben, price } = means
  const through: OrderRequest = { ...limit('buy', '0.001', moved(price, perCent)), postOnly: true }
  const stop: OrderRequest = {
    ...nothingToReduce,
    side: 'buy',
    type: 'stop',
    reduceOnly: false,
    stopPrice: textOf(inSteps(below(price, 1), numberOf('0.1'))),
  }
  await leaveToTheirTime(means)
  return [
    ...(await provoked(ada, [['wouldTake', through]])),
    ...(await provoked(ben, [['wouldTrigger', stop]])),
  ]
}
