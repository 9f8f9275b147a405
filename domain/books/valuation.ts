/** What an account has made and what it is worth: each currency for itself, exactly, and all of them in one. */
import type { AccountCode } from '#domain/books/postings'
import { pnlCurrency, type Position, unrealisedPnl } from '#domain/books/position'
import { addAmount, scaleHalfEven, unscaleHalfEven, zeroAmount } from '#domain/values/decimal'
import type { Amount, Price, Ratio } from '#schemas/values/decimal'
import type { Currency, MarketSymbol } from '#schemas/values/ids'
import type { MoneyByAccount } from '#schemas/values/money'
import type { InstrumentTerms } from '#schemas/values/trading'

/** One holding, or an account's own money, as its ledger stands: all sums are since the first posting. */
export interface Ledger extends Position {
  readonly symbol: MarketSymbol | ''
  readonly instrument: InstrumentTerms | undefined
  readonly balances: MoneyByAccount
}
export type MarkOf = (symbol: MarketSymbol) => Price | undefined

/** Undefined: something in it has no price. */
export type Value = Amount | undefined
export type Values = ReadonlyMap<Currency, Value>

/** What stands at one moment, by currency. */
export interface Figures {
  /** Before fees and funding. */
  readonly realised: Values
  /** Of all that is held, as its positions show it. */
  readonly unrealised: Values
  /** Paid above 0; those taken from the traded coin at the fill's price. */
  readonly fees: Values
  /** Received above 0. */
  readonly funding: Values
  /** Brought in, less taken out. */
  readonly transfers: Values
  readonly balance: Values
  /** What contracts would pay if they were closed now. What is held of a coin is in the balance. */
  readonly unpaid: Values
}

const kinds = [
  'realised',
  'unrealised',
  'fees',
  'funding',
  'transfers',
  'balance',
  'unpaid',
] as const satisfies readonly (keyof Figures)[]

export const figuresOf = (ledgers: readonly Ledger[], markOf: MarkOf): Figures => {
  const contracts = ledgers.filter(({ instrument }) => instrument?.kind !== 'spot')
  return {
    realised: credits(ledgers, ['realisedPnl']),
    unrealised: unrealisedIn(ledgers, markOf),
    fees: debits(ledgers, ['fees', 'feesInKind']),
    funding: credits(ledgers, ['funding']),
    transfers: credits(ledgers, ['capital']),
    balance: debits(ledgers, ['cash']),
    unpaid: unrealisedIn(contracts, markOf),
  }
}

/** What came about between two moments. */
export interface Change {
  readonly realised: Value
  readonly unrealised: Value
  readonly fees: Value
  readonly funding: Value
  readonly transfers: Value
  /** Realised and unrealised, less fees, with funding: what was made, or lost. */
  readonly net: Value
}
const flows = ['realised', 'unrealised', 'fees', 'funding', 'transfers'] as const

/** In one currency. */
export const changeIn = (currency: Currency, before: Figures, after: Figures): Change =>
  changeBy((name) => less(valueIn(after[name], currency), valueIn(before[name], currency)))

/** In all of them, each turned into one at a rate of the second moment. */
export const changeAt = (before: Figures, after: Figures, worth: Worth): Change =>
  changeBy((name) =>
    totalOf(
      [...currenciesOf([before, after])].map((currency) =>
        worth(currency, less(valueIn(after[name], currency), valueIn(before[name], currency))),
      ),
    ),
  )
const changeBy = (of: (name: (typeof flows)[number]) => Value): Change => {
  const [realised, unrealised, fees, funding, transfers] = flows.map(of)
  const net = totalOf([realised, unrealised, less(zeroAmount, fees), funding])
  return { realised, unrealised, fees, funding, transfers, net }
}

/** What all of it is worth: the balances, and what contracts would pay. */
export const equityOf = ({ balance, unpaid }: Figures, worth: Worth): Value =>
  totalOf([balance, unpaid].flatMap((values) => worthsOf(values, worth)))
export const totalOf = (values: readonly Value[]): Value =>
  values.reduce<Value>(
    (sum, value) => (sum === undefined || value === undefined ? undefined : addAmount(sum, value)),
    zeroAmount,
  )
export const worthsOf = (values: Values, worth: Worth): readonly Value[] =>
  [...values].map(([currency, value]) => worth(currency, value))
export const less = (value: Value, by: Value): Value =>
  value === undefined || by === undefined ? undefined : ((value - by) as Amount)
export const valueIn = (values: Values, currency: Currency): Value =>
  values.has(currency) ? values.get(currency) : zeroAmount
export const currenciesOf = (figures: readonly Figures[]): ReadonlySet<Currency> =>
  new Set(figures.flatMap((each) => [...kinds].flatMap((kind) => [...each[kind].keys()])))

/** What so much of a currency is in another; undefined where there is no rate. Nothing is nothing at any rate. */
export type Worth = (currency: Currency, value: Value) => Value

/** By the mark of `<currency>/<into>`, or where that is not traded by that of `<into>/<currency>`. */
export const worthIn =
  (into: Currency, markOf: MarkOf): Worth =>
  (currency, value) => {
    if (value === undefined || value === 0n || currency === into) return value
    const [direct, inverse] = rateSymbols(currency, into)
    const price = markOf(direct)
    if (price !== undefined) return scaleHalfEven(value, price as bigint as Ratio)
    const against = markOf(inverse)
    return against === undefined ? undefined : unscaleHalfEven(value, against)
  }
export const rateSymbols = (
  currency: Currency,
  into: Currency,
): readonly [MarketSymbol, MarketSymbol] => [
  `${currency}/${into}` as MarketSymbol,
  `${into}/${currency}` as MarketSymbol,
]

const unrealisedIn = (ledgers: readonly Ledger[], markOf: MarkOf): Values => {
  const sums = new Map<Currency, Value>()
  for (const ledger of ledgers) {
    const { quantity, symbol, instrument } = ledger
    if (quantity === 0n || symbol === '' || instrument === undefined) continue
    const mark = markOf(symbol)
    const value = mark === undefined ? undefined : unrealisedPnl(ledger, mark, instrument)
    const currency = pnlCurrency(instrument)
    sums.set(currency, totalOf([valueIn(sums, currency), value]))
  }
  return sums
}
const debits = (ledgers: readonly Ledger[], codes: readonly AccountCode[]): Values => {
  const sums = new Map<Currency, Amount>()
  for (const { balances } of ledgers) {
    for (const code of codes) {
      for (const [name, amount] of Object.entries(balances[code] ?? {})) {
        const currency = name as Currency
        sums.set(currency, addAmount(sums.get(currency) ?? zeroAmount, amount))
      }
    }
  }
  return sums
}
const credits = (ledgers: readonly Ledger[], codes: readonly AccountCode[]): Values =>
  new Map([...debits(ledgers, codes)].map(([currency, sum]) => [currency, less(zeroAmount, sum)]))
