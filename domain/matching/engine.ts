/**
 * The paper venue's matching: what becomes of orders and of the tape's prints, one after the other. It owns its state
 * and changes it in place; the same inputs give the same changes. Whoever drives it makes them durable before telling.
 */
import type { VenueInstrument } from '#domain/kernel/venue'
import { notionalRefusal, refusal, refusalOf } from '#domain/matching/acceptance'
import { type Taking, takingMost, takingPrice, takingWithin } from '#domain/matching/crossing'
import { feeOf } from '#domain/matching/fees'
import type { Change, PaperOrder, PaperRequest, PaperTrade } from '#domain/matching/order'
import { type Floor, type MatchingState, openFloor, type Pit, printOf } from '#domain/matching/pits'
import type { Market } from '#domain/matching/tape'
import type { HubFrame, TradeTick } from '#schemas/market/tick'
import { Quantity } from '#schemas/values/decimal'
import type { AccountId, ClientOrderId, MarketSymbol } from '#schemas/values/ids'
import { formatInstant, type Instant } from '#schemas/values/instant'
import type { Liquidity, Reason } from '#schemas/values/trading'

export interface Matching {
  /** Takes an order in, or refuses it, and crosses what crosses. Its client order id must be new to the account. */
  readonly place: (request: PaperRequest, at: Instant) => Change
  /** Undefined where it is not open. */
  readonly cancel: (
    account: AccountId,
    clientOrderId: ClientOrderId,
    at: Instant,
  ) => Change | undefined
  /** Hears the market; a trade of it may fill what rests. */
  readonly hear: (frame: HubFrame, at: Instant) => readonly Change[]
  readonly open: (account: AccountId, clientOrderId: ClientOrderId) => PaperOrder | undefined
  readonly instruments: () => readonly VenueInstrument[]
}
export interface MatchingOptions {
  readonly instrumentOf: (symbol: MarketSymbol) => VenueInstrument
  /** Offered from the start; what the market source names is added. */
  readonly symbols: readonly MarketSymbol[]
  /** Nothing crosses to a quote that is older. */
  readonly quoteAgeMsMax: number
}

export const nothingYet: MatchingState = {
  open: [],
  lastOrderId: 0n,
  lastTradeId: 0n,
  prints: new Map(),
}

export const openMatching = (
  { instrumentOf, symbols, quoteAgeMsMax }: MatchingOptions,
  state: MatchingState,
): Matching => {
  const floor = openFloor(instrumentOf, state)
  for (const symbol of symbols) floor.offer(symbol)
  return {
    place: (request, at) => place(floor, quoteAgeMsMax, request, at),
    cancel: (account, clientOrderId, at) => {
      const order = floor.open(account, clientOrderId)
      if (order === undefined) return undefined
      const cancelled: PaperOrder = { ...order, status: 'cancelled', changedAt: at }
      floor.settle(cancelled)
      return { order: cancelled, trades: [] }
    },
    hear: (frame, at) => hear(floor, frame, at),
    open: floor.open,
    instruments: () => [...floor.pits.values()].map(({ instrument }) => instrument),
  }
}

const place = (floor: Floor, quoteAgeMsMax: number, request: PaperRequest, at: Instant): Change => {
  const order = takenIn(floor.nextOrderId(), request, at)
  const pit = floor.pits.get(request.symbol)
  const refused = lateness(request, at) ?? refusalOf(request, pit?.instrument)
  if (pit === undefined || refused !== undefined) return refusedWith(order, refused)
  const market = pit.tape.market(at, quoteAgeMsMax)
  if (order.orderType === 'market') return fillAtOnce(floor, pit, order, market)
  const crossed = crossAtOnce(floor, pit, order, market)
  if (crossed.order.status !== 'open') return crossed
  if (order.timeInForce === 'ioc')
    return { ...crossed, order: { ...crossed.order, status: 'expired' } }
  floor.add(crossed.order)
  return crossed
}

