/** What a line to a venue is asked for, and what it tells besides ticks. */
import type { Tick } from '#schemas/market/tick'
import type { MarketSymbol } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'
import type { Protocol } from './protocol.ts'
import type { Standing } from './standing.ts'
import type { Gap } from './ticks.ts'

/** What a person or a counter should hear of, besides the ticks. */
export type Notice =
  | { readonly type: 'opened' }
  | { readonly type: 'lost'; readonly detail: string; readonly retryMs: number }
  | ({ readonly type: 'gap' } & Gap)
  | { readonly type: 'repeated'; readonly symbol: MarketSymbol }
  | { readonly type: 'malformed'; readonly kind: string; readonly detail: string }
  | { readonly type: 'refused'; readonly symbols: readonly MarketSymbol[]; readonly words: string }
  | { readonly type: 'unacknowledged'; readonly symbols: readonly MarketSymbol[] }
  | { readonly type: 'administrative'; readonly words: string }
  | { readonly type: 'venueSays'; readonly words: string }

export interface Timings {
  readonly retryMsMin: number
  readonly retryMsMax: number
  /** A line that was open and heard for so long was a good one: the next try is soon again. */
  readonly healthyMs: number
  /** After so long without an answer to a subscription, that is an error. */
  readonly acknowledgeMsMax: number
  readonly pingEveryMs: number
  /** After so long without any sign from the other side the line is given up. */
  readonly silentMsMax: number
  /** The same for ticks, though pings are answered. */
  readonly staleMsMax: number
}
export interface World {
  readonly now: () => Instant
  readonly monotonicMs: () => number
  /** Waits, or returns early when the signal is aborted. */
  readonly sleep: (ms: number, stopping: AbortSignal) => Promise<void>
  /** From 0 to 1. */
  readonly chance: () => number
}
export interface LineOptions {
  readonly protocol: Protocol
  readonly url: string
  /** At least one, and the protocol has a code for each. */
  readonly symbols: readonly MarketSymbol[]
  readonly world: World
  readonly stopping: AbortSignal
  readonly tick: (tick: Tick) => void
  readonly notice: (notice: Notice) => void
  /** Told whenever it changes. */
  readonly stands: (standing: Standing) => void
  readonly timings?: Partial<Timings>
}
