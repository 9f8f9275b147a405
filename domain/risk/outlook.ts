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
  withWorth,
} from '#domain/risk/sums'
import { loadIn, type Tally, touches, worthIn } from '#domain/risk/tally'
import { type Demand, demandIn, fundsCurrency, type Pricing, worthOf } from '#domain/risk/worth'
import { abs, larger } from '#domain/values/decimal'
import type { Amount, Price, Quantity } from '#schemas/values/decimal'
import type { Terms } from '#schemas/values/trading'

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
): Outlook => ({
  ...outlookIn(exposure, exposure.of({}), terms, claim, mark, pricing),
  spokenFor: pricing === undefined ? undefined : spokenForWith(exposure, terms, claim, pricing),
})

/** Of a part that the order belongs to. */
export const outlookIn = (
  exposure: Exposure,
  tally: Tally,
  terms: Terms,
  claim: Claim,
  mark: Price | undefined,
  pricing: Pricing | undefined,
): PartOutlook => {
  const { scope } = tally
  const own = exposure.cell(terms)
  const load = withClaim(loadIn(scope, own), claim)
  const before = tally.line(terms.symbol)
  let sum = withWorth(noSum, pricing === undefined ? undefined : worthOf(load, pricing))
  let long: bigint = longest(load)
  let short: bigint = shortest(load)
  for (const cell of exposure.cellsOf(terms.symbol)) {
    if (cell === own || !touches(scope, cell)) continue
    sum = withWorth(sum, worthIn(scope, cell, exposure.pricing(cell, mark)))
    const other = loadIn(scope, cell)
    long += longest(other)
    short += shortest(other)
  }
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

const spokenForWith = (
  exposure: Exposure,
  terms: Terms,
  claim: Claim,
  pricing: Pricing,
): Amount | undefined => {
  const currency = fundsCurrency(terms, pricing.instrument)
  const own: Cell | undefined = exposure.cell(terms)
  const load: Load = withClaim(loadIn({}, own), claim)
  const isIn = (demand: Demand): boolean => demand.currency === currency
  const all = exposure.funds(terms.account, currency)
  const before = own?.demands.find(isIn)
  const others = before === undefined ? all : withoutDemand(all, before.amount)
  const after = demandIn(currency, load, pricing)
  const { spokenFor, unpriced } = withDemand(others, after)
  return unpriced === 0 ? spokenFor : undefined
}
