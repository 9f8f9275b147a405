/**
 * What a book has and may come to have, at worst: the sums over both folds. Approved, in-flight, working and
 * unknown orders count in full. A change in a fold makes only what it touches be looked at again, and that is
 * always computed anew from the folds, so that the order of changes does not matter.
 */
import { covers } from '#domain/order/kill-switch'
import { addClaim, type Cell, type CellKey, removeClaim, setPosition } from '#domain/risk/cell'
import { addCell, cellOf, type Cells, noCells } from '#domain/risk/cells'
import { type Counted, countedOf, ordersBeside } from '#domain/risk/counted'
import type { Desk } from '#domain/risk/desk'
import type { Holdings, Place } from '#domain/risk/holdings'
import { fixedOf, pricingBy } from '#domain/risk/pricing'
import { type Resting, type RestingSums, restingSums } from '#domain/risk/resting'
import { pricingOf, settled, settleIfMuch, soil, type Sums } from '#domain/risk/settling'
import { type Funds, noFunds, type Sum } from '#domain/risk/sums'
import {
  addShare,
  emptyTally,
  type GrowingTally,
  scopeKey,
  type Share,
  type Tally,
  touches,
  worthIn,
} from '#domain/risk/tally'
import type { Pricing, Valuation } from '#domain/risk/worth'
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
  readonly whole: () => Tally
  readonly ofSymbol: (symbol: MarketSymbol) => Sum
  /** Over a part of it. Kept up to date from the first time that it is asked for until the limits change. */
  readonly of: (scope: Scope) => Tally
  /** What of an account's cash is spoken for. */
  readonly funds: (account: AccountId, currency: Currency) => Funds
  readonly cell: (key: CellKey) => Cell | undefined
  readonly cellsOf: (symbol: MarketSymbol) => ReadonlySet<Cell>
  /** How a cell is valued now; with this mark instead of the recorded one, where it is given. */
  readonly pricing: (key: CellKey, mark?: Price) => Pricing | undefined
  /** The same of one that is at hand. */
  readonly pricingIn: (cell: Cell, mark?: Price) => Pricing | undefined
  /** What is seen where the order is not counted: what is to become of it stands in its place. */
  readonly without: <Seen>(order: OrderId, look: () => Seen) => Seen
  /** The open orders of its strategy on its side, oldest first. Looks at all that is open. */
  readonly beside: (terms: Terms) => readonly OrderId[]
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

interface State extends Sums {
  readonly resting: RestingSums
  readonly orders: Map<OrderId, Counted>
  readonly whole: GrowingTally
  readonly parts: Map<string, GrowingTally>
  /** The same by the object that was last asked with: limits in force ask with the same ones again. */
  asked: WeakMap<Scope, Tally>
  /** The same; under undefined those that name no symbol. */
  readonly partsOf: Map<MarketSymbol | undefined, GrowingTally[]>
}

const nobody: ReadonlySet<Cell> = new Set()

export const exposureSums = (
  desk: Desk,
  holdings: Holdings,
  valuation: Valuation,
): ExposureSums => {
  const state: State = {
    desk,
    holdings,
    valuation,
    cells: noCells(),
    funds: new Map(),
    orders: new Map(),
    dirty: [],
    whole: emptyTally({}),
    parts: new Map(),
    asked: new WeakMap(),
    partsOf: new Map(),
    resting: restingSums(),
  }
  const { cells } = state
  const sums: ExposureSums = {
    by: (asked) => {
      if (state.valuation !== asked) forgetFixed(state, cells.all)
      state.valuation = asked
      return sums
    },
    resting: state.resting,
    total: () => settled(state).whole.total,
    whole: () => settled(state).whole,
    ofSymbol: (symbol) => settled(state).whole.line(symbol).sum,
    of: (scope) => tallyOf(settled(state), scope),
    funds: (account, currency) => settled(state).funds.get(account)?.get(currency) ?? noFunds,
    cell: (key) => cellOf(settled(state).cells, key),
    cellsOf: (symbol) => settled(state).cells.bySymbol.get(symbol) ?? nobody,
    pricing: (key, mark) => pricingAt(state, key, mark),
    pricingIn: (cell, mark) => pricingOf(state, cell, mark),
    without: (order, look) => withoutOrder(state, order, look),
    beside: (terms) => ordersBeside(state.orders, terms),
    openOrders: () => state.whole.openOrders,
    unknownOrders: () => state.whole.unknownOrders,
    markets: () => marketsOf(settled(state).cells),
    lookAtOrder: (order) => lookAtOrder(state, order),
    lookAtPlace: (place) => lookAtPlace(state, place),
    lookAtInstrument: (venue, symbol) =>
      forgetFixed(
        state,
        [...(cells.bySymbol.get(symbol) ?? nobody)].filter((cell) => cell.venue === venue),
      ),
    lookAtMark: (symbol) => lookAtMark(state, symbol),
    lookAtEverything: () => {
      forgetParts(state)
      forgetFixed(state, cells.all)
    },
  }
  return sums
}

