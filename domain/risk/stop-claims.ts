/**
 * The open stop orders of one side of a load, in order of price, and what they are worth at a mark. A stop counts
 * at its own price or the mark, whichever is worth more: as the mark moves, only those that it passes change from
 * one sum to the other. Each order is rounded by itself, so that a sum is, to the last digit, what one pass over
 * them all would add up to.
 */
import { notional } from '#domain/books/position'
import { addAmount, scaleHalfEven } from '#domain/values/decimal'
import type { Amount, Price, Quantity, Ratio } from '#schemas/values/decimal'
import type { InstrumentTerms } from '#schemas/values/trading'

export interface StopClaim {
  readonly quantity: Quantity
  /** Whether it becomes a market order, and not a limit order. */
  readonly market: boolean
  /** Of a stop order its stop price, of a stop-limit order its limit. */
  readonly price: Price
}
/** What a value depends on besides the claims. */
export interface StopPricing {
  readonly instrument: InstrumentTerms
  readonly mark: Price
  readonly collar: Ratio
}
export interface StopWorth {
  /** How much more than at the mark. */
  readonly beyond: Amount
  /** In full, and only of those that become market orders. */
  readonly market: Amount
}

/** Quantities that are valued at one price: by how many orders have each, as each is rounded by itself. */
interface Bag {
  total: bigint
  /** Divides each of them; 0n where there is none. */
  grain: bigint
  readonly counts: Map<bigint, number>
}
export interface StopBook {
  /** From the lowest price to the highest. */
  readonly claims: StopClaim[]
  /** How many of them become market orders. */
  markets: number
  /** What the sums were last made for. Undefined: for nothing yet, and there are none. */
  pricing: StopPricing | undefined
  /** The claims before this place have their price on the lower side of the mark. */
  cut: number
  /** Of those that are worth more at their own price. */
  ownWorth: bigint
  ownMarketWorth: bigint
  readonly own: Bag
  /** Of those that become market orders and are worth more at the mark. */
  readonly marked: Bag
}

export const emptyStopBook = (): StopBook => ({
  claims: [],
  markets: 0,
  pricing: undefined,
  cut: 0,
  ownWorth: 0n,
  ownMarketWorth: 0n,
  own: emptyBag(),
  marked: emptyBag(),
})
const emptyBag = (): Bag => ({ total: 0n, grain: 0n, counts: new Map() })

export const addStop = (book: StopBook, claim: StopClaim): void => {
  book.claims.splice(placeOf(book.claims, claim), 0, claim)
  if (claim.market) book.markets += 1
  if (book.pricing === undefined) return
  if (isBelow(claim, book.pricing)) book.cut += 1
  enter(book, claim, book.pricing)
}
/** The same claim, or one that is the same in everything; nothing where there is none. */
export const removeStop = (book: StopBook, claim: StopClaim): void => {
  const at = placeOf(book.claims, claim)
  const found = book.claims[at]
  if (found === undefined || order(found, claim) !== 0) return
  book.claims.splice(at, 1)
  if (claim.market) book.markets -= 1
  if (book.pricing === undefined) return
  if (isBelow(claim, book.pricing)) book.cut -= 1
  leave(book, claim, book.pricing)
}

export const worthOfStops = (book: StopBook, pricing: StopPricing): StopWorth => {
  if (book.claims.length === 0) return nothing
  move(book, pricing)
  const { instrument, mark, collar } = pricing
  const atMark = (quantity: bigint): bigint => notional(mark, quantity as Quantity, instrument)
  const premium = (quantity: bigint): bigint => scaleHalfEven(atMark(quantity) as Amount, collar)
  const premiums = sumOver(book.marked, premium, (grain) => isPremiumEven(grain, pricing))
  const isEven = (grain: bigint): boolean => isWorthEven(grain, pricing)
  const beyond = book.ownWorth - sumOver(book.own, atMark, isEven) + premiums
  const market = book.ownMarketWorth + sumOver(book.marked, atMark, isEven) + premiums
  return { beyond: beyond as Amount, market: market as Amount }
}
const nothing: StopWorth = { beyond: 0n as Amount, market: 0n as Amount }

/** One stop by itself, at its own price or the mark, whichever is worth more. */
export const stopWorth = (claim: StopClaim, pricing: StopPricing): Amount =>
  worthAt(isDearer(claim, pricing) ? claim.price : pricing.mark, claim, pricing)
const worthAt = (
  price: Price,
  { quantity, market }: StopClaim,
  { instrument, collar }: StopPricing,
): Amount => {
  const worth = notional(price, quantity, instrument)
  return market ? addAmount(worth, scaleHalfEven(worth, collar)) : worth
}

/** Whether it is worth more at its own price: a spot or linear contract the higher that is, an inverse one the lower. */
const isDearer = ({ price }: StopClaim, { mark, instrument }: StopPricing): boolean =>
  instrument.kind === 'inverse' ? price < mark : price > mark
