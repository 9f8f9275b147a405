/** What the paper venue has heard of one symbol: the last quote, the last trade, and the volume of the last minute. */
import { larger, lessQuantity, smaller, zeroQuantity } from '#domain/values/decimal'
import type { QuoteTick, TradeTick } from '#schemas/market/tick'
import type { Price, Quantity } from '#schemas/values/decimal'
import type { Instant } from '#schemas/values/instant'
import type { Side } from '#schemas/values/trading'

/** What somebody who crosses the spread meets. */
export interface Market {
  readonly bid: Price
  readonly ask: Price
  /** What is shown at the touch, less what was taken there since it was shown. */
  readonly bidQuantity: Quantity
  readonly askQuantity: Quantity
  /** Traded in the last minute, never less than what is shown on either side; above 0. */
  readonly minuteVolume: Quantity
  /** What buyers and sellers of ours took since the last quote. */
  readonly taken: Readonly<Record<Side, Quantity>>
}

export interface Tape {
  readonly hearQuote: (quote: QuoteTick) => void
  readonly hearTrade: (trade: TradeTick) => void
  /** A trade that was heard before: only its price is taken. */
  readonly hearAgain: (trade: TradeTick) => void
  /** One of ours took so much. */
  readonly take: (side: Side, quantity: Quantity) => void
  /** Undefined where the last quote is older than that, or there was none. */
  readonly market: (at: Instant, ageMsMax: number) => Market | undefined
  /** The price of the last trade, however old. */
  readonly lastPrice: () => Price | undefined
  /** The last quote, however old. */
  readonly lastQuote: () => Pick<QuoteTick, 'bid' | 'ask'> | undefined
}

const secondsKept = 60
const second = 1_000_000
const none = { buy: zeroQuantity, sell: zeroQuantity }

export const openTape = (): Tape => {
  const volume = openVolume()
  let quote: QuoteTick | undefined
  let lastPrice: Price | undefined
  let isTradeNewer = false
  let taken = none

  const hearPrice = ({ price }: TradeTick): void => {
    lastPrice = price
    isTradeNewer = true
  }
  /** A trade that came after the quote shows where the market is now; nobody gets a better price than that. */
  const touch = ({ bid, ask }: QuoteTick): readonly [Price, Price] =>
    isTradeNewer && lastPrice !== undefined
      ? [smaller(bid, lastPrice), larger(ask, lastPrice)]
      : [bid, ask]
  return {
    hearQuote: (heard) => {
      quote = heard
      isTradeNewer = false
      taken = none
    },
    hearTrade: (trade) => {
      hearPrice(trade)
      volume.hear(trade)
    },
    hearAgain: hearPrice,
    take: (side, quantity) => {
      taken = { ...taken, [side]: taken[side] + quantity }
    },
    market: (at, ageMsMax) => {
      if (quote === undefined || at - quote.receivedAt > ageMsMax * 1_000) return undefined
      if (quote.bid > quote.ask) return undefined
      const minuteVolume = larger(
        volume.ofMinute(Math.floor(at / second)),
        larger(quote.bidQuantity, quote.askQuantity),
      )
      if (minuteVolume === 0n) return undefined
      const [bid, ask] = touch(quote)
      // What was shown where the market was is not shown where it is now.
      const bidQuantity =
        bid === quote.bid ? lessQuantity(quote.bidQuantity, taken.sell) : zeroQuantity
      const askQuantity =
        ask === quote.ask ? lessQuantity(quote.askQuantity, taken.buy) : zeroQuantity
      return { bid, ask, bidQuantity, askQuantity, minuteVolume, taken }
    },
    lastPrice: () => lastPrice,
    lastQuote: () => quote,
  }
}

interface Volume {
  readonly hear: (trade: TradeTick) => void
  readonly ofMinute: (now: number) => Quantity
}
/** A minute's volume is kept by the second, so that a busy tape takes no more memory than a quiet one. */
const openVolume = (): Volume => {
  const volumes = new Map<number, bigint>()
  let firstSecond: number | undefined
  return {
    hear: ({ receivedAt, quantity }) => {
      const now = Math.floor(receivedAt / second)
      firstSecond ??= now
      volumes.set(now, (volumes.get(now) ?? 0n) + quantity)
      if (volumes.size <= secondsKept) return
      for (const at of volumes.keys()) if (at <= now - secondsKept || at > now) volumes.delete(at)
    },
    /** While less than a minute was heard, what was heard stands for the rest of it. */
    ofMinute: (now) => {
      let heard = 0n
      for (const [at, volume] of volumes) if (at > now - secondsKept && at <= now) heard += volume
      const seconds = Math.min(secondsKept, Math.max(1, now - (firstSecond ?? now) + 1))
      return ((heard * BigInt(secondsKept)) / BigInt(seconds)) as Quantity
    },
  }
}
