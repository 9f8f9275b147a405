/**
 * What a part of a book adds up to, at worst: the whole of it, an account, a strategy, a symbol, or where they meet.
 * A part that names no strategy takes what an account has of an instrument as the venue nets it. One that does
 * takes the strategy's own position and orders by themselves: what another strategy of the account has against
 * it nets nothing, for it may be gone tomorrow.
 */
import { type Cell, stakeWorthAt, valuedAt } from '#domain/risk/cell'
import { isNothing, type Load, longest, nothingHeld, shortest } from '#domain/risk/load'
import {
  addWorth,
  emptySum,
  type GrowingSum,
  noSum,
  shiftWorth,
  type Sum,
  takeWorth,
} from '#domain/risk/sums'
import { type Pricing, type Worth, worthless } from '#domain/risk/worth'
import type { MarketSymbol } from '#schemas/values/ids'
import type { Scope, Terms } from '#schemas/values/trading'

/** One symbol of the part, over all accounts and venues. */
export interface Line {
  readonly sum: Sum
  /** If every buy filled and no sell, and the other way round. */
  readonly long: bigint
  readonly short: bigint
}
export interface Tally {
  readonly scope: Scope
  readonly total: Sum
  readonly openOrders: number
  readonly unknownOrders: number
  /** In how many instruments of how many accounts there is anything. */
  readonly places: number
  readonly line: (symbol: MarketSymbol) => Line
  /** Those in which there is anything, and perhaps others. */
  readonly symbols: () => Iterable<MarketSymbol>
}
export interface GrowingTally extends Tally {
  readonly lines: Map<MarketSymbol, GrowingLine>
  readonly total: GrowingSum
  openOrders: number
  unknownOrders: number
  places: number
}
interface GrowingLine extends Line {
  readonly sum: GrowingSum
  long: bigint
  short: bigint
}
/** What a cell is in one tally, as it stands in there. */
export interface Share {
  readonly of: GrowingTally
  /** Undefined: not known. */
  worth: Worth | undefined
  long: bigint
  short: bigint
  isHeld: boolean
}

export const emptyTally = (scope: Scope): GrowingTally => {
  const lines: GrowingTally['lines'] = new Map()
  return {
    scope,
    lines,
    total: emptySum(),
    openOrders: 0,
    unknownOrders: 0,
    places: 0,
    line: (symbol) => lines.get(symbol) ?? noLine,
    symbols: () => lines.keys(),
  }
}
const noLine: Line = { sum: noSum, long: 0n, short: 0n }

/** A cell is counted, at this worth. */
export const addShare = (share: Share, cell: Cell, worth: Worth | undefined): void => {
  const { of } = share
  const load = loadIn(of.scope, cell)
  share.worth = worth
  share.long = longest(load)
  share.short = shortest(load)
  share.isHeld = !isNothing(load)
  addWorth(of.total, worth)
  if (share.isHeld) of.places += 1
  const line = lineOf(of, cell)
  addWorth(line.sum, worth)
  line.long += share.long
  line.short += share.short
}
/** It is counted, and has become another. What has not changed is not added up again. */
export const changeShare = (share: Share, cell: Cell, worth: Worth | undefined): void => {
  const { of } = share
  const load = loadIn(of.scope, cell)
  const isHeld = !isNothing(load)
  if (share.isHeld !== isHeld) of.places += isHeld ? 1 : -1
  share.isHeld = isHeld
  const line = lineOf(of, cell)
  if (share.worth !== worth) changeWorth(of.total, line.sum, share.worth, worth)
  share.worth = worth
  const long = longest(load)
  if (share.long !== long) line.long += long - share.long
  share.long = long
  const short = shortest(load)
  if (share.short !== short) line.short += short - share.short
  share.short = short
}
/** It is no longer, at what it was counted. */
export const takeShare = ({ of, worth, long, short, isHeld }: Share, cell: Cell): void => {
  takeWorth(of.total, worth)
  if (isHeld) of.places -= 1
  const line = lineOf(of, cell)
  takeWorth(line.sum, worth)
  line.long -= long
  line.short -= short
}
const changeWorth = (
  total: GrowingSum,
  line: GrowingSum,
  before: Worth | undefined,
  after: Worth | undefined,
): void => {
  if (before !== undefined && after !== undefined) {
    shiftWorth(total, line, before, after)
    return
  }
  for (const sum of [total, line]) {
    takeWorth(sum, before)
    addWorth(sum, after)
  }
}
const lineOf = ({ lines }: GrowingTally, { symbol }: Cell): GrowingLine => {
  const known = lines.get(symbol)
  if (known !== undefined) return known
  const fresh: GrowingLine = { sum: emptySum(), long: 0n, short: 0n }
  lines.set(symbol, fresh)
  return fresh
}

/** One text for one scope, and no two scopes have the same: no id has a blank in it. */
export const scopeKey = ({ account, strategy, symbol }: Scope): string =>
  `${account ?? ''} ${strategy ?? ''} ${symbol ?? ''}`
/** Whether anything of a cell may be in the part. */
export const touches = (
  { account, symbol }: Scope,
  cell: Pick<Terms, 'account' | 'symbol'>,
): boolean =>
  (account === undefined || account === cell.account) &&
  (symbol === undefined || symbol === cell.symbol)

/** What of a cell is in the part. */
export const loadIn = ({ strategy }: Scope, cell: Cell | undefined): Load =>
  (strategy === undefined ? cell?.load : cell?.stakes.get(strategy)) ?? nothingHeld
/** Where nothing is, nothing needs a price. */
export const worthIn = (
  { strategy }: Scope,
  cell: Cell,
  pricing: Pricing | undefined,
): Worth | undefined => {
  if (strategy === undefined)
    return pricing === undefined ? undefined : valuedAt(cell, pricing).worth
  const stake = cell.stakes.get(strategy)
  if (stake === undefined) return worthless
  return pricing === undefined ? undefined : stakeWorthAt(stake, pricing)
}
