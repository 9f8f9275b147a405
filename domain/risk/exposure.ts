/**
 * What a book has and may come to have, at worst: the sums over both folds. Approved, in-flight, working and
 * unknown orders count in full. A change in a fold makes only what it touches be looked at again, and that is
 * always computed anew from the folds, so that the order of changes does not matter.
 */
import {
  addClaim,
  type Cell,
  type CellKey,
  emptyCell,
  isVacant,
  onlyReduces,
  removeClaim,
  setPosition,
} from '#domain/risk/cell'
import type { Desk } from '#domain/risk/desk'
import { type HeldOrder, type Holdings, type Place, remainingOf } from '#domain/risk/holdings'
import { type Claim, claimOf } from '#domain/risk/load'
import {
  type Funds,
  fundsKey,
  noFunds,
  noSum,
  type Sum,
  withDemand,
  withoutDemand,
  withoutWorth,
  withWorth,
} from '#domain/risk/sums'
import {
  collarOf,
  demandsOf,
  leverageOf,
  parity,
  type Pricing,
  type Rate,
  rateSymbolsOf,
  type Valuation,
  valueCurrency,
  worthOf,
} from '#domain/risk/worth'
import type { Price } from '#schemas/values/decimal'
import type { AccountId, Currency, MarketSymbol, OrderId, VenueId } from '#schemas/values/ids'
import type { Terms } from '#schemas/values/trading'

export interface Exposure {
  /** The same, valued from now on as those rules say. */
  readonly by: (valuation: Valuation) => Exposure
  /** Over the whole book. */
  readonly total: () => Sum
  readonly ofSymbol: (symbol: MarketSymbol) => Sum
  /** What of an account's cash is spoken for. */
  readonly funds: (account: AccountId, currency: Currency) => Funds
  readonly cell: (key: CellKey) => Cell | undefined
  readonly cellsOf: (symbol: MarketSymbol) => ReadonlySet<Cell>
  /** How a cell is valued now; with this mark instead of the recorded one, where it is given. */
  readonly pricing: (key: CellKey, mark?: Price) => Pricing | undefined
  readonly isReducing: (terms: Terms) => boolean
  readonly openOrders: () => number
  readonly unknownOrders: () => number
  /** Every market whose mark something held or open is valued or converted by. */
  readonly markets: () => ReadonlySet<MarketSymbol>
}
export interface ExposureSums extends Exposure {
  readonly lookAtOrder: (order: OrderId) => void
  readonly lookAtPlace: (place: Place) => void
  readonly lookAtInstrument: (venue: VenueId, symbol: MarketSymbol) => void
  readonly lookAtMark: (symbol: MarketSymbol) => void
  readonly lookAtEverything: () => void
}

interface Counted {
  readonly cell: Cell
  readonly terms: Terms
  readonly claim: Claim
  readonly open: number
  readonly unknown: number
}
interface State {
  readonly desk: Desk
  readonly holdings: Holdings
  valuation: Valuation
  readonly cells: Map<string, Cell>
  readonly bySymbol: Map<MarketSymbol, Set<Cell>>
  readonly byRate: Map<MarketSymbol, Set<Cell>>
  readonly sums: Map<MarketSymbol, Sum>
  readonly funds: Map<string, Funds>
  readonly orders: Map<OrderId, Counted>
  /** Cells to be valued again before anybody reads a sum. */
  readonly dirty: Set<Cell>
  total: Sum
  open: number
  unknown: number
}

const noCells: ReadonlySet<Cell> = new Set()
const cellKey = ({ account, venue, symbol }: CellKey): string => `${account} ${venue} ${symbol}`

