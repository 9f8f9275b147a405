/** Every cell of a book, found by what it is of, by its symbol, and by the markets that convert its value. */
import { type Cell, type CellKey, emptyCell } from '#domain/risk/cell'
import { innerOf } from '#domain/values/inner-of'
import type { AccountId, MarketSymbol, VenueId } from '#schemas/values/ids'

/** Map in map: a text made of three ids would have to be made, and hashed, for every question. */
type Found = Map<AccountId, Map<MarketSymbol, Map<VenueId, Cell>>>
export interface Cells {
  readonly all: Set<Cell>
  readonly found: Found
  readonly bySymbol: Map<MarketSymbol, Set<Cell>>
  readonly byRate: Map<MarketSymbol, Set<Cell>>
}
export const noCells = (): Cells => ({
  all: new Set(),
  found: new Map(),
  bySymbol: new Map(),
  byRate: new Map(),
})

export const cellOf = ({ found }: Cells, { account, venue, symbol }: CellKey): Cell | undefined =>
  found.get(account)?.get(symbol)?.get(venue)
export const addCell = (cells: Cells, key: CellKey): Cell => {
  const cell = emptyCell(key)
  const ofAccount = innerOf(cells.found, cell.account)
  innerOf(ofAccount, cell.symbol).set(cell.venue, cell)
  cells.all.add(cell)
  addTo(cells.bySymbol, cell.symbol, cell)
  return cell
}
export const dropCell = (cells: Cells, cell: Cell): void => {
  const { account, venue, symbol } = cell
  const ofAccount = cells.found.get(account)
  const ofSymbol = ofAccount?.get(symbol)
  // An order of which nothing can fill any more may outlive its cell, and be taken off it when another one is there.
  if (ofSymbol?.get(venue) === cell) ofSymbol.delete(venue)
  if (ofSymbol?.size === 0) ofAccount?.delete(symbol)
  if (ofAccount?.size === 0) cells.found.delete(account)
  cells.all.delete(cell)
  removeFrom(cells.bySymbol, symbol, cell)
  convertBy(cells, cell, [])
}
/** Its value is converted by the mark of one of these from now on. */
export const convertBy = (
  { byRate }: Cells,
  cell: Cell,
  rateSymbols: readonly MarketSymbol[],
): void => {
  const before = cell.rateSymbols
  if (before.length === rateSymbols.length && before[0] === rateSymbols[0]) return
  for (const symbol of before) removeFrom(byRate, symbol, cell)
  for (const symbol of rateSymbols) addTo(byRate, symbol, cell)
  cell.rateSymbols = rateSymbols
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
