/**
 * What is held and open is worth, at worst, in a book's currency, and what it ties up of an account's cash.
 *
 * Everything is valued at its mark, both sides apart: long as if every buy filled and no sell, short the other
 * way round. An open market order counts at the mark × (1 + price collar). A spot buy ties up its price and
 * the worst fee, a spot sell the coins, a contract its notional ÷ leverage, the fee to get out and what it has
 * lost so far; what it has won so far does not pay for anything.
 */
import { notional, pnlCurrency, unrealisedPnl } from '#domain/books/position'
import { isNothing, type Load, longest, shortest } from '#domain/risk/load'
import {
  abs,
  addAmount,
  amountFromQuantity,
  larger,
  scaleHalfEven,
  smaller,
  unscaleHalfEven,
  zeroAmount,
} from '#domain/values/decimal'
import type { Amount, Price, Quantity, Ratio } from '#schemas/values/decimal'
import type { Currency, MarketSymbol } from '#schemas/values/ids'
import type { InstrumentTerms, Limits, Terms } from '#schemas/values/trading'

/** No venue takes more than 0.2 % of a trade. Part of the rules: another figure is another version of them. */
export const worstFeeRate = (2n * 10n ** 15n) as Ratio
const one = (10n ** 18n) as Ratio

/** What a value depends on besides the quantities. A mark or rate that is absent leaves the value unknown. */
export interface Pricing {
  readonly instrument: InstrumentTerms
  readonly mark: Price | undefined
  /** From the currency of the value to the book's. */
  readonly rate: Ratio | undefined
  /** The market whose mark that is; undefined where both are one currency. */
  readonly rateSymbol: MarketSymbol | undefined
  readonly collar: Ratio
  readonly leverage: Ratio
}
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

/** The market whose mark turns a currency into the book's; undefined where they are the same. */
export const rateSymbolOf = (from: Currency, to: Currency): MarketSymbol | undefined =>
  from === to ? undefined : (`${from}/${to}` as MarketSymbol)
export const rateFrom = (price: Price | undefined): Ratio | undefined =>
  price === undefined ? undefined : (price as bigint as Ratio)
export const parity = one

export const worthOf = (load: Load, pricing: Pricing): Worth | undefined => {
  if (isNothing(load)) return worthless
  const { rate } = pricing
  const own = sidesOf(load, pricing)
  if (own === undefined || rate === undefined) return undefined
  const long = converted(own.long, rate)
  const short = converted(own.short, rate)
  return { long, short, worst: larger(abs(long), abs(short)) as Amount }
}

export const demandsOf = (load: Load, pricing: Pricing): readonly Demand[] => {
  const { kind, base, quote, settle } = pricing.instrument
  const currencies = kind === 'spot' ? [quote, base] : [settle]
  return currencies.map((currency) => ({ currency, amount: demandIn(currency, load, pricing) }))
}
/** One of those; nothing in a currency that the instrument does not touch. */
export const demandIn = (currency: Currency, load: Load, pricing: Pricing): Amount | undefined => {
  const { kind, base, quote, settle } = pricing.instrument
  if (kind !== 'spot') return currency === settle ? marginOf(load, pricing) : zeroAmount
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
  { side, quantity, limitPrice }: Terms,
  { instrument, mark, collar }: Pick<Pricing, 'instrument' | 'mark' | 'collar'>,
): Amount | undefined => {
  const at = (price: Price): Amount => notional(price, quantity, instrument)
  if (limitPrice === undefined) return mark === undefined ? undefined : raised(at(mark), collar)
  // An inverse contract is so many units of its quote currency whatever the price.
  if (instrument.kind === 'inverse') return mark === undefined ? undefined : at(mark)
  if (side === 'buy') return at(limitPrice)
  // It sells at its limit or above: at the mark, if that is higher.
  return mark === undefined ? undefined : at(larger(limitPrice, mark))
}

export const converted = (amount: Amount, rate: Ratio): Amount =>
  rate === one ? amount : scaleHalfEven(amount, rate)
export const valueCurrency = pnlCurrency

const worthless: Worth = { long: zeroAmount, short: zeroAmount, worst: zeroAmount }

/** Both sides in the currency of the instrument's value. */
const sidesOf = (
  load: Load,
  { instrument, mark, collar }: Pricing,
): { readonly long: Amount; readonly short: Amount } | undefined => {
  if (mark === undefined) return undefined
  const premium = (quantity: Quantity): Amount =>
    quantity === 0n ? zeroAmount : scaleHalfEven(notional(mark, quantity, instrument), collar)
  const long = notional(mark, longest(load), instrument) + premium(load.marketBuys)
  const short = notional(mark, shortest(load), instrument) - premium(load.marketSells)
  return { long: long as Amount, short: short as Amount }
}
const spendingOf = (load: Load, { instrument, mark, collar }: Pricing): Amount | undefined => {
  if (load.marketBuys === 0n) return raised(load.limitBuysCost, worstFeeRate)
  if (mark === undefined) return undefined
  const market = raised(notional(mark, load.marketBuys, instrument), collar)
  return raised(addAmount(load.limitBuysCost, market), worstFeeRate)
}
const marginOf = (load: Load, pricing: Pricing): Amount | undefined => {
  if (isNothing(load)) return zeroAmount
  const { instrument, mark, leverage } = pricing
  const sides = sidesOf(load, pricing)
  if (mark === undefined || sides === undefined || leverage <= 0n) return undefined
  const worst = larger(abs(sides.long), abs(sides.short)) as Amount
  const { quantity, costBasis } = load
  const pnl = unrealisedPnl({ quantity, costBasis, realisedPnl: zeroAmount }, mark, instrument)
  const loss = pnl < 0n ? ((0n - pnl) as Amount) : zeroAmount
  return addAmount(
    addAmount(unscaleHalfEven(worst, leverage), scaleHalfEven(worst, worstFeeRate)),
    loss,
  )
}
const raised = (amount: Amount, by: Ratio): Amount => addAmount(amount, scaleHalfEven(amount, by))
