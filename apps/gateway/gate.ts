/** What the work on single orders must know of the gateway as a whole. */
import type { AccountId } from '#schemas/values/ids'

export interface Gate {
  /** The log is folded to its head. Before that nothing is done about any order. */
  readonly caughtUp: () => boolean
  readonly connected: () => boolean
  /** Connected, instruments listed, and this account reconciled since. */
  readonly mayPlace: (account: AccountId) => boolean
  readonly closing: () => boolean
  /** Ask the venue about what is open, not later than in so many milliseconds. */
  readonly sweepWithin: (milliseconds: number) => void
}
