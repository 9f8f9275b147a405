/** What a holding is valued by now: its instrument, its mark, and the rate to the book's currency. */
import type { CellKey } from '#domain/risk/cell'
import type { Desk } from '#domain/risk/desk'
import type { Holdings } from '#domain/risk/holdings'
import {
  collarOf,
  type FixedPricing,
  isSameRate,
  leverageOf,
  parity,
  type Pricing,
  type Rate,
  rateSymbolsOf,
  type Valuation,
  valueCurrency,
} from '#domain/risk/worth'
import type { Price } from '#schemas/values/decimal'
import type { MarketSymbol } from '#schemas/values/ids'

interface Known {
  readonly desk: Desk
  readonly holdings: Holdings
  readonly valuation: Valuation
}

/** What does not change with the market; undefined: the book or the instrument is not known. */
export const fixedOf = (
  { desk, holdings, valuation }: Known,
  key: CellKey,
): FixedPricing | undefined => {
  const opened = desk.opened()
  const instrument = holdings.termsOf(key.venue, key.symbol)
  if (opened === undefined || instrument === undefined) return undefined
  return {
    instrument,
    rateSymbols: rateSymbolsOf(valueCurrency(instrument), opened.currency, valuation),
    collar: collarOf(opened.limits),
    leverage: leverageOf(holdings.account(key.account)?.leverage, opened.limits),
    worstFeeRate: valuation.worstFeeRate,
    countsLockedIn: valuation.countsLockedIn,
  }
}
/** With this mark instead of the recorded one, where it is given. */
export const pricingBy = (
  desk: Desk,
  key: Pick<CellKey, 'symbol'>,
  fixed: FixedPricing,
  mark: Price | undefined,
): Pricing => pricingAfter(undefined, desk, key, fixed, mark)
/** The same object as long as the market stands still: the last one was made of the same that does not change. */
export const pricingAfter = (
  last: Pricing | undefined,
  desk: Desk,
  { symbol }: Pick<CellKey, 'symbol'>,
  { instrument, rateSymbols, collar, leverage, worstFeeRate, countsLockedIn }: FixedPricing,
  given: Price | undefined,
): Pricing => {
  const mark = given ?? desk.markOf(symbol)?.price
  const { rate, rateSymbol } = rateBy(desk, rateSymbols)
  if (
    last !== undefined &&
    last.mark === mark &&
    last.rateSymbol === rateSymbol &&
    isSameRate(last.rate, rate)
  )
    return last
  return {
    instrument,
    mark,
    rate,
    rateSymbol,
    rateSymbols,
    collar,
    leverage,
    worstFeeRate,
    countsLockedIn,
  }
}
/** By the newer mark of the two markets, the direct one where they are as old. */
const rateBy = (
  desk: Desk,
  [direct, reverse]: readonly MarketSymbol[],
): { readonly rate: Rate | undefined; readonly rateSymbol: MarketSymbol | undefined } => {
  if (direct === undefined) return inOneCurrency
  const forth = desk.markOf(direct)
  const back = reverse === undefined ? undefined : desk.markOf(reverse)
  if (back !== undefined && (forth === undefined || back.at > forth.at))
    return { rate: { by: 'dividing', price: back.price }, rateSymbol: reverse }
  const rate: Rate | undefined =
    forth === undefined ? undefined : { by: 'multiplying', price: forth.price }
  return { rate, rateSymbol: direct }
}
const inOneCurrency = { rate: parity, rateSymbol: undefined }