/** More than the market has changed. */
const forgetFixed = (state: State, cells: Iterable<Cell>): void => {
  for (const cell of cells) {
    cell.fixed = undefined
    cell.pricing = undefined
    soil(state, cell)
  }
}
/** Of the cells that are valued by it, those that were valued at another price; and all that are converted by it. */
const lookAtMark = (state: State, symbol: MarketSymbol): void => {
  const { bySymbol, byRate } = state.cells
  const price = state.desk.markOf(symbol)?.price
  for (const cell of bySymbol.get(symbol) ?? nobody) if (cell.valuedAt !== price) soil(state, cell)
  for (const cell of byRate.get(symbol) ?? nobody) soil(state, cell)
}
const marketsOf = ({ bySymbol, byRate }: Cells): ReadonlySet<MarketSymbol> =>
  new Set([...bySymbol.keys(), ...byRate.keys()])
const pricingAt = (state: State, key: CellKey, mark: Price | undefined): Pricing | undefined => {
  const cell = cellOf(state.cells, key)
  if (cell !== undefined) return pricingOf(state, cell, mark)
  const fixed = fixedOf(state, key)
  return fixed === undefined ? undefined : pricingBy(state.desk, key, fixed, mark)
}
const cellAt = (state: State, key: CellKey): Cell => {
  const known = cellOf(state.cells, key)
  if (known !== undefined) return known
  const cell = addCell(state.cells, key)
  share(cell, state.whole)
  eachPartOf(state, cell.symbol, (part) => {
    if (touches(part.scope, cell)) share(cell, part)
  })
  return cell
}
const share = (cell: Cell, of: GrowingTally): Share => {
  const fresh: Share = { of, worth: undefined, long: 0n, short: 0n, isHeld: false }
  cell.shares.push(fresh)
  return fresh
}
/** Everything is counted. A part that nobody has asked for yet is added up from the beginning. */
const tallyOf = (state: State, scope: Scope): Tally => {
  const asked = state.asked.get(scope)
  if (asked !== undefined) return asked
  const key = scopeKey(scope)
  const tally = key === wholeKey ? state.whole : (state.parts.get(key) ?? partOf(state, scope, key))
  state.asked.set(scope, tally)
  return tally
}
const partOf = (state: State, scope: Scope, key: string): Tally => {
  const tally = emptyTally(scope)
  state.parts.set(key, tally)
  state.partsOf.set(scope.symbol, [...(state.partsOf.get(scope.symbol) ?? []), tally])
  for (const cell of state.cells.all)
    if (touches(scope, cell))
      addShare(share(cell, tally), cell, worthIn(scope, cell, pricingOf(state, cell)))
  for (const order of state.orders.values()) tallyOrder(tally, order, 1)
  return tally
}
const wholeKey = scopeKey({})
const forgetParts = (state: State): void => {
  const { parts, partsOf, cells } = state
  if (parts.size === 0) return
  state.asked = new WeakMap()
  parts.clear()
  partsOf.clear()
  for (const cell of cells.all) cell.shares.length = 1
}
const tallyOrders = (state: State, counted: Counted, by: 1 | -1): void => {
  tallyOrder(state.whole, counted, by)
  eachPartOf(state, counted.terms.symbol, (part) => tallyOrder(part, counted, by))
}
const eachPartOf = (
  { parts, partsOf }: State,
  symbol: MarketSymbol,
  look: (part: GrowingTally) => void,
): void => {
  if (parts.size === 0) return
  partsOf.get(undefined)?.forEach(look)
  partsOf.get(symbol)?.forEach(look)
}
const tallyOrder = (tally: GrowingTally, { terms, open, unknown }: Counted, by: 1 | -1): void => {
  if (!covers(tally.scope, terms)) return
  tally.openOrders += by * open
  tally.unknownOrders += by * unknown
}

const lookAtOrder = (state: State, orderId: OrderId): void => {
  countAnew(state, orderId)
  settleIfMuch(state)
}
const countAnew = (state: State, orderId: OrderId): void => {
  const order = state.holdings.order(orderId)
  const mine = order?.book === state.desk.book ? order : undefined
  const after = mine === undefined ? undefined : countedOf(state, mine, (key) => cellAt(state, key))
  takeOut(state, orderId)
  if (after !== undefined) {
    addClaim(after.cell, after.terms.strategy, after.claim)
    tallyOrders(state, after, 1)
    state.resting.add(after.terms, after.stands)
    soil(state, after.cell)
    state.orders.set(orderId, after)
  }
}
const withoutOrder = <Seen>(state: State, order: OrderId, look: () => Seen): Seen => {
  takeOut(state, order)
  try {
    return look()
  } finally {
    countAnew(state, order)
  }
}
const takeOut = (state: State, orderId: OrderId): void => {
  const before = state.orders.get(orderId)
  if (before === undefined) return
  removeClaim(before.cell, before.terms.strategy, before.claim)
  tallyOrders(state, before, -1)
  state.resting.remove(before.terms, before.stands)
  soil(state, before.cell)
  state.orders.delete(orderId)
}
const lookAtPlace = (state: State, place: Place): void => {
  if (place.book !== state.desk.book) return
  const cell = cellAt(state, place)
  setPosition(cell, place.strategy, state.holdings.position(place))
  soil(state, cell)
  // What was never listed is what its last fill says that it is.
  const instrument = state.holdings.termsOf(place.venue, place.symbol)
  const ofSymbol = [...(state.cells.bySymbol.get(place.symbol) ?? nobody)]
  forgetFixed(
    state,
    ofSymbol.filter(
      ({ venue, fixed }) => venue === place.venue && fixed?.instrument !== instrument,
    ),
  )
  settleIfMuch(state)
}
