/** What a venue's frame says, in our words, before anything is known of what was said earlier. */
import type { Price, Quantity } from '#schemas/values/decimal'
import type { TradeId } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'
import type { Side } from '#schemas/values/trading'

/** A market as the venue calls it: BTC-USD, BTCUSDT, XBT/USD. */
export type Code = string

export interface HeardTrade {
  readonly type: 'trade'
  readonly code: Code
  readonly tradeId: TradeId
  readonly place: Place
  readonly venueAt: Instant
  readonly price: Price
  readonly quantity: Quantity
  readonly aggressor: Side
}
/**
 * Where a trade stands among those of its market. Numbers without holes show what is missing; times only show what
 * is old.
 */
export interface Place {
  readonly number: number
  readonly dense: boolean
}

export interface HeardQuote {
  readonly type: 'quote'
  readonly code: Code
  /** Rises with every change, where the venue numbers them. */
  readonly number: number | undefined
  /** Absent where the venue does not say. */
  readonly venueAt: Instant | undefined
  readonly bid: Price
  readonly bidQuantity: Quantity
  readonly ask: Price
  readonly askQuantity: Quantity
}

/** The number of the newest trade there is, told apart from the trade itself. */
export interface HeardNumber {
  /** `before`: it was made before we listened. `promised`: it is to be told, if it was not already. */
  readonly type: 'before' | 'promised'
  readonly code: Code
  readonly number: number
}

export interface Malformed {
  readonly type: 'malformed'
  /** One of few words, for counting. */
  readonly kind: string
  readonly detail: string
}

/** The venue's own print (insurance fund, auto-deleveraging): numbered like a trade, and not what the market did. */
export interface Administrative {
  readonly type: 'administrative'
  readonly code: Code
  readonly number: number
  readonly words: string
}

export type Heard =
  | HeardTrade
  | HeardQuote
  | HeardNumber
  | Administrative
  | Malformed
  /** A subscription stands. Without a channel: every channel; without a code: every market. */
  | { readonly type: 'acknowledged'; readonly channel?: string; readonly code?: Code }
  /** The venue says no, in its own words. Without a code it does not say to what. */
  | { readonly type: 'refused'; readonly code?: Code; readonly words: string }
  /** The venue is about to close this connection. */
  | { readonly type: 'closing'; readonly words: string }
  /** Something about the venue that a person should read. */
  | { readonly type: 'notice'; readonly words: string }
