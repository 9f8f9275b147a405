/** Sums over cells that are kept up to date: what has changed is valued again before anybody reads them. */
import { type Cell, isVacant, valuedAt } from '#domain/risk/cell'
import { type Cells, convertBy, dropCell } from '#domain/risk/cells'
import type { Desk } from '#domain/risk/desk'
import type { Holdings } from '#domain/risk/holdings'
import { fixedOf, pricingAfter } from '#domain/risk/pricing'
import { addDemand, emptyPurse, type Purse, takeDemand } from '#domain/risk/sums'
import { addShare, changeShare, takeShare, worthIn } from '#domain/risk/tally'
import type { Demand, Pricing, Valuation, Valued } from '#domain/risk/worth'
import { innerOf } from '#domain/values/inner-of'
import type { Price } from '#schemas/values/decimal'
import type { AccountId, Currency, MarketSymbol } from '#schemas/values/ids'

export interface Sums {
  readonly desk: Desk
  readonly holdings: Holdings
  valuation: Valuation
  readonly cells: Cells
  readonly funds: Map<AccountId, Map<Currency, Purse>>
  /** Cells to be valued again before anybody reads a sum. */
  readonly dirty: Cell[]
}

export const soil = (state: Sums, cell: Cell): void => {
  if (cell.isDirty) return
  cell.isDirty = true
  state.dirty.push(cell)
}
export const pricingOf = (state: Sums, cell: Cell, mark?: Price): Pricing | undefined => {
  cell.fixed ??= fixedOf(state, cell)
  if (cell.fixed === undefined) return undefined
  cell.pricing = pricingAfter(cell.pricing, state.desk, cell, cell.fixed, mark)
  return cell.pricing
}

/** Everything that was touched is valued again, and what has become empty is dropped. */
export const settled = <State extends Sums>(state: State): State => {
  if (state.dirty.length === 0) return state
  for (const cell of state.dirty) {
    cell.isDirty = false
    if (isVacant(cell)) {
      uncount(cell)
      drop(state, cell)
    } else count(state, cell)
  }
  state.dirty.length = 0
  return state
}
/** Whoever asks next waits for no more than this, however much has happened since somebody asked. */
export const settleIfMuch = (state: Sums): void => {
  if (state.dirty.length > dirtyMost) settled(state)
}
export const dirtyMost = 8
const uncount = (cell: Cell): void => {
  if (!cell.counted) return
  for (const each of cell.shares) takeShare(each, cell)
  for (const { purse, amount } of cell.demands) takeDemand(purse, amount)
  cell.demands = []
  cell.counted = false
}
const count = (state: Sums, cell: Cell): void => {
  const pricing = pricingOf(state, cell)
  const { worth, demands } = pricing === undefined ? unknownWorth : valuedAt(cell, pricing)
  for (const each of cell.shares) {
    const { scope } = each.of
    const own = scope.strategy === undefined ? worth : worthIn(scope, cell, pricing)
    if (cell.counted) changeShare(each, cell, own)
    else addShare(each, cell, own)
  }
  countDemands(state, cell, demands)
  cell.counted = true
  cell.valuedAt = pricing?.mark
  convertBy(state.cells, cell, pricing?.rateSymbols ?? noSymbols)
}
const noSymbols: readonly MarketSymbol[] = []
const unknownWorth: Valued = { worth: undefined, demands: [] }
/** They stay where they stand as long as they are of the same currencies. */
const countDemands = (state: Sums, cell: Cell, demands: readonly Demand[]): void => {
  const before = cell.demands
  const isOther = ({ currency }: Demand, nth: number): boolean => before[nth]?.currency !== currency
  if (before.length !== demands.length || demands.some(isOther)) {
    for (const { purse, amount } of before) takeDemand(purse, amount)
    cell.demands = demands.map(({ currency, amount }) => {
      const purse = purseOf(state.funds, cell.account, currency)
      addDemand(purse, amount)
      return { currency, amount, purse }
    })
    return
  }
  for (const [nth, demand] of before.entries()) {
    const amount = demands[nth]?.amount
    if (demand.amount === amount) continue
    takeDemand(demand.purse, demand.amount)
    addDemand(demand.purse, amount)
    demand.amount = amount
  }
}
const purseOf = (funds: Sums['funds'], account: AccountId, currency: Currency): Purse => {
  const ofAccount = innerOf(funds, account)
  const known = ofAccount.get(currency)
  if (known !== undefined) return known
  const fresh = emptyPurse()
  ofAccount.set(currency, fresh)
  return fresh
}
const drop = ({ cells }: Sums, cell: Cell): void => {
  dropCell(cells, cell)
  if (cells.bySymbol.has(cell.symbol)) return
  for (const { of } of cell.shares) of.lines.delete(cell.symbol)
}