/** Where a price is the mark itself, both count the same: it stands with those that are not dearer. */
const isBelow = (claim: StopClaim, pricing: StopPricing): boolean =>
  (pricing.instrument.kind === 'inverse') === isDearer(claim, pricing)

const enter = (book: StopBook, claim: StopClaim, pricing: StopPricing): void => {
  if (isDearer(claim, pricing)) {
    const worth = worthAt(claim.price, claim, pricing)
    book.ownWorth += worth
    if (claim.market) book.ownMarketWorth += worth
    put(book.own, claim.quantity)
  } else if (claim.market) put(book.marked, claim.quantity)
}
const leave = (book: StopBook, claim: StopClaim, pricing: StopPricing): void => {
  if (isDearer(claim, pricing)) {
    const worth = worthAt(claim.price, claim, pricing)
    book.ownWorth -= worth
    if (claim.market) book.ownMarketWorth -= worth
    take(book.own, claim.quantity)
  } else if (claim.market) take(book.marked, claim.quantity)
}

/** Those that the mark has passed since change sides; all of them are added up anew where more than the mark is another. */
const move = (book: StopBook, pricing: StopPricing): void => {
  const before = book.pricing
  if (before?.instrument !== pricing.instrument || before.collar !== pricing.collar)
    return addUp(book, pricing)
  if (before.mark === pricing.mark) return
  book.pricing = pricing
  const cross = (claim: StopClaim | undefined): void => {
    if (claim === undefined) return
    leave(book, claim, before)
    enter(book, claim, pricing)
  }
  for (; isBelowAt(book, book.cut, pricing); book.cut += 1) cross(book.claims[book.cut])
  for (; isAboveAt(book, book.cut - 1, pricing); book.cut -= 1) cross(book.claims[book.cut - 1])
}
const isBelowAt = ({ claims }: StopBook, at: number, pricing: StopPricing): boolean => {
  const claim = claims[at]
  return claim !== undefined && isBelow(claim, pricing)
}
const isAboveAt = ({ claims }: StopBook, at: number, pricing: StopPricing): boolean => {
  const claim = claims[at]
  return claim !== undefined && !isBelow(claim, pricing)
}
const addUp = (book: StopBook, pricing: StopPricing): void => {
  book.pricing = pricing
  book.ownWorth = 0n
  book.ownMarketWorth = 0n
  empty(book.own)
  empty(book.marked)
  for (const claim of book.claims) enter(book, claim, pricing)
  book.cut = book.claims.filter((claim) => isBelow(claim, pricing)).length
}

const put = (bag: Bag, quantity: bigint): void => {
  bag.total += quantity
  bag.grain = commonDivisor(quantity, bag.grain)
  bag.counts.set(quantity, (bag.counts.get(quantity) ?? 0) + 1)
}
const take = (bag: Bag, quantity: bigint): void => {
  bag.total -= quantity
  const left = (bag.counts.get(quantity) ?? 1) - 1
  if (left > 0) bag.counts.set(quantity, left)
  else bag.counts.delete(quantity)
  // What divided them all divides those that are left.
  if (bag.counts.size === 0) bag.grain = 0n
}
const empty = (bag: Bag): void => {
  bag.total = 0n
  bag.grain = 0n
  bag.counts.clear()
}
/** The sum of a value of each. Where that of the grain comes out even, nothing is rounded, and all are valued as one. */
const sumOver = (
  { total, grain, counts }: Bag,
  valueOf: (quantity: bigint) => bigint,
  isEven: (grain: bigint) => boolean,
): bigint => {
  if (total === 0n) return 0n
  if (isEven(grain)) return valueOf(total)
  let sum = 0n
  for (const [quantity, count] of counts) sum += valueOf(quantity) * BigInt(count)
  return sum
}
const one = 10n ** 18n
const isWorthEven = (quantity: bigint, { instrument, mark }: StopPricing): boolean => {
  const { kind, contractSize } = instrument
  if (kind === 'inverse') return (quantity * contractSize * one) % mark === 0n
  return contractSize === one || (quantity * mark * contractSize) % one === 0n
}
const isPremiumEven = (quantity: bigint, pricing: StopPricing): boolean =>
  isWorthEven(quantity, pricing) &&
  (notional(pricing.mark, quantity as Quantity, pricing.instrument) * pricing.collar) % one === 0n
const commonDivisor = (a: bigint, b: bigint): bigint => {
  let [larger, smaller] = [a, b]
  while (smaller !== 0n) [larger, smaller] = [smaller, larger % smaller]
  return larger
}

/** Where a claim stands, or would have to. */
const placeOf = (claims: readonly StopClaim[], claim: StopClaim): number => {
  let low = 0
  let high = claims.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const there = claims[middle]
    if (there !== undefined && order(there, claim) < 0) low = middle + 1
    else high = middle
  }
  return low
}
const order = (a: StopClaim, b: StopClaim): number => {
  if (a.price !== b.price) return a.price < b.price ? -1 : 1
  if (a.quantity !== b.quantity) return a.quantity < b.quantity ? -1 : 1
  return Number(a.market) - Number(b.market)
}
