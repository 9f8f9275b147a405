/** Hears the market: who is filled by a trade, whose stop price it reaches, and who takes from a new quote. */
import { allowed, filled, type Meeting, takeWhatThereIs, takeWithin } from '#domain/matching/taking'
import type { Floor } from '#domain/matching/floor'
import type { PaperOrder } from '#domain/matching/order'
import type { Pit } from '#domain/matching/pits'
import { smaller } from '#domain/values/decimal'
import type { QuoteTick, TradeTick } from '#schemas/market/tick'
import type { Quantity } from '#schemas/values/decimal'
import type { Instant } from '#schemas/values/instant'

export const hearQuote = (
  floor: Floor,
  quoteAgeMsMax: number,
  quote: QuoteTick,
  at: Instant,
): void => {
  const pit = floor.offer(quote.symbol)
  floor.marks.hear(quote)
  pit.tape.hearQuote(quote)
  floor.settle(at)
  const waiting = pit.stranded.while(() => true)
  if (waiting.length === 0) return
  for (const { account, clientOrderId } of waiting) {
    // What came before it may have ended it.
    const order = floor.open(account, clientOrderId)
    if (order === undefined) continue
    const market = pit.tape.market(at, quoteAgeMsMax)
    const change = takeWhatThereIs({ floor, pit, market, at }, order)
    if (change !== undefined) floor.record(change)
  }
}

/** First who rested there, for they were in the way; then who waited for the price to get there. */
export const hearTrade = (
  floor: Floor,
  quoteAgeMsMax: number,
  trade: TradeTick,
  at: Instant,
): void => {
  const pit = floor.offer(trade.symbol)
  const { mayBeOld } = pit
  const print = printOf(trade)
  const isOld = mayBeOld && print === pit.lastPrint
  pit.mayBeOld = false
  pit.lastPrint = print
  floor.marks.hear(trade)
  if (isOld) pit.tape.hearAgain(trade)
  else pit.tape.hearTrade(trade)
  floor.settle(at)
  if (isOld) return
  /** What was traded before an order stood here as it does, and is only now heard, does nothing to it. */
  const wasHere = (order: PaperOrder): boolean => !mayBeOld || order.changedAt < trade.receivedAt
  const stopped = pit.stops.reachedBy(trade.price).filter(wasHere)
  pour(floor, pit, pit.resting.reachedBy(trade).filter(wasHere), trade, at)
  for (const order of stopped) trigger(floor, pit, order, quoteAgeMsMax, at)
}

/** A print by its name at the source: which tick it was, and which trade. */
const printOf = ({ sequence, tradeId }: TradeTick): string => `${String(sequence)}:${tradeId}`

/** Fills one after the other, in whole lots, until nothing of the print is left. */
const pour = (
  floor: Floor,
  { instrument }: Pit,
  reached: readonly PaperOrder[],
  trade: TradeTick,
  at: Instant,
): void => {
  const { lotSize } = instrument.rules
  const filling = { instrument, liquidity: 'maker', at, print: printOf(trade) } as const
  let left: bigint = trade.quantity - (trade.quantity % lotSize)
  for (const { account, clientOrderId } of reached) {
    // What came before it may have ended it, or left it less to reduce.
    const order = floor.open(account, clientOrderId)
    if (left === 0n) return
    if (order?.limitPrice === undefined) continue
    const quantity = smaller(allowed({ floor }, order), left as Quantity)
    if (quantity === 0n) continue
    left -= quantity
    floor.record(filled(floor, order, { quantity, price: order.limitPrice }, filling))
  }
}

/** From now on it is a market order, or a limit order that has just come. */
const trigger = (
  floor: Floor,
  pit: Pit,
  { account, clientOrderId }: PaperOrder,
  quoteAgeMsMax: number,
  at: Instant,
): void => {
  const order = floor.open(account, clientOrderId)
  if (order === undefined) return
  const triggered: PaperOrder = { ...order, triggered: true, queuedAt: at, changedAt: at }
  const market = pit.tape.market(at, quoteAgeMsMax)
  const meeting: Meeting = { floor, pit, market, at }
  const change =
    order.orderType === 'stop'
      ? takeWhatThereIs(meeting, triggered)
      : takeWithin(meeting, triggered)
  floor.record(change ?? { order: triggered, trades: [] })
}