const takenIn = (id: bigint, request: PaperRequest, at: Instant): PaperOrder => {
  const { postOnly: _, reduceOnly: __, sendBy: ___, ...asked } = request
  const filledTotal = 0n as Quantity
  return { id, ...asked, status: 'open', filledTotal, placedAt: at, changedAt: at }
}
const refusedWith = (order: PaperOrder, reason: Reason | undefined): Change => ({
  order: { ...order, status: 'refused', ...(reason === undefined ? {} : { reason }) },
  trades: [],
})

const lateness = ({ sendBy }: PaperRequest, at: Instant): Reason | undefined =>
  at > sendBy
    ? refusal(
        'deadlinePassed',
        `to be sent by ${formatInstant(sendBy)}, here at ${formatInstant(at)}`,
      )
    : undefined

/** A market order: all of it, or nothing where there is no price to be had. */
const fillAtOnce = (
  floor: Floor,
  { instrument }: Pit,
  order: PaperOrder,
  market: Market | undefined,
): Change => {
  if (market === undefined)
    return refusedWith(order, refusal('noMarket', `${order.symbol} has no quote that is fresh`))
  const { side, quantity } = order
  if (quantity > takingMost(market)) {
    const most = Quantity.encode(takingMost(market))
    return refusedWith(order, refusal('noMarket', `no more than ${most} can be had at once`))
  }
  const price = takingPrice(side, quantity, market, instrument.rules)
  const tooSmall = notionalRefusal(price, quantity, instrument)
  if (tooSmall !== undefined) return refusedWith(order, tooSmall)
  return filled(
    floor,
    order,
    { quantity, price },
    { instrument, liquidity: 'taker', at: order.placedAt },
  )
}

/** A limit order: as much as its limit allows, which may be nothing. */
const crossAtOnce = (
  floor: Floor,
  { instrument }: Pit,
  order: PaperOrder,
  market: Market | undefined,
): Change => {
  const { side, quantity, limitPrice, placedAt: at } = order
  const taking =
    market === undefined || limitPrice === undefined
      ? undefined
      : takingWithin(side, quantity, limitPrice, market, instrument.rules)
  return taking === undefined
    ? { order, trades: [] }
    : filled(floor, order, taking, { instrument, liquidity: 'taker', at })
}

interface Filling {
  readonly instrument: VenueInstrument
  readonly liquidity: Liquidity
  readonly at: Instant
  readonly print?: string
}
/** The order after a fill, and the trade. */
const filled = (
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

const hear = (floor: Floor, frame: HubFrame, at: Instant): readonly Change[] => {
  switch (frame.type) {
    case 'trade':
      return hearTrade(floor, frame, at)
    case 'quote':
      floor.offer(frame.symbol).tape.hearQuote(frame)
      return []
    case 'welcome':
      for (const symbol of frame.symbols) floor.offer(symbol)
      for (const pit of floor.pits.values()) pit.mayBeOld = true
      return []
    case 'ended':
      return []
  }
}

const hearTrade = (floor: Floor, trade: TradeTick, at: Instant): readonly Change[] => {
  const pit = floor.offer(trade.symbol)
  const { instrument, resting, mayBeOld } = pit
  const print = printOf(trade)
  const isOld = mayBeOld && print === pit.lastPrint
  pit.mayBeOld = false
  pit.lastPrint = print
  if (isOld) return []
  pit.tape.hearTrade(trade)
  const changes = resting
    .reachedBy(trade, instrument.rules.lotSize)
    // What was traded before an order was here, and is only now heard, does not fill it.
    .filter(({ order }) => !mayBeOld || order.placedAt < trade.receivedAt)
    .map(({ order, quantity }) => {
      const price = order.limitPrice ?? trade.price
      return filled(
        floor,
        order,
        { quantity, price },
        { instrument, liquidity: 'maker', at, print },
      )
    })
  for (const { order } of changes) floor.settle(order)
  return changes
}
