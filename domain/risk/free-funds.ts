/** What of an account's money nothing needs: it may leave the account without taking anything's cover away. */
import type { Cell } from '#domain/risk/cell'
import type { Standing } from '#domain/risk/standing'
import {
  addAmount,
  amountFromQuantity,
  lessQuantity,
  negateAmount,
  zeroAmount,
} from '#domain/values/decimal'
import type { Amount, Quantity } from '#schemas/values/decimal'
import type { AccountId, Currency } from '#schemas/values/ids'

export interface FreeFunds {
  readonly balance: Amount
  /** By open orders, by the margin of contracts and what they have lost so far, and by spot positions. */
  readonly needed: Amount
  /** Below 0 where more is needed than there is. */
  readonly free: Amount
}

/** Undefined: something that needs this currency has no mark, so that nobody can say how much. */
export const freeFunds = (
  { holdings, exposure }: Pick<Standing, 'holdings' | 'exposure'>,
  account: AccountId,
  currency: Currency,
): FreeFunds | undefined => {
  const { spokenFor, unpriced } = exposure.funds(account, currency)
  if (unpriced > 0) return undefined
  const held = [...exposure.markets()]
    .flatMap((symbol) => [...exposure.cellsOf(symbol)])
    .filter((cell) => cell.account === account && isSpotIn(holdings, cell, currency))
    .map(unsold)
    .reduce(addAmount, zeroAmount)
  const balance = holdings.cash(account, currency)
  const needed = addAmount(spokenFor, held)
  return { balance, needed, free: addAmount(balance, negateAmount(needed)) }
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
