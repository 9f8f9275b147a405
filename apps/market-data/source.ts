/** Where ticks come from. */
import type { Tick } from '#schemas/market/tick'
import type { MarketSymbol } from '#schemas/values/ids'

export interface MarketSource {
  /** As it was asked for, for people. */
  readonly name: string
  readonly symbols: readonly MarketSymbol[]
  /** Tells ticks at their time until it is stopped or there are no more. */
  readonly run: (tell: Tell) => Promise<Finished>
}
export interface Tell {
  readonly tick: (tick: Tick) => void
  /** Resolves when the listeners have room for more. */
  readonly heard: () => Promise<void>
}
/** `ended`: there is nothing left of it. */
export type Finished =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'ended' }
  | { readonly kind: 'failed'; readonly detail: string }
