/** The market as it happens, from wherever it is heard. */
import type { HubFrame } from '#schemas/market/tick'

export interface TickFeed {
  /** Hears a welcome, the newest trade and quote of every symbol, and then each tick; again after every reconnect. */
  readonly listen: (hear: (frame: HubFrame) => void) => () => void
  readonly connected: () => boolean
  readonly close: () => Promise<void>
}
