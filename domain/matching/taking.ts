/** What becomes of an order that meets the market: it takes what it may, and the rest of it waits or ends. */
import type { VenueInstrument } from '#domain/kernel/venue'
import { notionalRefusal, refusal } from '#domain/matching/acceptance'
import { type Taking, takingMost, takingPrice, takingWithin } from '#domain/matching/crossing'
import { feeOf } from '#domain/matching/fees'
import type { Floor } from '#domain/matching/floor'
import { type Change, type PaperOrder, type PaperTrade, remaining } from '#domain/matching/order'
import type { Pit } from '#domain/matching/pits'
import type { Market } from '#domain/matching/tape'
import { smaller } from '#domain/values/decimal'
import { Quantity } from '#schemas/values/decimal'
import type { Instant } from '#schemas/values/instant'
import type { Liquidity, Reason } from '#schemas/values/trading'

/** Where and when it meets the market; undefined: there is none, or it is too old. */
export interface Meeting {
  readonly floor: Floor
  readonly pit: Pit
  readonly market: Market | undefined
  readonly at: Instant
}

export const refused = (order: PaperOrder, reason: Reason): Change => ({
  order: { ...order, status: 'refused', reason },
  trades: [],
})

/** A market order that has just come: all of it, or nothing where there is no price to be had. */
export const takeAll = (meeting: Meeting, order: PaperOrder): Change => {
  const { pit, market } = meeting
  const { side, quantity, symbol } = order
  if (market === undefined)
    return refused(order, refusal('noMarket', `${symbol} has no quote that is fresh`))
  const most = takingMost(side, market)
  if (quantity > most) {
    const says = `no more than ${Quantity.encode(most)} can be had at once`
    return refused(order, refusal('noMarket', says))
  }
  const price = takingPrice(side, quantity, market, pit.instrument.rules)
  const tooSmall = order.reduceOnly ? undefined : notionalRefusal(price, quantity, pit.instrument)
  return tooSmall === undefined
    ? take(meeting, order, { quantity, price })
    : refused(order, tooSmall)
}

/** A stop order whose price was reached: what can be had at once, and the rest of it ends. Undefined: no market. */
export const takeWhatThereIs = (meeting: Meeting, order: PaperOrder): Change | undefined => {
  const { pit, market, at } = meeting
  if (market === undefined) return undefined
  const { lotSize } = pit.instrument.rules
  const most = smaller(allowed(meeting, order), takingMost(order.side, market))
  const quantity = (most - (most % lotSize)) as Quantity
  if (quantity === 0n) return { order: { ...order, status: 'expired', changedAt: at }, trades: [] }
  const price = takingPrice(order.side, quantity, market, pit.instrument.rules)
  return withoutRest(take(meeting, order, { quantity, price }), at)
}

/** A limit order: as much as its limit allows, which may be nothing; what is left of it rests, or ends. */
export const takeWithin = (meeting: Meeting, order: PaperOrder): Change => {
  const { pit, market, at } = meeting
  const { side, limitPrice, timeInForce } = order
  const wanted = allowed(meeting, order)
  const taking =
    market === undefined || limitPrice === undefined
      ? undefined
      : takingWithin(side, wanted, limitPrice, market, pit.instrument.rules)
  const untouched = { order, trades: [] }
  switch (timeInForce) {
    case 'fok': {
      const whole = taking !== undefined && taking.quantity === remaining(order)
      return whole ? take(meeting, order, taking) : withoutRest(untouched, at)
    }
    case 'ioc':
      return withoutRest(taking === undefined ? untouched : take(meeting, order, taking), at)
    case 'gtc':
    case 'gtd':
      return taking === undefined ? untouched : take(meeting, order, taking)
  }
}

/** What is left of it, and no more than it may reduce where it only may reduce. */
export const allowed = ({ floor }: Pick<Meeting, 'floor'>, order: PaperOrder): Quantity =>
  order.reduceOnly
    ? smaller(remaining(order), floor.reducible(order.account, order.symbol, order.side))
    : remaining(order)

const take = ({ floor, pit, at }: Meeting, order: PaperOrder, taking: Taking): Change => {
  pit.tape.take(order.side, taking.quantity)
  return filled(floor, order, taking, { instrument: pit.instrument, liquidity: 'taker', at })
}

const withoutRest = ({ order, trades }: Change, at: Instant): Change =>
  order.status === 'open'
    ? { order: { ...order, status: 'expired', changedAt: at }, trades }
    : { order, trades }

export interface Filling {
  readonly instrument: VenueInstrument
  readonly liquidity: Liquidity
  readonly at: Instant
  readonly print?: string
}
/** The order after a fill, and the trade. */
export const filled = (
  floor: Floor,
  order: PaperOrder,
  { quantity, price }: Taking,
  { instrument, liquidity, at, print }: Filling,
): Change => {
  const { id: orderId, clientOrderId, account, symbol, side } = order
  const trade: PaperTrade = {
    id: floor.nextTradeId(),
    orderId,
    clientOrderId,
    account,
    symbol,
    side,
    quantity,
    price,
    fee: feeOf(price, quantity, instrument.terms, liquidity),
    liquidity,
    at,
    ...(print === undefined ? {} : { print }),
  }
  const filledTotal = (order.filledTotal + quantity) as Quantity
  const status = filledTotal === order.quantity ? 'filled' : order.status
  return { order: { ...order, filledTotal, status, changedAt: at }, trades: [trade] }
}
