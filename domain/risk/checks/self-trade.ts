/**
 * The order would not trade with another of its book. A book has one owner, whatever its accounts and strategies
 * are called: a trade between two of them moves no risk, and is a wash trade wherever trading is supervised.
 *
 * One of the two has to rest for that: market orders and those that end at once never meet each other. A market
 * order fills at worst as far from the mark as the collar says, here as everywhere. A stop is judged by nobody
 * before it is triggered.
 */
import { type Check, failed, passed, type View } from '#domain/risk/checks/check'
import { quantityText } from '#domain/risk/texts'
import { mayRest } from '#domain/risk/resting'
import { divideHalfEven, larger, smaller } from '#domain/values/decimal'
import type { Price } from '#schemas/values/decimal'
import type { Side } from '#schemas/values/trading'

const alone = passed('', '')

export const selfTrade: Check = {
  code: 'selfTrade',
  unit: 'price',
  scope: 'book',
  evaluate: (view) => {
    const { terms } = view
    if (terms.stopPrice !== undefined) return alone
    const own = terms.limitPrice ?? reachOf(view, terms.side)
    const limit = own === undefined ? '' : quantityText(own)
    const found = nearestIn(view)
    if (found === 'none') return passed('', limit)
    const meets = own === undefined || found === 'any' || isAcross(terms.side, own, found)
    return (meets ? failed : passed)(found === 'any' ? 'market' : quantityText(found), limit)
  },
  inWords: ({ terms }, { outcome, observed, limit }) => {
    const { symbol, venue, side, stopPrice } = terms
    const against = side === 'buy' ? 'sell' : 'buy'
    if (stopPrice !== undefined) return 'A stop order takes nothing before it is triggered.'
    if (outcome === 'passed')
      return observed === ''
        ? `No open order of the book would ${against} ${symbol} at ${venue}.`
        : `The book's own orders to ${against} ${symbol} at ${venue} begin at ${observed}, beyond ${limit}.`
    const worse = side === 'buy' ? 'below' : 'above'
    return observed === 'market'
      ? `An open order of the book would ${against} ${symbol} at ${venue} at any price, and might trade with this one: wait until it has ended.`
      : `An open order of the book would ${against} ${symbol} at ${venue} at ${observed}, and might trade with this one: cancel it first, or order ${worse} that with a limit.`
  },
}

/** How far an order without a price goes at worst; undefined: nobody can say. */
const reachOf = ({ mark, limits }: View, side: Side): Price | undefined => {
  const { priceCollar } = limits
  if (mark === undefined || priceCollar === undefined) return undefined
  const by = divideHalfEven(mark.price * priceCollar, one)
  return (side === 'buy' ? mark.price + by : mark.price - by) as Price
}
const one = 10n ** 18n

/** Of what the order could trade with on the other side, the price that is met first. */
const nearestIn = (view: View): Price | 'any' | 'none' => {
  const { terms, exposure } = view
  const isBuy = terms.side === 'buy'
  const { resting, taking, hasMarket } = exposure.resting.against(terms)
  if (!mayRest(terms)) return resting ?? 'none'
  const reach = hasMarket ? reachOf(view, isBuy ? 'sell' : 'buy') : undefined
  if (hasMarket && reach === undefined) return 'any'
  const all = [resting, taking, reach].filter((price) => price !== undefined)
  return all.length === 0 ? 'none' : all.reduce(isBuy ? smaller : larger)
}
const isAcross = (side: Side, own: Price, other: Price): boolean =>
  side === 'buy' ? own >= other : own <= other
