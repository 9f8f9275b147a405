/** What a venue has answered to our subscriptions, market by market. */
import type { MarketSymbol } from '#schemas/values/ids'
import type { Code } from './heard.ts'
import type { Notice } from './options.ts'
import { isAcknowledged, type LineStanding, type MarketStanding } from './standing.ts'

export interface Subscribed {
  readonly codes: ReadonlyMap<Code, MarketSymbol>
  readonly standing: LineStanding
  readonly notice: (notice: Notice) => void
  /** The standing may have changed. */
  readonly tell: () => void
}

const marketOf = ({ codes, standing }: Subscribed, code: Code): MarketStanding | undefined => {
  const symbol = codes.get(code)
  return symbol === undefined ? undefined : standing.markets.get(symbol)
}

export const markHeard = (subscribed: Subscribed, code: Code): void => {
  const market = marketOf(subscribed, code)
  if (market === undefined || market.ticked) return
  market.ticked = true
  subscribed.tell()
}

/** Without a channel all of them, without a code every market. */
export const acknowledge = (
  subscribed: Subscribed,
  channel: string | undefined,
  code: Code | undefined,
): void => {
  const { standing, codes, tell } = subscribed
  const channels = channel === undefined ? standing.channels : [channel]
  for (const each of code === undefined ? codes.keys() : [code]) {
    const market = marketOf(subscribed, each)
    if (market === undefined) continue
    for (const name of channels) market.acknowledged.add(name)
    market.refused = undefined
  }
  tell()
}

/** What it was said to, or all that still waits for an answer. */
export const refuse = (subscribed: Subscribed, words: string, code: Code | undefined): void => {
  const { standing, codes, notice, tell } = subscribed
  const symbol = code === undefined ? undefined : codes.get(code)
  const symbols = symbol === undefined ? unansweredOf(standing) : [symbol]
  for (const each of symbols) {
    const market = standing.markets.get(each)
    if (market !== undefined) market.refused = words
  }
  notice({ type: 'refused', symbols, words })
  tell()
}

/** All had their time to answer. False: nothing at all was answered or heard, so the line is of no use. */
export const settle = ({ standing, notice, tell }: Subscribed): boolean => {
  const symbols = unansweredOf(standing)
  standing.settled = true
  tell()
  if (symbols.length === 0) return true
  notice({ type: 'unacknowledged', symbols })
  return symbols.length < standing.markets.size || [...standing.markets.values()].some(wasHeard)
}
const wasHeard = ({ ticked }: MarketStanding): boolean => ticked

const unansweredOf = ({ markets, channels }: LineStanding): readonly MarketSymbol[] =>
  [...markets].flatMap(([symbol, market]) =>
    market.refused === undefined && !isAcknowledged(market, channels) ? [symbol] : [],
  )
