/**
 * What a book is worth at the marks that its desk has: the cash of all its accounts and what its contracts would pay,
 * each currency turned into the book's as the read models do it. Kept as sums; what an event touches is looked at
 * again before anybody reads them.
 */
import { rateSymbols, worthIn } from '#domain/books/valuation'
import type { Desk } from '#domain/risk/desk'
import type { Holdings } from '#domain/risk/holdings'
import { type BookMoney, currenciesOf, type MoneyChange, unpaidAt } from '#domain/risk/money'
import { addAmount, scaleHalfEven, unscaleHalfEven, zeroAmount } from '#domain/values/decimal'
import { plusMs } from '#domain/values/instant'
import type { Amount, Price, Ratio } from '#schemas/values/decimal'
import type { Currency, MarketSymbol } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'
import type { Mark } from '#schemas/values/trading'

/** Why a worth is not relied upon. */
export type Doubt =
  | { readonly _tag: 'Unpriced'; readonly symbols: readonly MarketSymbol[] }
  | { readonly _tag: 'Stale'; readonly symbol: MarketSymbol; readonly at: Instant }
  | { readonly _tag: 'Jumped'; readonly symbol: MarketSymbol }
  /** No event could say how much it is. */
  | { readonly _tag: 'TooMuch' }

export interface Equity {
  /** Undefined: something in it has no price. */
  readonly worth: () => Amount | undefined
  /** What stands against relying on it at a moment; undefined: nothing. Without a moment no mark is too old. */
  readonly doubtAt: (clock: Instant | undefined) => Doubt | undefined
  /** So much of a currency in the book's, by a mark that can be relied upon; undefined: there is none. */
  readonly worthOf: (
    currency: Currency,
    amount: Amount,
    clock: Instant | undefined,
  ) => Amount | undefined
  /** Every market whose mark values something of it, or would. */
  readonly markets: () => ReadonlySet<MarketSymbol>
  /** How often what is held has changed. */
  readonly changes: () => number
  /** The marks that it is valued by, by symbol. */
  readonly marks: () => readonly Mark[]
}
export interface EquitySums extends Equity {
  readonly lookAtMoney: (change: MoneyChange) => void
  readonly lookAtContract: (symbol: MarketSymbol) => void
  readonly lookAtMark: (symbol: MarketSymbol) => void
  readonly lookAtEverything: () => void
}

/** One currency of the book. */
interface Part {
  /** The markets that convert it, the direct one first; none where it is the book's own currency. */
  readonly rates: readonly [MarketSymbol, MarketSymbol] | undefined
  unpaid: bigint
  /** Symbols whose contracts pay in it and have no mark. */
  unpriced: number
  worth: Amount | undefined
  counted: boolean
}
interface Valued {
  readonly price: Price | undefined
  readonly sums: ReadonlyMap<Currency, Amount>
}
interface State {
  readonly desk: Desk
  readonly money: () => BookMoney
  readonly parts: Map<Currency, Part>
  readonly bySymbol: Map<MarketSymbol, Valued>
  readonly byRate: Map<MarketSymbol, Currency>
  readonly dirtyParts: Set<Currency>
  readonly dirtySymbols: Set<MarketSymbol>
  total: bigint
  unknown: number
  /** No mark in use is older; some may be newer. */
  oldest: number
  changes: number
  /** Undefined: to be found again. */
  markets: ReadonlySet<MarketSymbol> | undefined
  /** Nothing of the above is right. */
  isVoid: boolean
}

