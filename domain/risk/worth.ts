/**
 * What is held and open is worth, at worst, in a book's currency, and what it ties up of an account's cash.
 *
 * Everything is valued at its mark, both sides apart: long as if every buy filled and no sell, short the other
 * way round. Four kinds of orders, by what they may fill at:
 * - a market order at the mark × (1 + price collar): that far a market may move before it fills;
 * - a limit order at the mark, as what it fills is valued from then on;
 * - a stop order is a market order of a later time, when the market is where it stops: at its stop price or the
 *   mark, whichever makes it worth more, × (1 + price collar). One that stops where the market already was counts
 *   as the market order that it is about to be;
 * - a stop-limit order fills at its limit or better: at its limit or the mark, whichever makes it worth more.
 * A spot or linear contract is worth more the higher its price, an inverse one the lower. Conversion at a rate
 * that is quoted the other way round divides, and rounds away from what would be too little.
 *
 * A spot buy ties up its price and the worst fee (a limit's own price, a stop's as above), a spot sell the coins,
 * a contract its notional ÷ leverage, the fee to get out and what it has lost so far; what it has won so far does
 * not pay for anything. Two strategies of an account that net to nothing have lost what they have lost all the same. How long an order stays, whether it may take, and whether it may only reduce, changes
 * nothing of this: it may fill in full all the same.
 */
import { notional, pnlCurrency, unrealisedPnl } from '#domain/books/position'
import { isNothing, isStop, type Load, longest, shortest } from '#domain/risk/load'
import { type StopPricing, type StopWorth, stopWorth, worthOfStops } from '#domain/risk/stop-claims'
import {
  abs,
  addAmount,
  amountFromQuantity,
  larger,
  scaleHalfEven,
  smaller,
  unscaleDown,
  unscaleHalfEven,
  unscaleUp,
  zeroAmount,
} from '#domain/values/decimal'
import type { Amount, Price, Ratio } from '#schemas/values/decimal'
import type { Currency, MarketSymbol } from '#schemas/values/ids'
import type { InstrumentTerms, Limits, Side, Terms } from '#schemas/values/trading'

const one = (10n ** 18n) as Ratio

/** What the rules of a time say of valuing. */
export interface Valuation {
  /** No venue takes more of a trade. */
  readonly worstFeeRate: Ratio
  /** Whether a mark of <book currency>/<currency> converts too. */
  readonly ratesEitherWay: boolean
  /** Whether what two strategies have lost against each other counts also where nothing is left of their net. */
  readonly countsLockedIn: boolean
}
/** How an amount is turned into another currency. */
export interface Rate {
  readonly by: 'multiplying' | 'dividing'
  readonly price: Price
}

/** What a value depends on besides the quantities and the market. */
export interface FixedPricing {
  readonly instrument: InstrumentTerms
  /** The markets whose mark could be the rate; none where both are one currency. */
  readonly rateSymbols: readonly MarketSymbol[]
  readonly collar: Ratio
  readonly leverage: Ratio
  readonly worstFeeRate: Ratio
  readonly countsLockedIn: boolean
}
/** And the market. A mark or rate that is absent leaves the value unknown. */
export interface Pricing extends FixedPricing {
  readonly mark: Price | undefined
  /** From the currency of the value to the book's. */
  readonly rate: Rate | undefined
  /** The market whose mark it is, or the first that could be where there is none. */
  readonly rateSymbol: MarketSymbol | undefined
}
export const isSamePricing = (a: Pricing, b: Pricing): boolean =>
  a === b ||
  (a.mark === b.mark &&
    isSameRate(a.rate, b.rate) &&
    a.instrument === b.instrument &&
    a.collar === b.collar &&
    a.leverage === b.leverage &&
    a.worstFeeRate === b.worstFeeRate &&
    a.countsLockedIn === b.countsLockedIn)
export const isSameRate = (a: Rate | undefined, b: Rate | undefined): boolean =>
  a === b || (a?.price === b?.price && a?.by === b?.by)
/** In the book's currency; short is below 0 where it is a short position. */
export interface Worth {
  readonly long: Amount
  readonly short: Amount
  /** The greater of the two, whatever its sign. */
  readonly worst: Amount
}
/** What of the account's cash in a currency is spoken for; undefined where it cannot be said. */
export interface Demand {
  readonly currency: Currency
  readonly amount: Amount | undefined
}

/** How far from the mark a market order may fill, and a limit be set. */
export const collarOf = ({ priceCollar }: Limits): Ratio =>
  larger(priceCollar ?? (0n as Ratio), 0n as Ratio)
