/** How a book, or a part of it, would stand at worst with one order more. */
import type { Cell } from '#domain/risk/cell'
import type { Exposure } from '#domain/risk/exposure'
import { type Claim, type Load, longest, shortest, withClaim } from '#domain/risk/load'
import {
  exchanged,
  grossOf,
  netOf,
  noSum,
  withDemand,
  withoutDemand,
  withoutWorth,
  withWorth,
} from '#domain/risk/sums'
import { type Line, loadIn, type Tally, touches, worthIn } from '#domain/risk/tally'
import {
  type Demand,
  fundsCurrency,
  type Pricing,
  valued,
  type Worth,
  worthOf,
} from '#domain/risk/worth'
import { abs, larger } from '#domain/values/decimal'
import type { Amount, Price, Quantity } from '#schemas/values/decimal'
import type { MarketSymbol } from '#schemas/values/ids'
import type { Scope, Terms } from '#schemas/values/trading'

/** Undefined: it cannot be said, because a mark, a rate or the instrument is not known. */
export interface PartOutlook {
  /** Of the order's symbol, over all accounts and venues of the part: the greater of both sides. */
  readonly positionQuantity: Quantity
  readonly positionNotional: Amount | undefined
  readonly gross: Amount | undefined
  readonly net: Amount | undefined
  /** With this one. */
  readonly openOrders: number
  readonly unknownOrders: number
}
export interface Outlook extends PartOutlook {
  /** What would be spoken for of the account's cash in the currency that the order needs. */
  readonly spokenFor: Amount | undefined
}

/** `pricing` is that of the order's own account and instrument, at this mark. */
export const outlookWith = (
  exposure: Exposure,
  terms: Terms,
  claim: Claim,
  mark: Price | undefined,
  pricing: Pricing | undefined,
): Outlook => {
  const tally = exposure.of({})
  const own = exposure.cell(terms)
  const load = withClaim(loadIn({}, own), claim)
  if (pricing === undefined)
    return {
      ...outlookBy(exposure, tally, terms, { own, load, worth: undefined }, mark),
      spokenFor: undefined,
    }
  const { worth, demands } = valued(load, pricing)
  return {
    ...outlookBy(exposure, tally, terms, { own, load, worth }, pricing.mark),
    spokenFor: spokenForWith(exposure, terms, pricing, own, demands),
  }
}
/** Of a part that the order belongs to. */
export const outlookIn = (
  exposure: Exposure,
  tally: Tally,
  terms: Terms,
  claim: Claim,
  mark: Price | undefined,
  pricing: Pricing | undefined,
): PartOutlook => {
  const own = exposure.cell(terms)
  const load = withClaim(loadIn(tally.scope, own), claim)
  const worth = pricing === undefined ? undefined : worthOf(load, pricing)
  return outlookBy(exposure, tally, terms, { own, load, worth }, pricing?.mark ?? mark)
}

/** What of the part is in the order's own cell, with the order. */
interface Own {
  readonly own: Cell | undefined
  readonly load: Load
  readonly worth: Worth | undefined
}
const outlookBy = (
  exposure: Exposure,
  tally: Tally,
  { symbol }: Terms,
  own: Own,
  mark: Price | undefined,
): PartOutlook => {
  const before = tally.line(symbol)
  const { sum, long, short } =
    besideOwn(tally, before, own, mark) ?? lineAt(exposure, tally.scope, symbol, own, mark)
  const total = exchanged(tally.total, before.sum, sum)
  return {
    positionQuantity: larger(abs(long), abs(short)) as Quantity,
    positionNotional: netOf(sum),
    gross: grossOf(total),
    net: netOf(total),
    openOrders: tally.openOrders + 1,
    unknownOrders: tally.unknownOrders,
  }
}
/** Where the symbol is counted at that very mark, all other cells stand in its line as they are. */
const besideOwn = (
  tally: Tally,
  { sum, long, short }: Line,
  { own, load, worth }: Own,
  mark: Price | undefined,
): Line | undefined => {
  if (own === undefined || mark === undefined || own.valuedAt !== mark) return undefined
  const share = own.shares.find(({ of }) => of === tally)
  if (share === undefined) return undefined
  return {
    sum: withWorth(withoutWorth(sum, share.worth), worth),
    long: long - share.long + longest(load),
    short: short - share.short + shortest(load),
  }
}
/** All of them valued at the mark. */
const lineAt = (
  exposure: Exposure,
  scope: Scope,
  symbol: MarketSymbol,
  { own, load, worth }: Own,
  mark: Price | undefined,
): Line => {
  let sum = withWorth(noSum, worth)
  let long: bigint = longest(load)
  let short: bigint = shortest(load)
  for (const cell of exposure.cellsOf(symbol)) {
    if (cell === own || !touches(scope, cell)) continue
    sum = withWorth(sum, worthIn(scope, cell, exposure.pricing(cell, mark)))
    const other = loadIn(scope, cell)
    long += longest(other)
    short += shortest(other)
  }
  return { sum, long, short }
}

const spokenForWith = (
  exposure: Exposure,
  terms: Terms,
  { instrument }: Pricing,
  own: Cell | undefined,
  demands: readonly Demand[],
): Amount | undefined => {
  const currency = fundsCurrency(terms, instrument)
  const isIn = (demand: Demand): boolean => demand.currency === currency
  const all = exposure.funds(terms.account, currency)
  const before = own?.demands.find(isIn)
  const others = before === undefined ? all : withoutDemand(all, before.amount)
  const { spokenFor, unpriced } = withDemand(others, demands.find(isIn)?.amount)
  return unpriced === 0 ? spokenFor : undefined
}
