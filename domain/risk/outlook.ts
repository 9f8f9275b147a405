/** How a book, or a part of it, would stand at worst with one order more. */
import type { Cell } from '#domain/risk/cell'
import type { Exposure } from '#domain/risk/exposure'
import { type Claim, type Load, longest, shortest, withClaim } from '#domain/risk/load'
import {
  addDemand,
  addWorth,
  emptySum,
  exchanged,
  grossOf,
  netOf,
  type Purse,
  type Sum,
  takeDemand,
  takeWorth,
} from '#domain/risk/sums'
import { type Line, loadIn, type Share, type Tally, touches, worthIn } from '#domain/risk/tally'
import {
  type Demand,
  fundsCurrency,
  type Pricing,
  valued,
  type Worth,
  worthOf,
} from '#domain/risk/worth'
import { abs, larger } from '#domain/values/decimal'
import type { Amount, Price, Quantity } from '#schemas/values/decimal'
import type { MarketSymbol } from '#schemas/values/ids'
import type { Scope, Terms } from '#schemas/values/trading'

/** Undefined: it cannot be said, because a mark, a rate or the instrument is not known. */
export interface Outlook {
  /** Of the order's symbol, over all accounts and venues of the part: the greater of both sides. */
  readonly positionQuantity: Quantity
  readonly positionNotional: Amount | undefined
  readonly gross: Amount | undefined
  readonly net: Amount | undefined
  /** With this one. */
  readonly openOrders: number
  readonly unknownOrders: number
  /** Of the whole book: what would be spoken for of the account's cash in the currency that the order needs. */
  readonly spokenFor: Amount | undefined
}

/** What of a part is in the order's own cell, with the order. */
export interface Own {
  readonly cell: Cell | undefined
  readonly load: Load
  readonly worth: Worth | undefined
}

/** The order's own cell, the mark that it is judged by, and the pricing of its account and instrument at that. */
export interface Seen {
  readonly cell: Cell | undefined
  readonly mark: Price | undefined
  readonly pricing: Pricing | undefined
}
export const outlookWith = (
  exposure: Exposure,
  terms: Terms,
  claim: Claim,
  { cell, mark, pricing }: Seen,
): { readonly outlook: Outlook; readonly own: Own } => {
  const tally = exposure.whole()
  const load = withClaim(loadIn(tally.scope, cell), claim)
  if (pricing === undefined) {
    const own: Own = { cell, load, worth: undefined }
    return { own, outlook: outlookBy(exposure, tally, terms, own, mark, undefined) }
  }
  const { worth, demands } = valued(load, pricing)
  const own: Own = { cell, load, worth }
  const spokenFor = spokenForWith(exposure, terms, pricing, cell, demands)
  return { own, outlook: outlookBy(exposure, tally, terms, own, pricing.mark, spokenFor) }
}
/** Of a part that the order belongs to. Where that takes all strategies, it has what the book has of the own cell. */
export const outlookIn = (
  exposure: Exposure,
  tally: Tally,
  terms: Terms,
  claim: Claim,
  { mark, pricing, own: ofBook }: Omit<Seen, 'cell'> & { readonly own: Own },
): Outlook => {
  const { scope } = tally
  const own = scope.strategy === undefined ? ofBook : ownIn(scope, ofBook, claim, pricing)
  return outlookBy(exposure, tally, terms, own, pricing?.mark ?? mark, undefined)
}
const ownIn = (
  scope: Scope,
  { cell }: Pick<Own, 'cell'>,
  claim: Claim,
  pricing: Pricing | undefined,
): Own => {
  const load = withClaim(loadIn(scope, cell), claim)
  return { cell, load, worth: pricing === undefined ? undefined : worthOf(load, pricing) }
}

const outlookBy = (
  exposure: Exposure,
  tally: Tally,
  { symbol }: Terms,
  own: Own,
  mark: Price | undefined,
  spokenFor: Amount | undefined,
): Outlook => {
  const before = tally.line(symbol)
  const share = own.cell?.shares.find(({ of }) => of === tally)
  const long = before.long - (share?.long ?? 0n) + longest(own.load)
  const short = before.short - (share?.short ?? 0n) + shortest(own.load)
  const sum = besideOwn(before, share, own, mark) ?? sumAt(exposure, tally.scope, symbol, own, mark)
  const total = exchanged(tally.total, before.sum, sum)
  return {
    positionQuantity: larger(abs(long), abs(short)) as Quantity,
    positionNotional: netOf(sum),
    gross: grossOf(total),
    net: netOf(total),
    openOrders: tally.openOrders + 1,
    unknownOrders: tally.unknownOrders,
    spokenFor,
  }
}
/** Where the symbol is counted at that very mark, all other cells stand in its line as they are. */
const besideOwn = (
  { sum }: Line,
  share: Share | undefined,
  { cell, worth }: Own,
  mark: Price | undefined,
): Sum | undefined => {
  if (share === undefined || mark === undefined || cell?.valuedAt !== mark) return undefined
  const beside = { ...sum }
  takeWorth(beside, share.worth)
  addWorth(beside, worth)
  return beside
}
/** All of them valued at the mark. */
const sumAt = (
  exposure: Exposure,
  scope: Scope,
  symbol: MarketSymbol,
  own: Own,
  mark: Price | undefined,
): Sum => {
  const sum = emptySum()
  addWorth(sum, own.worth)
  for (const cell of exposure.cellsOf(symbol))
    if (cell !== own.cell && touches(scope, cell))
      addWorth(sum, worthIn(scope, cell, exposure.pricingIn(cell, mark)))
  return sum
}

const spokenForWith = (
  exposure: Exposure,
  terms: Terms,
  { instrument }: Pricing,
  own: Cell | undefined,
  demands: readonly Demand[],
): Amount | undefined => {
  const currency = fundsCurrency(terms, instrument)
  const isIn = (demand: Demand): boolean => demand.currency === currency
  const before = own?.demands.find(isIn)
  const purse: Purse = { ...(before?.purse ?? exposure.funds(terms.account, currency)) }
  if (before !== undefined) takeDemand(purse, before.amount)
  addDemand(purse, demands.find(isIn)?.amount)
  return purse.unpriced === 0 ? purse.spokenFor : undefined
}
