/** One account's stake in one instrument: its load, strategy by strategy, and what that was last found to be worth. */
import { flat, type Position } from '#domain/books/position'
import {
  type Claim,
  claim,
  emptyLoad,
  type GrowingLoad,
  isNothing,
  type Load,
  move,
  release,
} from '#domain/risk/load'
import type { Purse } from '#domain/risk/sums'
import type { Share } from '#domain/risk/tally'
import {
  type Demand,
  type FixedPricing,
  isSamePricing,
  type Pricing,
  type Valued,
  valued,
  type Worth,
  worthOf,
} from '#domain/risk/worth'
import { abs } from '#domain/values/decimal'
import type { Price, Quantity, SignedQuantity } from '#schemas/values/decimal'
import type { AccountId, MarketSymbol, StrategyId, VenueId } from '#schemas/values/ids'
import type { Side, Terms } from '#schemas/values/trading'

/** A strategy's own position, and what it has open: valued by itself, as if the others were not there. */
export interface Stake extends Load {
  readonly position: Position
}
interface GrowingStake extends GrowingLoad {
  position: Position
  /** What it came to when it was valued last; undefined: it has changed since. */
  last: { readonly pricing: Pricing; readonly worth: Worth | undefined } | undefined
}
export interface Cell {
  readonly account: AccountId
  readonly venue: VenueId
  readonly symbol: MarketSymbol
  readonly stakes: Map<StrategyId, GrowingStake>
  readonly load: GrowingLoad
  /** The markets that its value could be converted by, as long as one is needed. */
  rateSymbols: readonly MarketSymbol[]
  /** One in each tally that covers something of it; the first is that of the whole book. */
  readonly shares: Share[]
  demands: readonly CountedDemand[]
  counted: boolean
  /** The mark by which it is counted. */
  valuedAt: Price | undefined
  /** To be valued again before anybody reads a sum. */
  isDirty: boolean
  /** What its value depends on besides the market; undefined: to be looked up. */
  fixed: FixedPricing | undefined
  /** As it was last asked for. */
  pricing: Pricing | undefined
  /** What it came to when it was valued last; undefined: it has changed since. */
  last: { readonly pricing: Pricing; readonly valued: Valued } | undefined
}
/** What it ties up, with the sum that this stands in. */
export interface CountedDemand extends Demand {
  amount: Demand['amount']
  readonly purse: Purse
}
export type CellKey = Pick<Terms, 'account' | 'venue' | 'symbol'>

export const emptyCell = ({ account, venue, symbol }: CellKey): Cell => ({
  account,
  venue,
  symbol,
  stakes: new Map(),
  load: emptyLoad(),
  rateSymbols: [],
  shares: [],
  demands: [],
  counted: false,
  valuedAt: undefined,
  isDirty: false,
  fixed: undefined,
  pricing: undefined,
  last: undefined,
})

export const addClaim = (cell: Cell, strategy: StrategyId, more: Claim): void => {
  const stake = stakeOf(cell, strategy)
  cell.last = undefined
  stake.last = undefined
  claim(cell.load, more)
  claim(stake, more)
}
export const removeClaim = (cell: Cell, strategy: StrategyId, less: Claim): void => {
  const stake = stakeOf(cell, strategy)
  cell.last = undefined
  stake.last = undefined
  release(cell.load, less)
  release(stake, less)
  forgetIfEmpty(cell, strategy, stake)
}
export const setPosition = (cell: Cell, strategy: StrategyId, position: Position): void => {
  const stake = stakeOf(cell, strategy)
  cell.last = undefined
  stake.last = undefined
  move(cell.load, stake.position, position)
  move(stake, stake.position, position)
  stake.position = position
  forgetIfEmpty(cell, strategy, stake)
}
/** What it comes to, as the venue nets it: an order is decided at the very mark that all is valued by after it. */
export const valuedAt = (cell: Cell, pricing: Pricing): Valued => {
  if (cell.last !== undefined && isSamePricing(cell.last.pricing, pricing)) return cell.last.valued
  const fresh = valued(cell.load, pricing)
  cell.last = { pricing, valued: fresh }
  return fresh
}
/** What one strategy of it comes to by itself. */
export const stakeWorthAt = (stake: GrowingStake, pricing: Pricing): Worth | undefined => {
  const { last } = stake
  if (last !== undefined && isSamePricing(last.pricing, pricing)) return last.worth
  const worth = worthOf(stake, pricing)
  stake.last = { pricing, worth }
  return worth
}
/** Nobody has anything in it, not even two strategies that cancel each other out. */
export const isVacant = ({ stakes, load }: Cell): boolean => stakes.size === 0 && isNothing(load)

/**
 * How much more may still be ordered on a side that only brings the strategy's position nearer to zero, at
 * worst: of what is held against that side, what the other open orders there leave. Below 0 where they are more
 * than that; undefined where nothing is held against it. Orders that enlarge the position are not counted on:
 * they may never fill.
 */
export const reducible = (
  cell: Cell | undefined,
  { strategy, side }: Pick<Terms, 'strategy' | 'side'>,
): SignedQuantity | undefined => {
  const stake = cell?.stakes.get(strategy)
  if (stake === undefined) return undefined
  const held = stake.position.quantity
  const against: Side = held > 0n ? 'sell' : 'buy'
  if (held === 0n || side !== against) return undefined
  return (abs(held) - (side === 'sell' ? stake.sells : stake.buys)) as SignedQuantity
}
/** Whether an order only brings its position nearer to zero. */
export const onlyReduces = (
  cell: Cell | undefined,
  terms: Pick<Terms, 'strategy' | 'side'>,
  quantity: Quantity,
): boolean => {
  const most = reducible(cell, terms)
  return most !== undefined && quantity <= most
}

/** Another strategy that is or may become long where an order sells, or short where it buys, and how far. */
export interface Opposing {
  readonly strategy: StrategyId
  readonly quantity: bigint
}
/** In no order that means anything: which of them came first depends on who folds, and on when somebody looked. */
export const opposing = (
  cell: Cell | undefined,
  { strategy, side }: Pick<Terms, 'strategy' | 'side'>,
): readonly Opposing[] => {
  if (cell === undefined) return []
  const found: Opposing[] = []
  for (const [other, { position, buys, sells }] of cell.stakes) {
    if (other === strategy) continue
    const quantity: bigint = side === 'buy' ? sells - position.quantity : position.quantity + buys
    if (quantity > 0n) found.push({ strategy: other, quantity })
  }
  return found
}

const stakeOf = (cell: Cell, strategy: StrategyId): GrowingStake => {
  const known = cell.stakes.get(strategy)
  if (known !== undefined) return known
  const fresh: GrowingStake = { ...emptyLoad(), position: flat, last: undefined }
  cell.stakes.set(strategy, fresh)
  return fresh
}
const forgetIfEmpty = (cell: Cell, strategy: StrategyId, stake: Stake): void => {
  if (isNothing(stake)) cell.stakes.delete(strategy)
}
