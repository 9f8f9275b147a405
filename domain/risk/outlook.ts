/** How a book would stand, at worst, with one order more. */
import { type Cell, emptyCell } from '#domain/risk/cell'
import type { Exposure } from '#domain/risk/exposure'
import { claimed, claimOf, type Load, longest, shortest } from '#domain/risk/load'
import {
  grossOf,
  netOf,
  noSum,
  plusSum,
  type Sum,
  withDemand,
  withoutDemand,
  withoutSum,
  withWorth,
} from '#domain/risk/sums'
import { demandsOf, worthOf } from '#domain/risk/worth'
import { abs, larger } from '#domain/values/decimal'
import type { Amount, Price, Quantity } from '#schemas/values/decimal'
import type { Currency } from '#schemas/values/ids'
import type { Terms } from '#schemas/values/trading'

/** Undefined: it cannot be said, because a mark, a rate or the instrument is not known. */
export interface Outlook {
  /** Of the order's symbol, over all accounts and venues of the book: the greater of both sides. */
  readonly positionQuantity: Quantity
  readonly positionNotional: Amount | undefined
  readonly gross: Amount | undefined
  readonly net: Amount | undefined
  /** What the order's account holds of its instrument, and what may come of it. */
  readonly load: Load
  /** What would be spoken for of the account's cash, in each currency that the instrument touches. */
  readonly funds: readonly { readonly currency: Currency; readonly spokenFor: Amount | undefined }[]
}

export const outlookWith = (exposure: Exposure, terms: Terms, mark: Price | undefined): Outlook => {
  const { symbol } = terms
  const own = exposure.cell(terms) ?? emptyCell(terms)
  const load = claimed(own.load, claimOf(terms, terms.quantity))
  const cells = new Set([...exposure.cellsOf(symbol), own])
  const loadIn = (cell: Cell): Load => (cell === own ? load : cell.load)
  const sum = [...cells].reduce<Sum>((all, cell) => {
    const pricing = exposure.pricing(cell, mark)
    return withWorth(all, pricing === undefined ? undefined : worthOf(loadIn(cell), pricing))
  }, noSum)
  const total = plusSum(withoutSum(exposure.total(), exposure.ofSymbol(symbol)), sum)
  return {
    positionQuantity: quantityOf([...cells].map(loadIn)),
    positionNotional: netOf(sum),
    gross: grossOf(total),
    net: netOf(total),
    load,
    funds: fundsWith(exposure, own, load, mark),
  }
}

const quantityOf = (loads: readonly Load[]): Quantity => {
  const long = loads.reduce((all, load) => all + longest(load), 0n)
  const short = loads.reduce((all, load) => all + shortest(load), 0n)
  return larger(abs(long), abs(short)) as Quantity
}
const fundsWith = (
  exposure: Exposure,
  own: Cell,
  load: Load,
  mark: Price | undefined,
): Outlook['funds'] => {
  const pricing = exposure.pricing(own, mark)
  if (pricing === undefined) return []
  return demandsOf(load, pricing).map(({ currency, amount }) => {
    const all = exposure.funds(own.account, currency)
    const before = own.demands.find((demand) => demand.currency === currency)
    const others = before === undefined ? all : withoutDemand(all, before.amount)
    const { spokenFor, unpriced } = withDemand(others, amount)
    return { currency, spokenFor: unpriced === 0 ? spokenFor : undefined }
  })
}
