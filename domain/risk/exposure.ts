/**
 * What a book has and may come to have, at worst: the sums over both folds. Approved, in-flight, working and
 * unknown orders count in full. A change in a fold makes only what it touches be looked at again, and that is
 * always computed anew from the folds, so that the order of changes does not matter.
 */
import { covers } from '#domain/order/kill-switch'
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
import { standsIn, worstClaimOf } from '#domain/risk/claims'
import type { HeldOrder, Holdings, Place } from '#domain/risk/holdings'
import type { Claim } from '#domain/risk/load'
import { type Resting, type RestingSums, restingSums, type Stand } from '#domain/risk/resting'
import {
  type Funds,
  fundsKey,
  noFunds,
  type Sum,
  withDemand,
  withoutDemand,
} from '#domain/risk/sums'
import { pricingOf } from '#domain/risk/pricing'
import {
  addShare,
  emptyTally,
  type GrowingTally,
  scopeKey,
  type Share,
  takeShare,
  type Tally,
  touches,
  worthIn,
} from '#domain/risk/tally'
import { demandsOf, type Pricing, type Valuation, worthOf } from '#domain/risk/worth'
import type { Price } from '#schemas/values/decimal'
import type { AccountId, Currency, MarketSymbol, OrderId, VenueId } from '#schemas/values/ids'
import type { Scope, Terms } from '#schemas/values/trading'

export interface Exposure {
  /** The same, valued from now on as those rules say. */
  readonly by: (valuation: Valuation) => Exposure
  /** Where its own orders stand in the market. */
  readonly resting: Resting
  /** Over the whole book. */
  readonly total: () => Sum
  readonly ofSymbol: (symbol: MarketSymbol) => Sum
  /** Over a part of it. Kept up to date from the first time that it is asked for until the limits change. */
  readonly of: (scope: Scope) => Tally
  /** What of an account's cash is spoken for. */
  readonly funds: (account: AccountId, currency: Currency) => Funds
  readonly cell: (key: CellKey) => Cell | undefined
  readonly cellsOf: (symbol: MarketSymbol) => ReadonlySet<Cell>
  /** How a cell is valued now; with this mark instead of the recorded one, where it is given. */
  readonly pricing: (key: CellKey, mark?: Price) => Pricing | undefined
  readonly isReducing: (terms: Terms) => boolean
  /** What is seen where the order is not counted: what is to become of it stands in its place. */
  readonly without: <Seen>(order: OrderId, look: () => Seen) => Seen
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
  readonly stands: readonly Stand[]
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
  readonly funds: Map<string, Funds>
  readonly orders: Map<OrderId, Counted>
  /** Cells to be valued again before anybody reads a sum. */
  readonly dirty: Set<Cell>
  readonly whole: GrowingTally
  readonly parts: Map<string, GrowingTally>
  readonly resting: RestingSums
}

const beginning = (desk: Desk, holdings: Holdings, valuation: Valuation): State => ({
  desk,
  holdings,
  valuation,
  cells: new Map(),
  bySymbol: new Map(),
  byRate: new Map(),
  funds: new Map(),
  orders: new Map(),
  dirty: new Set(),
  whole: emptyTally({}),
  parts: new Map(),
  resting: restingSums(),
})

const noCells: ReadonlySet<Cell> = new Set()
const cellKey = ({ account, venue, symbol }: CellKey): string => `${account} ${venue} ${symbol}`

export const exposureSums = (
  desk: Desk,
  holdings: Holdings,
  valuation: Valuation,
): ExposureSums => {
  const state = beginning(desk, holdings, valuation)
  const soil = (cells: Iterable<Cell> | undefined): void => {
    for (const cell of cells ?? []) state.dirty.add(cell)
  }
  const sums: ExposureSums = {
    by: (asked) => {
      if (state.valuation !== asked) soil(state.cells.values())
      state.valuation = asked
      return sums
    },
    resting: state.resting,
    total: () => settled(state).whole.total,
    ofSymbol: (symbol) => settled(state).whole.line(symbol).sum,
    of: (scope) => tallyOf(settled(state), scope),
    funds: (account, currency) => settled(state).funds.get(fundsKey(account, currency)) ?? noFunds,
    cell: (key) => settled(state).cells.get(cellKey(key)),
    cellsOf: (symbol) => settled(state).bySymbol.get(symbol) ?? noCells,
    pricing: (key, mark) => pricingOf(state, key, mark),
    without: (order, look) => withoutOrder(state, order, look),
    isReducing: (terms) => onlyReduces(state.cells.get(cellKey(terms)), terms),
    openOrders: () => state.whole.openOrders,
    unknownOrders: () => state.whole.unknownOrders,
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
    lookAtEverything: () => {
      forgetParts(state)
      soil(state.cells.values())
    },
  }
  return sums
}

