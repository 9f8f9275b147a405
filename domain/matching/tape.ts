/** What the paper venue has heard of one symbol: the last quote, and how much was traded in the last minute. */
import type { QuoteTick, TradeTick } from '#schemas/market/tick'
import type { Price, Quantity } from '#schemas/values/decimal'
import type { Instant } from '#schemas/values/instant'

/** What somebody who crosses the spread meets. */
export interface Market {
  readonly bid: Price
  readonly bidQuantity: Quantity
  readonly ask: Price
  readonly askQuantity: Quantity
  /** Traded in the last minute, never less than what is shown on either side; above 0. */
  readonly minuteVolume: Quantity
}

export interface Tape {
  readonly hearQuote: (quote: QuoteTick) => void
  readonly hearTrade: (trade: TradeTick) => void
  /** Undefined where the last quote is older than that, or there was none. */
  readonly market: (at: Instant, ageMsMax: number) => Market | undefined
}

const secondsKept = 60
const second = 1_000_000

/** A minute's volume is kept by the second, so that a busy tape takes no more memory than a quiet one. */
export const openTape = (): Tape => {
  const volumes = new Map<number, bigint>()
  let firstSecond: number | undefined
  let quote: QuoteTick | undefined

  /** While less than a minute was heard, what was heard stands for the rest of it. */
  const minuteVolume = (now: number): bigint => {
    let heard = 0n
    for (const [at, volume] of volumes) if (at > now - secondsKept && at <= now) heard += volume
    const seconds = Math.min(secondsKept, Math.max(1, now - (firstSecond ?? now) + 1))
    return (heard * BigInt(secondsKept)) / BigInt(seconds)
  }
  return {
    hearQuote: (heard) => {
      quote = heard
    },
    hearTrade: ({ receivedAt, quantity }) => {
      const now = Math.floor(receivedAt / second)
      firstSecond ??= now
      volumes.set(now, (volumes.get(now) ?? 0n) + quantity)
      if (volumes.size <= secondsKept) return
      for (const at of volumes.keys()) if (at <= now - secondsKept || at > now) volumes.delete(at)
    },
    market: (at, ageMsMax) => {
      if (quote === undefined || at - quote.receivedAt > ageMsMax * 1_000) return undefined
      const { bid, bidQuantity, ask, askQuantity } = quote
      const traded = minuteVolume(Math.floor(at / second))
      const shown = bidQuantity > askQuantity ? bidQuantity : askQuantity
      const volume = (traded > shown ? traded : shown) as Quantity
      if (bid > ask || volume === 0n) return undefined
      return { bid, bidQuantity, ask, askQuantity, minuteVolume: volume }
    },
  }
}
