/** Takes orders in: what is wrong with one is said, and what is right meets the market or waits. */
import { refusal, refusalOf } from '#domain/matching/acceptance'
import type { Floor } from '#domain/matching/floor'
import {
  type PaperOrder,
  type PaperRequest,
  remaining,
  takenIn,
  waitsForItsPrice,
} from '#domain/matching/order'
import type { Pit } from '#domain/matching/pits'
import { isReached } from '#domain/matching/resting'
import { refused, takeAll, takeWithin } from '#domain/matching/taking'
import { Price, Quantity } from '#schemas/values/decimal'
import { formatInstant, type Instant } from '#schemas/values/instant'
import type { Reason } from '#schemas/values/trading'

export const place = (
  floor: Floor,
  quoteAgeMsMax: number,
  request: PaperRequest,
  at: Instant,
): void => {
  const order = takenIn(floor.nextOrderId(), request, at)
  const pit = floor.pits.get(request.symbol)
  const reason =
    lateness(request.sendBy, at) ??
    refusalOf(request, pit?.instrument, at) ??
    (pit === undefined ? undefined : refusalNow(floor, pit, order))
  if (pit === undefined || reason !== undefined) {
    if (reason !== undefined) floor.record(refused(order, reason))
    return
  }
  if (waitsForItsPrice(order)) return floor.record({ order, trades: [] })
  const meeting = { floor, pit, market: pit.tape.market(at, quoteAgeMsMax), at }
  floor.record(order.orderType === 'market' ? takeAll(meeting, order) : takeWithin(meeting, order))
}

export const lateness = (sendBy: Instant, at: Instant): Reason | undefined =>
  at > sendBy
    ? refusal(
        'deadlinePassed',
        `to be sent by ${formatInstant(sendBy)}, here at ${formatInstant(at)}`,
      )
    : undefined

/** Why an order as it is to be is refused by where market and position stand. What it was before is not judged again. */
export const refusalNow = (
  floor: Floor,
  pit: Pit,
  order: PaperOrder,
  before?: PaperOrder,
): Reason | undefined => {
  const { postOnly, limitPrice, stopPrice } = order
  const stops = waitsForItsPrice(order) && stopPrice !== before?.stopPrice
  const posts = postOnly && limitPrice !== before?.limitPrice
  return (
    reductionRefusal(floor, order) ??
    (stops ? stopRefusal(pit, order) : undefined) ??
    (posts ? takingRefusal(pit, order) : undefined)
  )
}

/** Bybit refuses one that is larger than the position, whatever else is open; so do Kraken and Binance. */
const reductionRefusal = (floor: Floor, order: PaperOrder): Reason | undefined => {
  if (!order.reduceOnly) return undefined
  const left = remaining(order)
  const most = floor.reducible(order.account, order.symbol, order.side)
  if (left <= most) return undefined
  const says = `${Quantity.encode(left)} to ${order.side}`
  return refusal('reduceOnly', `the position allows ${Quantity.encode(most)}, not ${says}`)
}

/** Binance, Bybit, Coinbase and CME refuse a stop whose price has been reached; so where no trade is known, nobody can tell. */
const stopRefusal = (pit: Pit, { side, stopPrice, symbol }: PaperOrder): Reason | undefined => {
  const last = pit.tape.lastPrice()
  if (last === undefined)
    return refusal('noMarket', `no trade of ${symbol} was heard, to tell where the price stands`)
  if (stopPrice === undefined || !isReached(last, { side, stopPrice })) return undefined
  const says = `the last trade at ${Price.encode(last)} has reached ${Price.encode(stopPrice)}`
  return refusal('wouldTrigger', `it would trigger at once: ${says}`)
}

/** By the last quote, however old: one that cannot be judged is not taken in. */
const takingRefusal = (pit: Pit, { side, limitPrice, symbol }: PaperOrder): Reason | undefined => {
  const quote = pit.tape.lastQuote()
  if (quote === undefined || limitPrice === undefined)
    return refusal('noMarket', `no quote of ${symbol} was heard, to tell whether it would take`)
  const other = side === 'buy' ? quote.ask : quote.bid
  const takes = side === 'buy' ? limitPrice >= other : limitPrice <= other
  if (!takes) return undefined
  const says = `${Price.encode(limitPrice)} reaches ${Price.encode(other)}`
  return refusal('wouldTake', `post-only, and it would take: ${says}`)
}
