/** A trade or a quote from its parts, or the first part that cannot be read. */
import * as E from 'fp-ts/lib/Either.js'
import type { Price, Quantity } from '#schemas/values/decimal'
import type { Instant } from '#schemas/values/instant'
import type { Side } from '#schemas/values/trading'
import { malformed, priceOf, shownQuantityOf, tradedQuantityOf, tradeIdOf } from './fields.ts'
import type { Code, HeardQuote, HeardTrade, Malformed, Place } from './heard.ts'

interface TradeParts {
  readonly code: Code
  readonly tradeId: unknown
  readonly place: E.Either<string, Place>
  readonly at: E.Either<string, Instant>
  readonly price: unknown
  readonly quantity: unknown
  /** Undefined where the venue used a word that we do not know. */
  readonly aggressor: Side | undefined
}

export const readTrade = (parts: TradeParts, frame: unknown): HeardTrade | Malformed => {
  const tradeId = tradeIdOf(parts.tradeId)
  const price = priceOf(parts.price)
  const quantity = tradedQuantityOf(parts.quantity)
  const { code, place, at, aggressor } = parts
  if (E.isLeft(tradeId)) return malformed(tradeId.left, frame)
  if (E.isLeft(place)) return malformed(place.left, frame)
  if (E.isLeft(at)) return malformed(at.left, frame)
  if (E.isLeft(price)) return malformed(price.left, frame)
  if (E.isLeft(quantity)) return malformed(quantity.left, frame)
  if (aggressor === undefined) return malformed('side', frame)
  return {
    type: 'trade',
    code,
    tradeId: tradeId.right,
    place: place.right,
    venueAt: at.right,
    price: price.right,
    quantity: quantity.right,
    aggressor,
  }
}

interface QuoteParts {
  readonly code: Code
  readonly number: E.Either<string, number | undefined>
  readonly at: E.Either<string, Instant | undefined>
  readonly bid: unknown
  readonly bidQuantity: unknown
  readonly ask: unknown
  readonly askQuantity: unknown
}

export const readQuote = (parts: QuoteParts, frame: unknown): HeardQuote | Malformed => {
  const { code, number, at } = parts
  const bid = sideOf(parts.bid, parts.bidQuantity)
  const ask = sideOf(parts.ask, parts.askQuantity)
  if (E.isLeft(number)) return malformed(number.left, frame)
  if (E.isLeft(at)) return malformed(at.left, frame)
  if (E.isLeft(bid)) return malformed(bid.left, frame)
  if (E.isLeft(ask)) return malformed(ask.left, frame)
  // Nobody can trade at both sides of it, so it is no quote.
  if (bid.right.price > ask.right.price) return malformed('crossed', frame)
  return {
    type: 'quote',
    code,
    number: number.right,
    venueAt: at.right,
    bid: bid.right.price,
    bidQuantity: bid.right.quantity,
    ask: ask.right.price,
    askQuantity: ask.right.quantity,
  }
}

interface Shown {
  readonly price: Price
  readonly quantity: Quantity
}
const sideOf = (price: unknown, quantity: unknown): E.Either<string, Shown> => {
  const at = priceOf(price)
  const shown = shownQuantityOf(quantity)
  if (E.isLeft(at)) return at
  return E.isLeft(shown) ? shown : E.right({ price: at.right, quantity: shown.right })
}

export const densePlace = (number: E.Either<string, number>): E.Either<string, Place> =>
  E.isLeft(number) ? number : E.right({ number: number.right, dense: true })
