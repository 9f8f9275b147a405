/** What is particular to one venue; the life of the line is the same for all of them. */
import type { MarketSymbol } from '#schemas/values/ids'
import type { Code, Heard } from './heard.ts'

export interface Protocol {
  readonly name: string
  readonly url: string
  /** Listened to when nobody says otherwise. */
  readonly symbols: readonly MarketSymbol[]
  /** The venue's name of a market; undefined where it cannot have such a one. */
  readonly codeOf: (symbol: MarketSymbol) => Code | undefined
  readonly subscribe: (codes: readonly Code[]) => Subscription
  /** Everything that a text frame says; nothing where it says nothing to us. Never throws. */
  readonly decode: (text: string) => readonly Heard[]
  /** So long may every market be silent on a line that answers, before another line is tried. */
  readonly staleMsMax: number
}
export interface Subscription {
  /** What is sent once the line is open. */
  readonly frames: readonly string[]
  /** Each market counts as subscribed once each of these channels is. */
  readonly channels: readonly string[]
}