const cellAt = (state: State, key: CellKey): Cell => {
  const known = state.cells.get(cellKey(key))
  if (known !== undefined) return known
  const cell = emptyCell(key)
  state.cells.set(cellKey(key), cell)
  addTo(state.bySymbol, cell.symbol, cell)
  share(cell, state.whole)
  for (const part of state.parts.values()) if (touches(part.scope, cell)) share(cell, part)
  return cell
}
const share = (cell: Cell, of: GrowingTally): Share => {
  const fresh: Share = { of, worth: undefined, long: 0n, short: 0n, isHeld: false }
  cell.shares.push(fresh)
  return fresh
}
/** Everything is counted. A part that nobody has asked for yet is added up from the beginning. */
const tallyOf = (state: State, scope: Scope): Tally => {
  const key = scopeKey(scope)
  const known = key === wholeKey ? state.whole : state.parts.get(key)
  if (known !== undefined) return known
  const tally = emptyTally(scope)
  state.parts.set(key, tally)
  for (const cell of state.cells.values())
    if (touches(scope, cell))
      addShare(share(cell, tally), cell, worthIn(scope, cell, pricingOf(state, cell)))
  for (const order of state.orders.values()) tallyOrder(tally, order, 1)
  return tally
}
const wholeKey = scopeKey({})
const forgetParts = ({ parts, cells }: State): void => {
  if (parts.size === 0) return
  parts.clear()
  for (const cell of cells.values()) cell.shares.length = 1
}
const tallyOrders = ({ whole, parts }: State, counted: Counted, by: 1 | -1): void => {
  tallyOrder(whole, counted, by)
  for (const part of parts.values()) tallyOrder(part, counted, by)
}
const tallyOrder = (tally: GrowingTally, { terms, open, unknown }: Counted, by: 1 | -1): void => {
  if (!covers(tally.scope, terms)) return
  tally.openOrders += by * open
  tally.unknownOrders += by * unknown
}

/** An order counts once it is approved, however that is known, until both folds say that nothing can fill. */
const countedOf = (state: State, order: HeldOrder): Counted | undefined => {
  const approved = state.desk.outcomeOf(order.orderId) === 'approved'
  if (order.stage === 'intended' && !approved) return undefined
  return {
    cell: cellAt(state, order.terms),
    terms: order.terms,
    claim: worstClaimOf(state.desk, state.holdings, order),
    stands: standsIn(state.desk, state.holdings, order),
    open: order.stage === 'ended' ? 0 : 1,
    unknown: isUnknown(state, order) ? 1 : 0,
  }
}
/** Its own outcome, or that of an amendment. */
const isUnknown = ({ holdings }: State, { orderId, stage }: HeldOrder): boolean =>
  stage === 'unknown' ||
  [...holdings.amendments(orderId).values()].some((amendment) => amendment.stage === 'unknown')
const lookAtOrder = (state: State, orderId: OrderId): void => {
  const order = state.holdings.order(orderId)
  const mine = order?.book === state.desk.book ? order : undefined
  const after = mine === undefined ? undefined : countedOf(state, mine)
  takeOut(state, orderId)
  if (after !== undefined) {
    addClaim(after.cell, after.terms.strategy, after.claim)
    tallyOrders(state, after, 1)
    state.resting.add(after.terms, after.stands)
    state.dirty.add(after.cell)
    state.orders.set(orderId, after)
  }
}
const withoutOrder = <Seen>(state: State, order: OrderId, look: () => Seen): Seen => {
  takeOut(state, order)
  const seen = look()
  lookAtOrder(state, order)
  return seen
}
const takeOut = (state: State, orderId: OrderId): void => {
  const before = state.orders.get(orderId)
  if (before === undefined) return
  removeClaim(before.cell, before.terms.strategy, before.claim)
  tallyOrders(state, before, -1)
  state.resting.remove(before.terms, before.stands)
  state.dirty.add(before.cell)
  state.orders.delete(orderId)
}
const lookAtPlace = (state: State, place: Place): void => {
  if (place.book !== state.desk.book) return
  const cell = cellAt(state, place)
  setPosition(cell, place.strategy, state.holdings.position(place))
  state.dirty.add(cell)
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
  for (const each of cell.shares) takeShare(each, cell)
  for (const { currency, amount } of cell.demands) {
    const key = fundsKey(cell.account, currency)
    state.funds.set(key, withoutDemand(state.funds.get(key) ?? noFunds, amount))
  }
  cell.counted = false
}
const count = (state: State, cell: Cell): void => {
  const pricing = pricingOf(state, cell)
  const whole = pricing === undefined ? undefined : worthOf(cell.load, pricing)
  for (const each of cell.shares) {
    const { scope } = each.of
    addShare(each, cell, scope.strategy === undefined ? whole : worthIn(scope, cell, pricing))
  }
  cell.demands = pricing === undefined ? [] : demandsOf(cell.load, pricing)
  cell.counted = true
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
  const key = cellKey(cell)
  // An order of which nothing can fill any more may outlive its cell, and be taken off it when another one is there.
  if (state.cells.get(key) === cell) state.cells.delete(key)
  removeFrom(state.bySymbol, cell.symbol, cell)
  for (const symbol of cell.rateSymbols) removeFrom(state.byRate, symbol, cell)
  if (state.bySymbol.has(cell.symbol)) return
  for (const { of } of cell.shares) of.lines.delete(cell.symbol)
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
