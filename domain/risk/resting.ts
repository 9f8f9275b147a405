/**
 * Where a book's own orders stand in the market, or will: by venue, symbol and side, the best price of all that are
 * approved, in flight, working or of unknown outcome; those that may rest there apart from those that take what
 * they find and are gone. A stop that waits is in no market. What an amendment may have made of an order stands
 * beside it.
 */
import { innerOf } from '#domain/values/inner-of'
import type { Price } from '#schemas/values/decimal'
import type { MarketSymbol, VenueId } from '#schemas/values/ids'
import type { Side, Terms } from '#schemas/values/trading'

export interface Stand {
  /** Undefined: whatever it finds. */
  readonly price: Price | undefined
  readonly rests: boolean
}
export type Market = Pick<Terms, 'venue' | 'symbol' | 'side'>
/** Of one side: the best price of what rests, and of what does not; whether an order without a price is among that. */
export interface Best {
  readonly resting: Price | undefined
  readonly taking: Price | undefined
  readonly hasMarket: boolean
}
export interface Resting {
  /** What stands on the other side of an order. */
  readonly against: (market: Market) => Best
}
export interface RestingSums extends Resting {
  readonly add: (market: Market, stands: readonly Stand[]) => void
  readonly remove: (market: Market, stands: readonly Stand[]) => void
}

/** From the lowest price to the highest, with how many orders stand at each. */
type Levels = { readonly price: Price; count: number }[]
interface Ladder {
  markets: number
  readonly resting: Levels
  readonly taking: Levels
}
const nothing: Best = { resting: undefined, taking: undefined, hasMarket: false }
const isEmpty = ({ markets, resting, taking }: Ladder): boolean =>
  markets === 0 && resting.length === 0 && taking.length === 0

export const restingSums = (): RestingSums => {
  const markets: Markets = new Map()
  const change = (market: Market, stands: readonly Stand[], by: 1 | -1): void => {
    if (stands.length === 0) return
    const ladder = ladderAt(markets, market)
    for (const stand of stands)
      if (stand.price === undefined) ladder.markets += by
      else step(stand.rests ? ladder.resting : ladder.taking, stand.price, by)
    if (isEmpty(ladder)) forgetIfEmpty(markets, market)
  }
  return {
    against: ({ venue, symbol, side }) => {
      const market = markets.get(symbol)?.get(venue)
      if (market === undefined) return nothing
      const against = side === 'buy' ? 'sell' : 'buy'
      const best = (levels: Levels) => levels.at(against === 'buy' ? -1 : 0)?.price
      const { resting, taking, markets: without } = market[against]
      return { resting: best(resting), taking: best(taking), hasMarket: without > 0 }
    },
    add: (market, stands) => change(market, stands, 1),
    remove: (market, stands) => change(market, stands, -1),
  }
}
type Markets = Map<MarketSymbol, Map<VenueId, Readonly<Record<Side, Ladder>>>>
const ladderAt = (markets: Markets, { venue, symbol, side }: Market): Ladder => {
  const venues = innerOf(markets, symbol)
  const known = venues.get(venue)
  if (known !== undefined) return known[side]
  const fresh = { buy: emptyLadder(), sell: emptyLadder() }
  venues.set(venue, fresh)
  return fresh[side]
}
const forgetIfEmpty = (markets: Markets, { venue, symbol }: Market): void => {
  const venues = markets.get(symbol)
  const market = venues?.get(venue)
  if (market === undefined || !isEmpty(market.buy) || !isEmpty(market.sell)) return
  venues?.delete(venue)
  if (venues?.size === 0) markets.delete(symbol)
}
const emptyLadder = (): Ladder => ({ markets: 0, resting: [], taking: [] })
/** What terms stand at in the market, if anywhere. */
export const standsOf = (terms: Terms): readonly Stand[] =>
  terms.stopPrice === undefined ? [{ price: terms.limitPrice, rests: mayRest(terms) }] : []
export const mayRest = ({ limitPrice, timeInForce }: Terms): boolean =>
  limitPrice !== undefined && (timeInForce === 'gtc' || timeInForce === 'gtd')

const step = (levels: Levels, price: Price, by: 1 | -1): void => {
  const at = placeOf(levels, price)
  const level = levels[at]
  if (level?.price !== price) {
    levels.splice(at, 0, { price, count: by })
    return
  }
  level.count += by
  if (level.count === 0) levels.splice(at, 1)
}
/** The place of the first level at this price or above; the length where there is none. */
const placeOf = (levels: Levels, price: Price): number => {
  let low = 0
  let high = levels.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const level = levels[middle]
    if (level !== undefined && level.price < price) low = middle + 1
    else high = middle
  }
  return low
}
