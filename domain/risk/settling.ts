/** Sums over cells that are kept up to date: what has changed is valued again before anybody reads them. */
import { type Cell, isVacant, valuedAt } from '#domain/risk/cell'
import { type Cells, convertBy, dropCell } from '#domain/risk/cells'
import type { Desk } from '#domain/risk/desk'
import type { Holdings } from '#domain/risk/holdings'
import { fixedOf, pricingBy } from '#domain/risk/pricing'
import { addDemand, emptyPurse, fundsKey, type Purse, takeDemand } from '#domain/risk/sums'
import { addShare, takeShare, worthIn } from '#domain/risk/tally'
import type { Pricing, Valuation, Valued } from '#domain/risk/worth'
import type { Price } from '#schemas/values/decimal'
import type { Currency, MarketSymbol } from '#schemas/values/ids'

export interface Sums {
  readonly desk: Desk
  readonly holdings: Holdings
  valuation: Valuation
  readonly cells: Cells
  readonly funds: Map<string, Purse>
  /** Cells to be valued again before anybody reads a sum. */
  dirty: Cell[]
}

export const soil = (state: Sums, cell: Cell): void => {
  if (cell.isDirty) return
  cell.isDirty = true
  state.dirty.push(cell)
}
export const pricingOf = (state: Sums, cell: Cell, mark?: Price): Pricing | undefined => {
  cell.fixed ??= fixedOf(state, cell)
  return cell.fixed === undefined ? undefined : pricingBy(state.desk, cell, cell.fixed, mark)
}

/** Everything that was touched is valued again, and what has become empty is dropped. */
export const settled = <State extends Sums>(state: State): State => {
  if (state.dirty.length === 0) return state
  for (const cell of state.dirty) {
    cell.isDirty = false
    uncount(cell)
    if (isVacant(cell)) drop(state, cell)
    else count(state, cell)
  }
  state.dirty = []
  return state
}
const uncount = (cell: Cell): void => {
  if (!cell.counted) return
  for (const each of cell.shares) takeShare(each, cell)
  for (const { purse, amount } of cell.demands) takeDemand(purse, amount)
  cell.counted = false
}
const count = (state: Sums, cell: Cell): void => {
  const pricing = pricingOf(state, cell)
  const { worth, demands } = pricing === undefined ? unknownWorth : valuedAt(cell, pricing)
  for (const each of cell.shares) {
    const { scope } = each.of
    addShare(each, cell, scope.strategy === undefined ? worth : worthIn(scope, cell, pricing))
  }
  const before = cell.demands
  cell.demands = demands.map(({ currency, amount }, nth) => {
    const known = before[nth]
    const purse = known?.currency === currency ? known.purse : purseOf(state, cell, currency)
    addDemand(purse, amount)
    return { currency, amount, purse }
  })
  cell.counted = true
  cell.valuedAt = pricing?.mark
  convertBy(state.cells, cell, pricing?.rateSymbols ?? noSymbols)
}
const noSymbols: readonly MarketSymbol[] = []
const unknownWorth: Valued = { worth: undefined, demands: [] }
const purseOf = ({ funds }: Sums, { account }: Cell, currency: Currency): Purse => {
  const key = fundsKey(account, currency)
  const known = funds.get(key)
  if (known !== undefined) return known
  const fresh = emptyPurse()
  funds.set(key, fresh)
  return fresh
}
const drop = ({ cells }: Sums, cell: Cell): void => {
  dropCell(cells, cell)
  if (cells.bySymbol.has(cell.symbol)) return
  for (const { of } of cell.shares) of.lines.delete(cell.symbol)
}
