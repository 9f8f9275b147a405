/** What a strategy is: it looks at the market and at what it has, and places the next orders. */
import type { Roll } from './prices.ts'

/** Numbers are of 10^-18. */
export interface Quote {
  readonly bid: bigint
  readonly ask: bigint
}
/** An order as it stands by what was last heard of it. */
export interface LiveOrder {
  readonly id: string
  readonly side: 'buy' | 'sell'
  readonly type: string
  readonly quantity: bigint
  readonly filled: bigint
  readonly limitPrice: bigint | undefined
  /** When it was first heard of, in milliseconds of this process. */
  readonly since: number
  readonly hasEnded: boolean
}
export interface Wanted {
  readonly side: 'buy' | 'sell'
  readonly type: 'market' | 'limit' | 'stop' | 'stopLimit'
  readonly quantity: bigint
  readonly limitPrice?: bigint
  readonly stopPrice?: bigint
  readonly timeInForce?: 'gtc' | 'ioc' | 'fok'
  /** Instead: it ends by itself after so long. */
  readonly lastsMs?: number
  readonly postOnly?: boolean
  readonly reduceOnly?: boolean
}
export interface Hands {
  readonly quote: Quote
  readonly tick: bigint
  readonly lot: bigint
  /** Of the strategy: long above 0. */
  readonly held: bigint
  readonly open: readonly LiveOrder[]
  /** Of the other symbol that it looks at: what its desk holds there. */
  readonly exposed: bigint
  readonly roll: Roll
  readonly place: (wanted: Wanted) => Promise<void>
  /** Asks for it, and waits a little for the word that it has ended. */
  readonly cancel: (orders: readonly LiveOrder[]) => Promise<void>
}
export type Step = (hands: Hands) => Promise<void>

export interface Strategy {
  readonly name: string
  readonly account: string
  readonly symbol: string
  /** Where the hedger finds what it hedges. */
  readonly against?: { readonly account: string; readonly symbol: string }
  readonly everyMs: number
  readonly step: Step
}

export const lots = (count: number, { lot }: Pick<Hands, 'lot'>): bigint => BigInt(count) * lot
/** How long an order has stood there, in milliseconds. */
export const ageOf = ({ since }: LiveOrder): number => performance.now() - since
export const sells = (orders: readonly LiveOrder[]): readonly LiveOrder[] =>
  orders.filter(({ side }) => side === 'sell')
export const buys = (orders: readonly LiveOrder[]): readonly LiveOrder[] =>
  orders.filter(({ side }) => side === 'buy')
export const leftOf = (orders: readonly LiveOrder[]): bigint =>
  orders.reduce((all, { quantity, filled }) => all + quantity - filled, 0n)