export const equitySums = (desk: Desk, holdings: Pick<Holdings, 'money'>): EquitySums => {
  const state = emptyState(desk, holdings)
  return {
    worth: () => {
      settle(state)
      return desk.opened() === undefined || state.unknown > 0 ? undefined : (state.total as Amount)
    },
    doubtAt: (clock) => doubtAt(state, clock),
    worthOf: (currency, amount, clock) => {
      const into = desk.opened()?.currency
      if (into === undefined) return undefined
      const isRelied = (mark: Mark): boolean =>
        mark.at >= oldestAllowed(desk, clock) && !desk.doubted().has(mark.symbol)
      return worthIn(into, (symbol) => {
        const mark = desk.markOf(symbol)
        return mark !== undefined && isRelied(mark) ? mark.price : undefined
      })(currency, amount)
    },
    markets: () => {
      settle(state)
      state.markets ??= new Set([...state.bySymbol.keys(), ...neededRates(state)])
      return state.markets
    },
    changes: () => state.changes,
    marks: () => {
      settle(state)
      return marksInUse(state)
    },
    lookAtMoney: ({ currencies }) => {
      changed(state)
      for (const currency of currencies) state.dirtyParts.add(currency)
    },
    lookAtContract: (symbol) => {
      changed(state)
      state.dirtySymbols.add(symbol)
    },
    lookAtMark: (symbol) => {
      const currency = state.byRate.get(symbol)
      if (currency !== undefined) state.dirtyParts.add(currency)
      const valued = state.bySymbol.get(symbol)
      if (valued === undefined) return
      const mark = desk.markOf(symbol)
      if (mark?.price !== valued.price) state.dirtySymbols.add(symbol)
      else if (mark !== undefined) state.oldest = Math.min(state.oldest, mark.at)
    },
    lookAtEverything: () => {
      changed(state)
      state.isVoid = true
    },
  }
}
const emptyState = (desk: Desk, holdings: Pick<Holdings, 'money'>): State => ({
  desk,
  money: () => holdings.money(desk.book),
  parts: new Map(),
  bySymbol: new Map(),
  byRate: new Map(),
  dirtyParts: new Set(),
  dirtySymbols: new Set(),
  total: 0n,
  unknown: 0,
  oldest: Infinity,
  changes: 0,
  markets: undefined,
  isVoid: true,
})
const changed = (state: State): void => {
  state.changes += 1
  state.markets = undefined
}

const settle = (state: State): void => {
  if (state.isVoid) begin(state)
  if (state.dirtySymbols.size > 0) {
    for (const symbol of state.dirtySymbols) valueContracts(state, symbol)
    state.dirtySymbols.clear()
  }
  if (state.dirtyParts.size === 0) return
  for (const currency of state.dirtyParts) valuePart(state, currency)
  state.dirtyParts.clear()
}
const begin = (state: State): void => {
  for (const kept of [state.parts, state.bySymbol, state.byRate]) kept.clear()
  state.total = 0n
  state.unknown = 0
  state.oldest = Infinity
  state.isVoid = false
  const { cash, contracts } = state.money()
  for (const currency of cash.keys()) state.dirtyParts.add(currency)
  for (const symbol of contracts.keys()) state.dirtySymbols.add(symbol)
}

const valueContracts = (state: State, symbol: MarketSymbol): void => {
  const before = state.bySymbol.get(symbol)
  for (const [currency, unpaid] of before?.sums ?? []) {
    const part = partOf(state, currency)
    part.unpaid -= unpaid
    if (before?.price === undefined) part.unpriced -= 1
    state.dirtyParts.add(currency)
  }
  state.bySymbol.delete(symbol)
  const places = state.money().contracts.get(symbol)
  if (places === undefined) return
  const mark = state.desk.markOf(symbol)
  const sums = mark === undefined ? currenciesOf(places) : unpaidAt(places, mark.price)
  state.bySymbol.set(symbol, { price: mark?.price, sums })
  for (const [currency, unpaid] of sums) {
    const part = partOf(state, currency)
    part.unpaid += unpaid
    if (mark === undefined) part.unpriced += 1
    state.dirtyParts.add(currency)
  }
  if (mark !== undefined) state.oldest = Math.min(state.oldest, mark.at)
}
const partOf = (state: State, currency: Currency): Part => {
  const known = state.parts.get(currency)
  if (known !== undefined) return known
  const into = state.desk.opened()?.currency
  const rates = into === undefined || into === currency ? undefined : rateSymbols(currency, into)
  const part: Part = { rates, unpaid: 0n, unpriced: 0, worth: zeroAmount, counted: false }
  state.parts.set(currency, part)
  for (const symbol of rates ?? []) state.byRate.set(symbol, currency)
  return part
}
const valuePart = (state: State, currency: Currency): void => {
  const part = partOf(state, currency)
  if (part.counted) {
    state.total -= part.worth ?? 0n
    if (part.worth === undefined) state.unknown -= 1
  }
  part.worth = worthOfPart(state, currency, part)
  part.counted = true
  state.total += part.worth ?? 0n
  if (part.worth === undefined) state.unknown += 1
  const rate = rateInUse(state, currency, part)
  if (rate !== undefined) state.oldest = Math.min(state.oldest, rate.at)
}
/** Cash and what contracts would pay apart, each rounded by itself, as the read models have them. */
const worthOfPart = (state: State, currency: Currency, part: Part): Amount | undefined => {
  if (part.unpriced > 0) return undefined
  const cash = state.money().cash.get(currency) ?? zeroAmount
  const unpaid = part.unpaid as Amount
  if (part.rates === undefined) return addAmount(cash, unpaid)
  if (cash === 0n && unpaid === 0n) return zeroAmount
  const rate = rateOf(state.desk, part.rates)
  if (rate === undefined) return undefined
  return addAmount(convertedHalfEven(cash, rate, part), convertedHalfEven(unpaid, rate, part))
}
/** As `worthIn` does it. */
const convertedHalfEven = (value: Amount, { symbol, price }: Mark, { rates }: Part): Amount =>
  symbol === rates?.[0]
    ? scaleHalfEven(value, price as bigint as Ratio)
    : unscaleHalfEven(value, price)
