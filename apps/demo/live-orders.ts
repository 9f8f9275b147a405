/** Every order as it stands by what was last heard of it, from answers and from the stream, whichever came first. */
import type { Order } from './client.ts'
import { numberOf } from './strategies/prices.ts'
import type { LiveOrder } from './strategies/strategy.ts'

export interface LiveOrders {
  readonly hear: (order: Order) => void
  /** Of one strategy in one symbol: those that have not ended. */
  readonly open: (account: string, strategy: string, symbol: string) => readonly LiveOrder[]
  /** What its fills add up to: long above 0. */
  readonly held: (account: string, strategy: string, symbol: string) => bigint
  /** Over all strategies. */
  readonly heldBy: (account: string, symbol: string) => bigint
  readonly hasEnded: (id: string) => boolean
}

const ends = new Set(['filled', 'denied', 'cancelled', 'refused', 'expired', 'lapsed'])

export const liveOrders = (): LiveOrders => {
  const orders = new Map<string, LiveOrder>()
  const open = new Map<string, Map<string, LiveOrder>>()
  const held = new Map<string, bigint>()
  const add = (key: string, quantity: bigint): void =>
    void held.set(key, (held.get(key) ?? 0n) + quantity)
  return {
    hear: (order) => {
      const { id, account, strategy, symbol, side } = order
      const before = orders.get(id)
      const filled = numberOf(order.filledQuantity)
      const more = filled > (before?.filled ?? 0n) ? filled - (before?.filled ?? 0n) : 0n
      const after: LiveOrder = {
        id,
        side,
        type: order.type,
        quantity: numberOf(order.quantity),
        filled: (before?.filled ?? 0n) + more,
        limitPrice: order.limitPrice === null ? undefined : numberOf(order.limitPrice),
        since: before?.since ?? performance.now(),
        hasEnded: before?.hasEnded === true || ends.has(order.status),
      }
      const place = `${account} ${strategy} ${symbol}`
      for (const key of [place, `${account} ${symbol}`]) add(key, side === 'buy' ? more : -more)
      orders.set(id, after)
      const there = open.get(place) ?? new Map<string, LiveOrder>()
      open.set(place, there)
      if (after.hasEnded) there.delete(id)
      else there.set(id, after)
    },
    open: (account, strategy, symbol) => [
      ...(open.get(`${account} ${strategy} ${symbol}`)?.values() ?? []),
    ],
    held: (account, strategy, symbol) => held.get(`${account} ${strategy} ${symbol}`) ?? 0n,
    heldBy: (account, symbol) => held.get(`${account} ${symbol}`) ?? 0n,
    hasEnded: (id) => orders.get(id)?.hasEnded === true,
  }
}
