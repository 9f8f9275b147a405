/** The strategies at work, each at its own pace and all at once. */
import { setTimeout } from 'node:timers/promises'
import type { Client, Order, OrderRequest } from './client.ts'
import type { LiveOrders } from './live-orders.ts'
import type { MarketView } from './market-view.ts'
import { dice, textOf } from './strategies/prices.ts'
import type { Hands, LiveOrder, Strategy, Wanted } from './strategies/strategy.ts'

export interface Increments {
  readonly tick: bigint
  readonly lot: bigint
}
export interface Pit {
  readonly market: MarketView
  readonly live: LiveOrders
  readonly increments: ReadonlyMap<string, Increments>
  /** Whoever trades for the account. */
  readonly traderOf: (account: string) => Client
  readonly place: (account: string, request: OrderRequest) => Promise<Order | undefined>
}
export interface Trading {
  /** Lets every step come to its end. */
  readonly stop: () => Promise<void>
}

export const trade = (strategies: readonly Strategy[], pit: Pit): Trading => {
  const stopping = new AbortController()
  const all = Promise.all(
    strategies.map((strategy, seed) => runStrategy(strategy, pit, seed, stopping.signal)),
  )
  return {
    stop: async () => {
      stopping.abort()
      await all
    },
  }
}

const runStrategy = async (
  strategy: Strategy,
  pit: Pit,
  seed: number,
  stopping: AbortSignal,
): Promise<void> => {
  const roll = dice(20_240_808 + seed)
  while (!stopping.aborted) {
    const begun = performance.now()
    const hands = handsOf(strategy, pit, roll)
    // Without a fresh quote it does not know where the market is.
    if (hands !== undefined) await strategy.step(hands)
    const left = strategy.everyMs - (performance.now() - begun)
    await setTimeout(Math.max(1, left), undefined, { signal: stopping }).catch(() => undefined)
  }
}

const handsOf = (strategy: Strategy, pit: Pit, roll: Hands['roll']): Hands | undefined => {
  const { name, account, symbol, against } = strategy
  const { market, live, increments, traderOf, place } = pit
  const quote = market.quote(symbol)
  const steps = increments.get(symbol)
  if (quote === undefined || steps === undefined) return undefined
  return {
    quote,
    ...steps,
    held: live.held(account, name, symbol),
    open: live.open(account, name, symbol),
    exposed: against === undefined ? 0n : live.heldBy(against.account, against.symbol),
    roll,
    place: async (wanted) => {
      await place(account, requestOf(strategy, wanted))
    },
    cancel: (orders) => cancelAll(traderOf(account), live, orders),
  }
}

const requestOf = ({ name, account, symbol }: Strategy, wanted: Wanted): OrderRequest => {
  const { side, type, quantity, limitPrice, stopPrice, lastsMs } = wanted
  const { timeInForce, postOnly, reduceOnly } = wanted
  return {
    account,
    strategy: name,
    symbol,
    side,
    type,
    quantity: textOf(quantity),
    ...(limitPrice === undefined ? {} : { limitPrice: textOf(limitPrice) }),
    ...(stopPrice === undefined ? {} : { stopPrice: textOf(stopPrice) }),
    ...(timeInForce === undefined ? {} : { timeInForce }),
    ...(lastsMs === undefined
      ? {}
      : { timeInForce: 'gtd' as const, expireAt: new Date(Date.now() + lastsMs).toISOString() }),
    ...(postOnly === undefined ? {} : { postOnly }),
    ...(reduceOnly === undefined ? {} : { reduceOnly }),
  }
}

const endedWithinMs = 1_000
const cancelAll = async (
  client: Client,
  live: LiveOrders,
  orders: readonly LiveOrder[],
): Promise<void> => {
  if (orders.length === 0) return
  // One that ended meanwhile answers 409, and that is as good.
  await Promise.all(orders.map(({ id }) => client.cancel(id)))
  const givenUp = performance.now() + endedWithinMs
  while (!orders.every(({ id }) => live.hasEnded(id)) && performance.now() < givenUp)
    await setTimeout(5)
}
