/** The scripted trader: market orders, limits that cross, limits that wait, and cancels. */
import { setTimeout } from 'node:timers/promises'
import type { Client, Order, OrderRequest } from './client.ts'
import { btc, dice, moved, type Ticks, ticksOf, usdt } from './prices.ts'

const symbol = 'BTC/USDT'
const strategies = ['momentum', 'meanreversion', 'grid'] as const
const restingMost = 12
/** Twelve orders a second, below the book's twenty. */
const paceMs = 83

/** What the script remembers between two orders. */
interface Desk {
  price: Ticks
  /** Lots that each strategy should hold by its filled market orders. */
  readonly held: Map<string, bigint>
  readonly resting: string[]
}

const nextOrder = (desk: Desk, roll: (sides: number) => number): OrderRequest => {
  const strategy = strategies[roll(strategies.length)] ?? 'grid'
  const lots = BigInt(50 + roll(400))
  const canSell = (desk.held.get(strategy) ?? 0n) >= lots
  const side = canSell && roll(100) < 55 ? 'sell' : 'buy'
  const request = { symbol, side, quantity: btc(lots), strategy } as const
  const kind = roll(100)
  if (kind < 50) return { ...request, type: 'market' }
  const away = kind < 65 ? -3 : kind < 85 ? 1 + roll(4) : 50 + roll(150)
  const price = moved(desk.price, side === 'buy' ? -away : away)
  return { ...request, type: 'limit', limitPrice: usdt(price) }
}

const remember = (desk: Desk, request: OrderRequest, order: Order): void => {
  if (order.averagePrice !== null && request.type === 'market')
    desk.price = ticksOf(order.averagePrice)
  const lots = BigInt(request.quantity.replace('.', ''))
  const held = desk.held.get(request.strategy) ?? 0n
  if (order.status === 'filled')
    desk.held.set(request.strategy, request.side === 'buy' ? held + lots : held - lots)
  // What rests to be sold is spoken for.
  else if (request.side === 'sell' && order.status === 'accepted')
    desk.held.set(request.strategy, held - lots)
  if (order.status === 'accepted' || order.status === 'partiallyFilled') desk.resting.push(order.id)
}

const cancelOldest = async (client: Client, desk: Desk): Promise<void> => {
  const oldest = desk.resting.shift()
  if (oldest !== undefined) await client.cancel(oldest)
}

/** The price at which the script begins: that of one small order at the market. */
export const firstPrice = async (client: Client): Promise<Ticks> => {
  const request = { symbol, side: 'buy', type: 'market', strategy: 'grid' } as const
  const body = await client.execute({ ...request, quantity: btc(100n) })
  if (body.averagePrice === null)
    throw new Error(`the first order was not filled: ${JSON.stringify(body)}`)
  return ticksOf(body.averagePrice)
}

export const trade = async (
  client: Client,
  price: Ticks,
  orders: number,
  onOrder: (done: number) => void,
): Promise<void> => {
  const roll = dice(20_240_808)
  const desk: Desk = { price, held: new Map(), resting: [] }
  for (let n = 0; n < orders; n += 1) {
    const request = nextOrder(desk, roll)
    const begun = Date.now()
    remember(desk, request, await client.execute(request))
    if (desk.resting.length > restingMost || roll(100) < 15) await cancelOldest(client, desk)
    onOrder(n + 1)
    await setTimeout(Math.max(0, paceMs - (Date.now() - begun)))
  }
  while (desk.resting.length > 0) await cancelOldest(client, desk)
}

const settled = new Set(['filled', 'denied', 'cancelled', 'refused', 'expired', 'lapsed'])
/** Cancels what is open until every order has ended, or 20 seconds are over; answers what has not. */
export const cancelUntilSettled = async (client: Client): Promise<readonly Order[]> => {
  let open: readonly Order[] = []
  for (let tries = 0; tries < 200; tries += 1) {
    const all = await client.all<Order>('/v1/orders')
    open = all.filter(({ status }) => !settled.has(status))
    if (open.length === 0) return open
    for (const { id, status } of open) if (status !== 'cancelPending') await client.cancel(id)
    await setTimeout(100)
  }
  return open
}