/** The account's leverage, never more than the book's. */
export const leverageOf = (ofAccount: Ratio | undefined, { maxLeverage }: Limits): Ratio =>
  smaller(ofAccount ?? one, maxLeverage ?? ofAccount ?? one)

/** The markets whose mark turns a currency into the book's, the direct one first; none where they are the same. */
export const rateSymbolsOf = (
  from: Currency,
  to: Currency,
  { ratesEitherWay }: Valuation,
): readonly MarketSymbol[] => {
  if (from === to) return noSymbols
  const direct = `${from}/${to}` as MarketSymbol
  return ratesEitherWay ? [direct, `${to}/${from}` as MarketSymbol] : [direct]
}
const noSymbols: readonly MarketSymbol[] = []
export const parity: Rate = { by: 'multiplying', price: one as bigint as Price }

/** All that a load comes to: what it is worth, and what it ties up in each currency that it touches. */
export interface Valued {
  readonly worth: Worth | undefined
  readonly demands: readonly Demand[]
}
export const valued = (load: Load, pricing: Pricing): Valued => {
  const { kind, base, quote, settle } = pricing.instrument
  const sides = isNothing(load) ? undefined : sidesOf(load, pricing)
  const worth = worthBy(load, pricing, sides)
  const demands =
    kind === 'spot'
      ? [
          { currency: quote, amount: spendingOf(load, pricing) },
          { currency: base, amount: amountFromQuantity(load.sells) },
        ]
      : [{ currency: settle, amount: marginOf(load, pricing, sides) }]
  return { worth, demands }
}
export const worthOf = (load: Load, pricing: Pricing): Worth | undefined =>
  worthBy(load, pricing, isNothing(load) ? undefined : sidesOf(load, pricing))
const worthBy = (load: Load, { rate }: Pricing, sides: Sides | undefined): Worth | undefined => {
  if (isNothing(load)) return worthless
  if (sides === undefined || rate === undefined) return undefined
  // Each side away from the other, so that neither a sum nor a difference of them is too little.
  const long = converted(sides.long, rate, 'up')
  const short = converted(sides.short, rate, 'down')
  return { long, short, worst: farther(long, short) }
}

/** What it ties up in one currency; nothing in one that the instrument does not touch. */
export const demandIn = (currency: Currency, load: Load, pricing: Pricing): Amount | undefined => {
  const { kind, base, quote, settle } = pricing.instrument
  if (kind !== 'spot')
    return currency === settle ? marginOf(load, pricing, sidesOf(load, pricing)) : zeroAmount
  if (currency === quote) return spendingOf(load, pricing)
  return currency === base ? amountFromQuantity(load.sells) : zeroAmount
}
/** The currency that an order needs: what a buy pays with, the coins of a sell, a contract's margin. */
export const fundsCurrency = (
  { side }: Pick<Terms, 'side'>,
  { kind, base, quote, settle }: InstrumentTerms,
): Currency => {
  if (kind !== 'spot') return settle
  return side === 'buy' ? quote : base
}

/** What an order is worth at most when it fills, in the currency of its instrument's value. */
export const orderWorth = (
  { side, quantity, limitPrice, stopPrice }: Terms,
  { instrument, mark, collar }: Pick<Pricing, 'instrument' | 'mark' | 'collar'>,
): Amount | undefined => {
  const at = (price: Price): Amount => notional(price, quantity, instrument)
  if (stopPrice !== undefined) {
    if (mark === undefined) return undefined
    return limitPrice === undefined
      ? raised(at(dearer(stopPrice, mark, instrument)), collar)
      : at(dearer(limitPrice, mark, instrument))
  }
  if (limitPrice === undefined) return mark === undefined ? undefined : raised(at(mark), collar)
  // An inverse contract is so many units of its quote currency whatever the price.
  if (instrument.kind === 'inverse') return mark === undefined ? undefined : at(mark)
  if (side === 'buy') return at(limitPrice)
  // It sells at its limit or above: at the mark, if that is higher.
  return mark === undefined ? undefined : at(larger(limitPrice, mark))
}

/** Dividing rounds to the side that is asked for; multiplying to the nearest. */
export const converted = (amount: Amount, { by, price }: Rate, to: 'up' | 'down'): Amount => {
  const ratio = price as bigint as Ratio
  if (by === 'multiplying') return ratio === one ? amount : scaleHalfEven(amount, ratio)
  return to === 'up' ? unscaleUp(amount, ratio) : unscaleDown(amount, ratio)
}
export const valueCurrency = pnlCurrency

