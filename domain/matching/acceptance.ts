/** What the paper venue takes in: orders that its instruments allow. */
import type { VenueInstrument } from '#domain/kernel/venue'
import type { PaperRequest } from '#domain/matching/order'
import { amountOf, scaleHalfEven } from '#domain/values/decimal'
import type { PaperCode } from '#schemas/codes'
import { Amount, formatDecimal, placesOfQuantity, Price, Quantity } from '#schemas/values/decimal'
import type { Code, Line } from '#schemas/values/ids'
import type { Reason } from '#schemas/values/trading'

export const refusal = (code: PaperCode, message: string): Reason => ({
  code: code as string as Code,
  message: message as Line,
})

/** Why such an order is not taken in, most fundamental first. Undefined: it is. */
export const refusalOf = (
  request: PaperRequest,
  instrument: VenueInstrument | undefined,
): Reason | undefined => {
  const { symbol, orderType, limitPrice } = request
  if (instrument === undefined) return refusal('unknownSymbol', `${symbol} is not traded here`)
  const { rules } = instrument
  if (!rules.orderTypes.includes(orderType))
    return refusal('notSupported', `${orderType} orders are not taken here`)
  if (request.postOnly || request.reduceOnly)
    return refusal('notSupported', 'post-only and reduce-only orders are not taken here')
  if (orderType === 'limit' && limitPrice === undefined)
    return refusal('invalid', 'a limit order needs a limit price')
  if (orderType === 'market' && limitPrice !== undefined)
    return refusal('invalid', 'a market order has no limit price')
  return quantityRefusal(request, instrument) ?? priceRefusal(request, instrument)
}

const quantityRefusal = (
  { quantity }: PaperRequest,
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
  { quantity, limitPrice }: PaperRequest,
  instrument: VenueInstrument,
): Reason | undefined => {
  if (limitPrice === undefined) return undefined
  const { tickSize } = instrument.rules
  if (limitPrice % tickSize !== 0n)
    return refusal(
      'priceIncrement',
      `${Price.encode(limitPrice)} is no multiple of ${Price.encode(tickSize)}`,
    )
  return notionalRefusal(limitPrice, quantity, instrument)
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
