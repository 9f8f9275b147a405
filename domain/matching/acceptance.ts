/** What the paper venue takes in: orders that make sense and that its instruments allow. */
import type { VenueInstrument } from '#domain/kernel/venue'
import type { PaperRequest } from '#domain/matching/order'
import { amountOf, scaleHalfEven } from '#domain/values/decimal'
import type { PaperCode } from '#schemas/codes'
import { Amount, formatDecimal, placesOfQuantity, Price, Quantity } from '#schemas/values/decimal'
import type { Code, Line } from '#schemas/values/ids'
import { formatInstant, type Instant } from '#schemas/values/instant'
import type { Reason } from '#schemas/values/trading'

export const refusal = (code: PaperCode, message: string): Reason => ({
  code: code as string as Code,
  message: message as Line,
})

/** Why such an order is not taken in, most fundamental first, whatever the market is. Undefined: it may be. */
export const refusalOf = (
  request: Omit<PaperRequest, 'sendBy'>,
  instrument: VenueInstrument | undefined,
  at: Instant,
): Reason | undefined => {
  const { symbol, orderType, expireAt } = request
  if (instrument === undefined) return refusal('unknownSymbol', `${symbol} is not traded here`)
  if (!instrument.rules.orderTypes.includes(orderType))
    return refusal('notSupported', `${orderType} orders are not taken here`)
  if (request.reduceOnly && instrument.terms.kind === 'spot')
    return refusal('notSupported', `reduce-only is for contracts, and ${symbol} is none`)
  const contradiction = contradictionIn(request)
  if (contradiction !== undefined) return refusal('invalid', contradiction)
  if (expireAt !== undefined && expireAt <= at)
    return refusal('expireAtPassed', `to end at ${formatInstant(expireAt)}, which is over`)
  return quantityRefusal(request, instrument) ?? priceRefusal(request, instrument)
}

/** What does not go together in an order. */
const contradictionIn = ({
  orderType,
  timeInForce,
  limitPrice,
  stopPrice,
  expireAt,
  postOnly,
}: Omit<PaperRequest, 'sendBy'>): string | undefined => {
  const hasLimit = orderType === 'limit' || orderType === 'stopLimit'
  const hasStop = orderType === 'stop' || orderType === 'stopLimit'
  const waits = timeInForce === 'gtc' || timeInForce === 'gtd'
  const needs = (name: string, needed: boolean): string =>
    needed ? `a ${orderType} order needs a ${name}` : `a ${orderType} order has no ${name}`
  if (hasLimit !== (limitPrice !== undefined)) return needs('limit price', hasLimit)
  if (hasStop !== (stopPrice !== undefined)) return needs('stop price', hasStop)
  if (orderType === 'market' && waits) return 'a market order is ioc or fok: it never waits'
  if (hasStop && !waits) return `a ${orderType} order waits for its price: it is gtc or gtd`
  if ((timeInForce === 'gtd') !== (expireAt !== undefined))
    return 'expireAt is for gtd orders, which need it'
  if (postOnly && (orderType !== 'limit' || !waits))
    return 'post-only is for limit orders that are gtc or gtd'
  return undefined
}

const quantityRefusal = (
  { quantity }: Pick<PaperRequest, 'quantity'>,
  { rules: { lotSize, quantityMin, quantityMax } }: VenueInstrument,
): Reason | undefined => {
  const says = Quantity.encode(quantity)
  if (quantity % lotSize !== 0n)
    return refusal('quantityIncrement', `${says} is no multiple of ${Quantity.encode(lotSize)}`)
  if (quantity < quantityMin || quantity === 0n)
    return refusal('quantityMin', `${says} is below ${Quantity.encode(quantityMin)}`)
  if (quantityMax !== undefined && quantity > quantityMax)
    return refusal('quantityMax', `${says} is above ${Quantity.encode(quantityMax)}`)
  return undefined
}

const priceRefusal = (
  { quantity, limitPrice, stopPrice, reduceOnly }: Omit<PaperRequest, 'sendBy'>,
  instrument: VenueInstrument,
): Reason | undefined => {
  const { tickSize } = instrument.rules
  const says = Price.encode(tickSize)
  for (const price of [limitPrice, stopPrice]) {
    if (price !== undefined && price % tickSize !== 0n)
      return refusal('priceIncrement', `${Price.encode(price)} is no multiple of ${says}`)
  }
  // A stop order without a limit gets about its stop price, or worse. What is left of a position may always be closed.
  const price = limitPrice ?? stopPrice
  return price === undefined || reduceOnly
    ? undefined
    : notionalRefusal(price, quantity, instrument)
}

/** In the quote currency, for every kind of instrument. */
const quoteNotional = (
  price: Price,
  quantity: Quantity,
  { terms: { kind, contractSize } }: VenueInstrument,
): Amount =>
  kind === 'inverse'
    ? amountOf(contractSize as bigint as Price, quantity)
    : scaleHalfEven(amountOf(price, quantity), contractSize)

/** Of a limit order by its limit, of a market order by the price that it would get. */
export const notionalRefusal = (
  price: Price,
  quantity: Quantity,
  instrument: VenueInstrument,
): Reason | undefined => {
  const { notionalMin } = instrument.rules
  const worth = quoteNotional(price, quantity, instrument)
  const { quote } = instrument.terms
  return worth < notionalMin
    ? refusal(
        'notionalMin',
        `${formatDecimal(worth, 2 * placesOfQuantity)} ${quote} is below ${Amount.encode(notionalMin)} ${quote}`,
      )
    : undefined
}