export const worthless: Worth = { long: zeroAmount, short: zeroAmount, worst: zeroAmount }

/** Both sides in the currency of the instrument's value. */
interface Sides {
  readonly long: Amount
  readonly short: Amount
}
const sidesOf = (load: Load, { instrument, mark, collar }: Pricing): Sides | undefined => {
  if (mark === undefined) return undefined
  const pricing = { instrument, mark, collar }
  const long = notional(mark, longest(load), instrument)
  const short = notional(mark, shortest(load), instrument)
  const longer = beyondMark(load, 'buy', pricing)
  const shorter = beyondMark(load, 'sell', pricing)
  return {
    long: longer === 0n ? long : addAmount(long, longer),
    short: shorter === 0n ? short : ((short - shorter) as Amount),
  }
}
/** What market and stop orders may make of it further than at the mark. */
const beyondMark = (load: Load, side: Side, pricing: StopPricing): Amount => {
  const quantity = side === 'buy' ? load.marketBuys : load.marketSells
  const stops = stopsOf(load, side, pricing).beyond
  if (quantity === 0n) return stops
  const atMark = notional(pricing.mark, quantity, pricing.instrument)
  return addAmount(scaleHalfEven(atMark, pricing.collar), stops)
}
/** With the one that is only thought of. */
const stopsOf = (
  { stopBuys, stopSells, moreStop }: Load,
  side: Side,
  pricing: StopPricing,
): StopWorth => {
  const book = side === 'buy' ? stopBuys : stopSells
  const open = book === undefined ? noStops : worthOfStops(book, pricing)
  if (moreStop?.side !== side || !isStop(moreStop)) return open
  const worth = stopWorth(moreStop, pricing)
  const atMark = notional(pricing.mark, moreStop.quantity, pricing.instrument)
  return {
    beyond: (open.beyond + worth - atMark) as Amount,
    market: moreStop.market ? addAmount(open.market, worth) : open.market,
  }
}
const noStops: StopWorth = { beyond: zeroAmount, market: zeroAmount }
/** Of two prices the one at which the instrument is worth more. */
const dearer = (a: Price, b: Price, { kind }: InstrumentTerms): Price =>
  kind === 'inverse' ? smaller(a, b) : larger(a, b)

const spendingOf = (
  load: Load,
  { instrument, mark, collar, worstFeeRate }: Pricing,
): Amount | undefined => {
  if (load.marketBuys === 0n && !hasMarketStopBuys(load))
    return raised(load.limitBuysCost, worstFeeRate)
  if (mark === undefined) return undefined
  const atMarket = raised(notional(mark, load.marketBuys, instrument), collar)
  const stops = stopsOf(load, 'buy', { instrument, mark, collar }).market
  return raised(addAmount(addAmount(load.limitBuysCost, atMarket), stops), worstFeeRate)
}
const hasMarketStopBuys = ({ stopBuys, moreStop }: Load): boolean =>
  (stopBuys !== undefined && stopBuys.markets > 0) ||
  (moreStop !== undefined && moreStop.side === 'buy' && moreStop.market)
const marginOf = (load: Load, pricing: Pricing, sides: Sides | undefined): Amount | undefined => {
  const { instrument, mark, leverage, worstFeeRate, countsLockedIn } = pricing
  // Of nothing any price makes nothing: what is left of the cost is lost or won for good.
  if (isNothing(load)) return countsLockedIn ? lossOf(load, parity.price, instrument) : zeroAmount
  if (mark === undefined || sides === undefined || leverage <= 0n) return undefined
  const worst = farther(sides.long, sides.short)
  return addAmount(
    addAmount(unscaleHalfEven(worst, leverage), scaleHalfEven(worst, worstFeeRate)),
    lossOf(load, mark, instrument),
  )
}
const lossOf = (
  { quantity, costBasis }: Load,
  mark: Price,
  instrument: InstrumentTerms,
): Amount => {
  if (quantity === 0n && costBasis === 0n) return zeroAmount
  const pnl = unrealisedPnl({ quantity, costBasis, realisedPnl: zeroAmount }, mark, instrument)
  return pnl < 0n ? ((0n - pnl) as Amount) : zeroAmount
}
const raised = (amount: Amount, by: Ratio): Amount =>
  amount === 0n || by === 0n ? amount : addAmount(amount, scaleHalfEven(amount, by))
/** The greater of the two, whatever its sign. */
const farther = (a: Amount, b: Amount): Amount => larger(abs(a), abs(b)) as Amount