export const exposureSums = (
  desk: Desk,
  holdings: Holdings,
  valuation: Valuation,
): ExposureSums => {
  const state: State = {
    desk,
    holdings,
    valuation,
    cells: new Map(),
    bySymbol: new Map(),
    byRate: new Map(),
    sums: new Map(),
    funds: new Map(),
    orders: new Map(),
    dirty: new Set(),
    total: noSum,
    open: 0,
    unknown: 0,
  }
  const soil = (cells: Iterable<Cell> | undefined): void => {
    for (const cell of cells ?? []) state.dirty.add(cell)
  }
  const sums: ExposureSums = {
    by: (asked) => {
      if (state.valuation !== asked) soil(state.cells.values())
      state.valuation = asked
      return sums
    },
    total: () => settled(state).total,
    ofSymbol: (symbol) => settled(state).sums.get(symbol) ?? noSum,
    funds: (account, currency) => settled(state).funds.get(fundsKey(account, currency)) ?? noFunds,
    cell: (key) => settled(state).cells.get(cellKey(key)),
    cellsOf: (symbol) => settled(state).bySymbol.get(symbol) ?? noCells,
    pricing: (key, mark) => pricingOf(state, key, mark),
    isReducing: (terms) => onlyReduces(state.cells.get(cellKey(terms)), terms),
    openOrders: () => state.open,
    unknownOrders: () => state.unknown,
    markets: () => {
      const { bySymbol, byRate } = settled(state)
      return new Set([...bySymbol.keys(), ...byRate.keys()])
    },
    lookAtOrder: (order) => lookAtOrder(state, order),
    lookAtPlace: (place) => lookAtPlace(state, place),
    lookAtInstrument: (venue, symbol) => {
      for (const cell of state.bySymbol.get(symbol) ?? [])
        if (cell.venue === venue) state.dirty.add(cell)
    },
    lookAtMark: (symbol) => {
      soil(state.bySymbol.get(symbol))
      soil(state.byRate.get(symbol))
    },
    lookAtEverything: () => soil(state.cells.values()),
  }
  return sums
}

const cellAt = (state: State, key: CellKey): Cell => {
  const known = state.cells.get(cellKey(key))
  if (known !== undefined) return known
  const cell = emptyCell(key)
  state.cells.set(cellKey(key), cell)
  addTo(state.bySymbol, cell.symbol, cell)
  return cell
}

/** An order counts once it is approved, however that is known, until both folds say that nothing can fill. */
const countedOf = (state: State, order: HeldOrder): Counted | undefined => {
  const approved = state.desk.outcomeOf(order.orderId) === 'approved'
  if (order.stage === 'intended' && !approved) return undefined
  return {
    cell: cellAt(state, order.terms),
    terms: order.terms,
    claim: claimOf(order.terms, remainingOf(order)),
    open: order.stage === 'ended' ? 0 : 1,
    unknown: order.stage === 'unknown' ? 1 : 0,
  }
}
const lookAtOrder = (state: State, orderId: OrderId): void => {
  const order = state.holdings.order(orderId)
  const mine = order?.book === state.desk.book ? order : undefined
  const before = state.orders.get(orderId)
  const after = mine === undefined ? undefined : countedOf(state, mine)
  if (before !== undefined) {
    removeClaim(before.cell, before.terms.strategy, before.claim)
    state.dirty.add(before.cell)
    state.orders.delete(orderId)
  }
  if (after !== undefined) {
    addClaim(after.cell, after.terms.strategy, after.claim)
    state.dirty.add(after.cell)
    state.orders.set(orderId, after)
  }
  state.open += (after?.open ?? 0) - (before?.open ?? 0)
  state.unknown += (after?.unknown ?? 0) - (before?.unknown ?? 0)
}
const lookAtPlace = (state: State, place: Place): void => {
  if (place.book !== state.desk.book) return
  const cell = cellAt(state, place)
  setPosition(cell, place.strategy, state.holdings.position(place))
  state.dirty.add(cell)
}

