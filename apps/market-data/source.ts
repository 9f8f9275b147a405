/** Where ticks come from. */
import type { Notice } from '#adapters/exchange/line'
import type { Standing } from '#adapters/exchange/standing'
import type { Tick } from '#schemas/market/tick'
import type { MarketSymbol } from '#schemas/values/ids'

export interface MarketSource {
  /** As it was asked for, for people. */
  readonly name: string
  /** One word for counting. */
  readonly kind: string
  readonly symbols: readonly MarketSymbol[]
  /** Tells ticks at their time until it is stopped or there are no more. */
  readonly run: (tell: Tell) => Promise<Finished>
}
export interface Tell {
  readonly tick: (tick: Tick) => void
  /** Resolves when the listeners have room for more. */
  readonly heard: () => Promise<void>
  /** Whether ticks are to be had, each time that changes. */
  readonly stands: (standing: Standing) => void
  /** What else a person or a counter should hear of. */
  readonly notice: (notice: Notice) => void
}
/** `ended`: there is nothing left of it. */
export type Finished =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'ended'; readonly detail?: string }
  | { readonly kind: 'failed'; readonly detail: string }
