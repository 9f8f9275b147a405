/** How a book would stand, at worst, with one order more. */
import type { Cell } from '#domain/risk/cell'
import type { Exposure } from '#domain/risk/exposure'
import { claimed, claimOf, type Load, longest, nothingHeld, shortest } from '#domain/risk/load'
import {
  exchanged,
  grossOf,
  netOf,
  noSum,
  withDemand,
  withoutDemand,
  withWorth,
} from '#domain/risk/sums'
import { type Demand, demandIn, fundsCurrency, type Pricing, worthOf } from '#domain/risk/worth'
import { abs, larger } from '#domain/values/decimal'
import type { Amount, Price, Quantity } from '#schemas/values/decimal'
import type { Terms } from '#schemas/values/trading'

/** Undefined: it cannot be said, because a mark, a rate or the instrument is not known. */
export interface Outlook {
  /** Of the order's symbol, over all accounts and venues of the book: the greater of both sides. */
  readonly positionQuantity: Quantity
  readonly positionNotional: Amount | undefined
  readonly gross: Amount | undefined
  readonly net: Amount | undefined
  /** What would be spoken for of the account's cash in the currency that the order needs. */
  readonly spokenFor: Amount | undefined
}

/** `pricing` is that of the order's own account and instrument, at this mark. */
export const outlookWith = (
  exposure: Exposure,
  terms: Terms,
  mark: Price | undefined,
  pricing: Pricing | undefined,
): Outlook => {
  const own = exposure.cell(terms)
  const load = claimed(own?.load ?? nothingHeld, claimOf(terms, terms.quantity))
  const before = exposure.ofSymbol(terms.symbol)
  let sum = withWorth(noSum, pricing === undefined ? undefined : worthOf(load, pricing))
  let long: bigint = longest(load)
  let short: bigint = shortest(load)
  for (const cell of exposure.cellsOf(terms.symbol)) {
    if (cell === own) continue
    const priced = exposure.pricing(cell, mark)
    sum = withWorth(sum, priced === undefined ? undefined : worthOf(cell.load, priced))
    long += longest(cell.load)
    short += shortest(cell.load)
  }
  const total = exchanged(exposure.total(), before, sum)
  return {
    positionQuantity: larger(abs(long), abs(short)) as Quantity,
    positionNotional: netOf(sum),
    gross: grossOf(total),
    net: netOf(total),
    spokenFor:
      pricing === undefined ? undefined : spokenForWith(exposure, terms, own, load, pricing),
  }
}

const spokenForWith = (
  exposure: Exposure,
  terms: Terms,
  own: Cell | undefined,
  load: Load,
  pricing: Pricing,
): Amount | undefined => {
  const currency = fundsCurrency(terms, pricing.instrument)
  const isIn = (demand: Demand): boolean => demand.currency === currency
  const all = exposure.funds(terms.account, currency)
  const before = own?.demands.find(isIn)
  const others = before === undefined ? all : withoutDemand(all, before.amount)
  const after = demandIn(currency, load, pricing)
  const { spokenFor, unpriced } = withDemand(others, after)
  return unpriced === 0 ? spokenFor : undefined
}
