/**
 * What each book has in money, kept so that its worth can be told at any moment: cash by currency, what was brought
 * in or taken out, and the contracts that are held. Coins of a spot position are cash in their own currency.
 */
import type { CashMovement } from '#domain/books/cash'
import { type Position, pnlCurrency, unrealisedPnl } from '#domain/books/position'
import { addAmount, zeroAmount } from '#domain/values/decimal'
import type { Amount, Price } from '#schemas/values/decimal'
import type { BookId, Currency, MarketSymbol } from '#schemas/values/ids'
import type { InstrumentTerms } from '#schemas/values/trading'

export interface Contract {
  readonly position: Position
  readonly instrument: InstrumentTerms
}
export interface BookMoney {
  /** Over all accounts. */
  readonly cash: ReadonlyMap<Currency, Amount>
  /** Deposits less withdrawals, since the first. */
  readonly brought: ReadonlyMap<Currency, Amount>
  /** What is held of each symbol, place by place. */
  readonly contracts: ReadonlyMap<MarketSymbol, ReadonlyMap<string, Contract>>
}
/** What an event has changed of it. */
export interface MoneyChange {
  readonly book: BookId
  readonly currencies: readonly Currency[]
}

interface Kept {
  readonly cash: Map<Currency, Amount>
  readonly brought: Map<Currency, Amount>
  readonly contracts: Map<MarketSymbol, Map<string, Contract>>
}
export type MoneyState = Map<BookId, Kept>

export const noMoney = (): MoneyState => new Map()

const none: BookMoney = { cash: new Map(), brought: new Map(), contracts: new Map() }
export const moneyOf = (state: MoneyState, book: BookId): BookMoney => state.get(book) ?? none

export const moveCash = (
  state: MoneyState,
  book: BookId,
  { currency, amount }: CashMovement,
): void => add(at(state, book).cash, currency, amount)
export const bringIn = (
  state: MoneyState,
  book: BookId,
  { currency, amount }: CashMovement,
): void => add(at(state, book).brought, currency, amount)
/** A holding as it is now, under a name of its own. Of spot there is nothing to keep: it is cash. */
export const hold = (
  state: MoneyState,
  { book, symbol }: { readonly book: BookId; readonly symbol: MarketSymbol },
  place: string,
  held: Contract,
): void => {
  if (held.instrument.kind === 'spot') return
  const { contracts } = at(state, book)
  const places = contracts.get(symbol) ?? new Map<string, Contract>()
  if (held.position.quantity === 0n) places.delete(place)
  else places.set(place, held)
  if (places.size === 0) contracts.delete(symbol)
  else contracts.set(symbol, places)
}

const at = (state: MoneyState, book: BookId): Kept => {
  const known = state.get(book)
  if (known !== undefined) return known
  const fresh: Kept = { cash: new Map(), brought: new Map(), contracts: new Map() }
  state.set(book, fresh)
  return fresh
}
const add = (sums: Map<Currency, Amount>, currency: Currency, amount: Amount): void => {
  sums.set(currency, addAmount(sums.get(currency) ?? zeroAmount, amount))
}

/** What the contracts of one symbol would pay if they were closed at this price, by currency. */
export const unpaidAt = (
  places: ReadonlyMap<string, Contract>,
  price: Price,
): ReadonlyMap<Currency, Amount> => {
  const sums = new Map<Currency, Amount>()
  for (const { position, instrument } of places.values())
    add(sums, pnlCurrency(instrument), unrealisedPnl(position, price, instrument))
  return sums
}
/** The currencies that they pay in, and nothing of each: there is no price. */
export const currenciesOf = (
  places: ReadonlyMap<string, Contract>,
): ReadonlyMap<Currency, Amount> =>
  new Map([...places.values()].map(({ instrument }) => [pnlCurrency(instrument), zeroAmount]))