const pricingOf = (state: State, key: CellKey, mark?: Price): Pricing | undefined => {
  const { desk, holdings, valuation } = state
  const opened = desk.opened()
  const instrument = holdings.termsOf(key.venue, key.symbol)
  if (opened === undefined || instrument === undefined) return undefined
  const rateSymbols = rateSymbolsOf(valueCurrency(instrument), opened.currency, valuation)
  return {
    instrument,
    mark: mark ?? desk.markOf(key.symbol)?.price,
    ...rateBy(desk, rateSymbols),
    rateSymbols,
    collar: collarOf(opened.limits),
    leverage: leverageOf(holdings.account(key.account)?.leverage, opened.limits),
    worstFeeRate: valuation.worstFeeRate,
    countsLockedIn: valuation.countsLockedIn,
  }
}
/** By the newer mark of the two markets, the direct one where they are as old. */
const rateBy = (
  desk: Desk,
  [direct, reverse]: readonly MarketSymbol[],
): { readonly rate: Rate | undefined; readonly rateSymbol: MarketSymbol | undefined } => {
  if (direct === undefined) return { rate: parity, rateSymbol: undefined }
  const forth = desk.markOf(direct)
  const back = reverse === undefined ? undefined : desk.markOf(reverse)
  if (back !== undefined && (forth === undefined || back.at > forth.at))
    return { rate: { by: 'dividing', price: back.price }, rateSymbol: reverse }
  const rate: Rate | undefined =
    forth === undefined ? undefined : { by: 'multiplying', price: forth.price }
  return { rate, rateSymbol: direct }
}

/** Everything that was touched is valued again, and what has become empty is dropped. */
const settled = (state: State): State => {
  if (state.dirty.size === 0) return state
  for (const cell of state.dirty) {
    uncount(state, cell)
    if (isVacant(cell)) drop(state, cell)
    else count(state, cell)
  }
  state.dirty.clear()
  return state
}
const uncount = (state: State, cell: Cell): void => {
  if (!cell.counted) return
  const sum = state.sums.get(cell.symbol) ?? noSum
  state.sums.set(cell.symbol, withoutWorth(sum, cell.worth))
  state.total = withoutWorth(state.total, cell.worth)
  for (const { currency, amount } of cell.demands) {
    const key = fundsKey(cell.account, currency)
    state.funds.set(key, withoutDemand(state.funds.get(key) ?? noFunds, amount))
  }
  cell.counted = false
}
const count = (state: State, cell: Cell): void => {
  const pricing = pricingOf(state, cell)
  cell.worth = pricing === undefined ? undefined : worthOf(cell.load, pricing)
  cell.demands = pricing === undefined ? [] : demandsOf(cell.load, pricing)
  cell.counted = true
  state.sums.set(cell.symbol, withWorth(state.sums.get(cell.symbol) ?? noSum, cell.worth))
  state.total = withWorth(state.total, cell.worth)
  for (const { currency, amount } of cell.demands) {
    const key = fundsKey(cell.account, currency)
    state.funds.set(key, withDemand(state.funds.get(key) ?? noFunds, amount))
  }
  const rateSymbols = pricing?.rateSymbols ?? []
  if (isSame(cell.rateSymbols, rateSymbols)) return
  for (const symbol of cell.rateSymbols) removeFrom(state.byRate, symbol, cell)
  for (const symbol of rateSymbols) addTo(state.byRate, symbol, cell)
  cell.rateSymbols = rateSymbols
}
const isSame = (a: readonly MarketSymbol[], b: readonly MarketSymbol[]): boolean =>
  a.length === b.length && a[0] === b[0]
const drop = (state: State, cell: Cell): void => {
  state.cells.delete(cellKey(cell))
  removeFrom(state.bySymbol, cell.symbol, cell)
  for (const symbol of cell.rateSymbols) removeFrom(state.byRate, symbol, cell)
  if (!state.bySymbol.has(cell.symbol)) state.sums.delete(cell.symbol)
}
const addTo = (sets: Map<MarketSymbol, Set<Cell>>, key: MarketSymbol, cell: Cell): void => {
  const set = sets.get(key)
  if (set === undefined) sets.set(key, new Set([cell]))
  else set.add(cell)
}
const removeFrom = (sets: Map<MarketSymbol, Set<Cell>>, key: MarketSymbol, cell: Cell): void => {
  const set = sets.get(key)
  set?.delete(cell)
  if (set?.size === 0) sets.delete(key)
}