const rateOf = (desk: Desk, [direct, reverse]: NonNullable<Part['rates']>): Mark | undefined =>
  desk.markOf(direct) ?? desk.markOf(reverse)

/** Whether there is something of a currency to be turned into another. */
const needsRate = ({ money }: State, currency: Currency, { rates, unpaid }: Part): boolean =>
  rates !== undefined && (unpaid !== 0n || (money().cash.get(currency) ?? 0n) !== 0n)
const rateInUse = (state: State, currency: Currency, part: Part): Mark | undefined =>
  part.rates !== undefined && needsRate(state, currency, part)
    ? rateOf(state.desk, part.rates)
    : undefined
const neededRates = (state: State): readonly MarketSymbol[] =>
  [...state.parts].flatMap(([currency, part]) =>
    needsRate(state, currency, part) ? (part.rates ?? []) : [],
  )
/** By symbol: what they were counted in the order of is known only to whoever has looked. */
const marksInUse = (state: State): readonly Mark[] => {
  const symbols = new Set(state.bySymbol.keys())
  for (const [currency, part] of state.parts) {
    const rate = rateInUse(state, currency, part)
    if (rate !== undefined) symbols.add(rate.symbol)
  }
  return [...symbols].toSorted().flatMap((symbol) => state.desk.markOf(symbol) ?? [])
}

const oldestAllowed = (desk: Desk, clock: Instant | undefined): number => {
  const age = desk.opened()?.limits.maxMarkAgeMs
  return age === undefined || clock === undefined ? -Infinity : plusMs(clock, -age)
}
const doubtAt = (state: State, clock: Instant | undefined): Doubt | undefined => {
  settle(state)
  const { desk } = state
  if (state.unknown > 0) return { _tag: 'Unpriced', symbols: unpricedIn(state) }
  const doubted = desk.doubted()
  if (doubted.size > 0) {
    const jumped = marksInUse(state).find(({ symbol }) => doubted.has(symbol))
    if (jumped !== undefined) return { _tag: 'Jumped', symbol: jumped.symbol }
  }
  if (state.oldest >= oldestAllowed(desk, clock)) return undefined
  const inUse = marksInUse(state)
  state.oldest = Math.min(Infinity, ...inUse.map(({ at }) => at))
  const stale = inUse.find(({ at }) => at === state.oldest)
  return stale === undefined || stale.at >= oldestAllowed(desk, clock)
    ? undefined
    : { _tag: 'Stale', symbol: stale.symbol, at: stale.at }
}
const unpricedIn = (state: State): readonly MarketSymbol[] => {
  const contracts = [...state.bySymbol].flatMap(([symbol, { price }]) =>
    price === undefined ? [symbol] : [],
  )
  const rates = [...state.parts].flatMap(([currency, part]) =>
    needsRate(state, currency, part) && rateInUse(state, currency, part) === undefined
      ? (part.rates?.slice(0, 1) ?? [])
      : [],
  )
  return [...contracts, ...rates].toSorted()
}
