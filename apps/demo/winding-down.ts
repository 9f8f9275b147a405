/** The end of the day: what is open is cancelled, what is held is sold, and everything comes to rest. */
import { setTimeout } from 'node:timers/promises'
import type { Client, Order } from './client.ts'
import type { Pit } from './trading.ts'

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

export interface Position {
  readonly id: string
  readonly account: string
  readonly strategy: string
  readonly symbol: string
  readonly side: 'long' | 'short'
  readonly quantity: string
}

/** By orders that only reduce, which no limit stops; but not where there is no market, nor those that are kept. */
export const closePositions = async (
  client: Client,
  { place, market }: Pit,
  kept: readonly string[],
): Promise<void> => {
  const open = await client.all<Position>('/v1/positions')
  const closing = open.filter(
    ({ strategy, symbol }) => !kept.includes(strategy) && market.quote(symbol) !== undefined,
  )
  await Promise.all(
    closing.map(({ account, strategy, symbol, side, quantity }) =>
      place(account, {
        account,
        strategy,
        symbol,
        side: side === 'long' ? 'sell' : 'buy',
        type: 'market',
        quantity,
        ...(symbol.includes(':') ? { reduceOnly: true } : {}),
      }),
    ),
  )
}
