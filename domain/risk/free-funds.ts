/** What of an account's money nothing needs: it may leave the account without taking anything's cover away. */
import * as E from 'fp-ts/lib/Either.js'
import type { Marks } from '#domain/market/marks'
import type { Cell } from '#domain/risk/cell'
import type { Standing } from '#domain/risk/standing'
import { demandIn } from '#domain/risk/worth'
import {
  addAmount,
  amountFromQuantity,
  larger,
  lessQuantity,
  negateAmount,
  zeroAmount,
} from '#domain/values/decimal'
import { msBetween } from '#domain/values/instant'
import type { Amount, Price, Quantity } from '#schemas/values/decimal'
import type { AccountId, Currency, MarketSymbol } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'
import type { Mark } from '#schemas/values/trading'

export interface FreeFunds {
  readonly balance: Amount
  /** By open orders, by the margin of contracts and what they have lost so far, and by spot positions. */
  readonly needed: Amount
  /** Below 0 where more is needed than there is. */
  readonly free: Amount
}

/** Prices as they are known now, beside those that the book's guard has recorded. */
export interface Market {
  readonly marks: Pick<Marks, 'markOf'>
  readonly now: Instant
}

/** A mark is as old as an order may be judged by; where the book does not say, so old. */
const markAgeMsMax = 5_000

/**
 * By the worse of the recorded mark and the one heard, of those that are not too old: money that has left does
 * not come back when the other one was right. Left: the markets without such a mark that need this currency, so
 * that nobody can say how much.
 */
export const freeFunds = (
  standing: Pick<Standing, 'desk' | 'holdings' | 'exposure'>,
  account: AccountId,
  currency: Currency,
  market: Market,
): E.Either<readonly MarketSymbol[], FreeFunds> => {
  const { holdings, exposure } = standing
  const cells = [...exposure.markets()]
    .flatMap((symbol) => [...exposure.cellsOf(symbol)])
    .filter((cell) => cell.account === account)
  const demands = cells.map((cell) => demandOf(standing, cell, currency, market))
  const unknown = cells.flatMap(({ symbol }, n) => (demands[n] === undefined ? [symbol] : []))
  if (unknown.length > 0) return E.left(unknown)
  const held = cells.filter((cell) => isSpotIn(holdings, cell, currency)).map(unsold)
  const needed = [...demands.flatMap((demand) => demand ?? []), ...held].reduce(
    addAmount,
    zeroAmount,
  )
  const balance = holdings.cash(account, currency)
  return E.right({ balance, needed, free: addAmount(balance, negateAmount(needed)) })
}

const demandOf = (
  standing: Pick<Standing, 'desk' | 'exposure'>,
  cell: Cell,
  currency: Currency,
  market: Market,
): Amount | undefined => {
  const pricing = standing.exposure.pricing(cell)
  if (pricing === undefined) return undefined
  const at = (mark: Price | undefined) => demandIn(currency, cell.load, { ...pricing, mark })
  const whateverThePrice = at(undefined)
  if (whateverThePrice !== undefined) return whateverThePrice
  const demands = freshMarks(standing, cell.symbol, market).flatMap(({ price }) => at(price) ?? [])
  return demands.length === 0 ? undefined : demands.reduce((a, b) => larger(a, b) as Amount)
}
const freshMarks = (
  { desk }: Pick<Standing, 'desk'>,
  symbol: MarketSymbol,
  { marks, now }: Market,
): readonly Mark[] => {
  const ageMax = desk.opened()?.limits.maxMarkAgeMs ?? markAgeMsMax
  return [desk.markOf(symbol), marks.markOf(symbol)].flatMap((mark) =>
    mark !== undefined && msBetween(mark.at, now) <= ageMax ? [mark] : [],
  )
}

const isSpotIn = (
  holdings: Standing['holdings'],
  { venue, symbol }: Cell,
  currency: Currency,
): boolean => {
  const terms = holdings.termsOf(venue, symbol)
  return terms?.kind === 'spot' && terms.base === currency
}
/** The coins of a position are what it will deliver; those that are being sold are spoken for already. */
const unsold = ({ load }: Cell): Amount =>
  load.quantity > load.sells
    ? amountFromQuantity(lessQuantity(load.quantity as bigint as Quantity, load.sells))
    : zeroAmount
