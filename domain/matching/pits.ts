/** One pit for each symbol: what it is, who waits there, and what was heard of it. */
import type { VenueInstrument } from '#domain/kernel/venue'
import type { Ladder } from '#domain/matching/ladder'
import type { PaperOrder, PaperPosition } from '#domain/matching/order'
import type { Resting, Stops } from '#domain/matching/resting'
import type { Tape } from '#domain/matching/tape'
import type { MarketSymbol } from '#schemas/values/ids'

export interface Pit {
  readonly instrument: VenueInstrument
  /** Limit orders, triggered ones among them. */
  readonly resting: Resting
  /** Stop orders whose price was not reached. */
  readonly stops: Stops
  /** Stop orders whose price was reached, and that found no market to take from. */
  readonly stranded: Ladder
  readonly tape: Tape
  lastPrint: string | undefined
  /** The next trade heard may be one that was told before: it is the first since the hub welcomed us. */
  mayBeOld: boolean
}

/** What was durable when the matching began. */
export interface MatchingState {
  readonly open: readonly PaperOrder[]
  readonly positions: readonly PaperPosition[]
  readonly lastOrderId: bigint
  readonly lastTradeId: bigint
  readonly lastFundingId: bigint
  /** Of each symbol, the last print that filled a resting order. */
  readonly prints: ReadonlyMap<MarketSymbol, string>
}
