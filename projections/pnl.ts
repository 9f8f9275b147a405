/** Profit and loss of a period, from the books as they stood before and after it, and the marks of then. */
import type { Period } from '#domain/books/trading-day'
import {
  changeAt,
  changeIn,
  currenciesOf,
  equityOf,
  type Figures,
  figuresOf,
  less,
  type MarkOf,
  rateSymbols,
  totalOf,
  type Value,
  valueIn,
  type Worth,
  worthIn,
  worthsOf,
} from '#domain/books/valuation'
import type { LedgerRow } from '#projections/ledgers'
import type { PnlInCurrency, PnlInterval, PnlReply } from '#schemas/api/pnl'
import { formatDecimal, placesOfAmount } from '#schemas/values/decimal'
import type { AccountId, Currency, MarketSymbol, StrategyId } from '#schemas/values/ids'
import { formatInstant, type Instant } from '#schemas/values/instant'
import type { Mark } from '#schemas/values/trading'

/** The books of an account at one moment, and the prices that they are valued by. */
export interface Books {
  readonly ledgers: readonly LedgerRow[]
  readonly markOf: (symbol: MarketSymbol) => Mark | undefined
}
export interface PeriodOfBooks {
  readonly account: AccountId
  readonly currency: Currency
  readonly interval: PnlInterval
  readonly period: Period
  readonly complete: boolean
  readonly before: Books
  readonly after: Books
}

/** A price that is older than a day before the moment says nothing about it. */
const lastingMarks = 86_400_000_000
export const markIsOf = (moment: Instant, { at }: Mark): boolean => moment - at <= lastingMarks

/** Every market by which these ledgers are valued, or turned into a currency. */
export const marketsOf = (
  rows: readonly LedgerRow[],
  into: Currency,
): ReadonlySet<MarketSymbol> => {
  const markets = new Set<MarketSymbol>()
  for (const { symbol, quantity } of rows) if (quantity !== 0n && symbol !== '') markets.add(symbol)
  for (const currency of currenciesIn(rows)) {
    if (currency !== into) for (const symbol of rateSymbols(currency, into)) markets.add(symbol)
  }
  return markets
}
const currenciesIn = (rows: readonly LedgerRow[]): ReadonlySet<Currency> =>
  currenciesOf([figuresOf(rows, () => undefined)])

/** One of the whole account first, then one for each strategy that had or did something; or the one asked for. */
export const pnlViews = (of: PeriodOfBooks, strategy?: StrategyId): readonly PnlReply[] => {
  if (strategy !== undefined) return [viewOf(partOf(of, strategy), strategy)]
  return [viewOf(of, null), ...active(of).map((each) => viewOf(partOf(of, each), each))]
}

const partOf = (of: PeriodOfBooks, strategy: StrategyId): PeriodOfBooks => {
  const part = ({ ledgers, markOf }: Books): Books => ({
    ledgers: ledgers.filter((row) => row.strategy === strategy),
    markOf,
  })
  return { ...of, before: part(of.before), after: part(of.after) }
}
const active = ({ before, after }: PeriodOfBooks): readonly StrategyId[] => {
  const earlier = new Set(before.ledgers.map(({ logPosition }) => logPosition))
  const busy = after.ledgers.flatMap(({ strategy, quantity, logPosition }) =>
    strategy !== '' && (quantity !== 0n || !earlier.has(logPosition)) ? [strategy] : [],
  )
  return [...new Set(busy)].toSorted()
}

const viewOf = (of: PeriodOfBooks, strategy: StrategyId | null): PnlReply => {
  const { account, currency, interval, period, complete } = of
  const [before, after] = [figuresIn(of.before), figuresIn(of.after)]
  const [then, now] = [worthAt(of.before, currency), worthAt(of.after, currency)]
  const change = changeAt(before, after, now)
  const [openingEquity, equity] = [equityOf(before, then), equityOf(after, now)]
  const made = totalOf([openingEquity, change.net, change.transfers])
  return {
    id: [account, period.name, ...(strategy === null ? [] : [strategy])].join('.'),
    account,
    strategy,
    interval,
    period: period.name,
    from: formatInstant(period.from),
    to: formatInstant(period.to),
    complete,
    currency,
    realised: shown(change.realised),
    unrealised: shown(totalOf(worthsOf(after.unrealised, now))),
    unrealisedChange: shown(change.unrealised),
    fees: shown(change.fees),
    funding: shown(change.funding),
    net: shown(change.net),
    transfers: shown(change.transfers),
    revaluation: shown(less(equity, made)),
    openingEquity: shown(openingEquity),
    equity: shown(equity),
    marksAt: oldestMark(of.after, currency),
    byCurrency: byCurrency(before, after),
  }
}

const priceOf =
  ({ markOf }: Books): MarkOf =>
  (symbol) =>
    markOf(symbol)?.price
const figuresIn = (books: Books): Figures => figuresOf(books.ledgers, priceOf(books))
const worthAt = (books: Books, currency: Currency): Worth => worthIn(currency, priceOf(books))

const oldestMark = ({ ledgers, markOf }: Books, currency: Currency): string | null => {
  const times = [...marketsOf(ledgers, currency)].flatMap((symbol) => markOf(symbol)?.at ?? [])
  return times.length === 0 ? null : formatInstant(Math.min(...times) as Instant)
}

const byCurrency = (before: Figures, after: Figures): Readonly<Record<string, PnlInCurrency>> =>
  Object.fromEntries(
    [...currenciesOf([before, after])].toSorted().map((currency) => {
      const change = changeIn(currency, before, after)
      return [
        currency,
        {
          realised: exact(change.realised),
          unrealised: shown(valueIn(after.unrealised, currency)),
          unrealisedChange: shown(change.unrealised),
          fees: exact(change.fees),
          funding: exact(change.funding),
          net: shown(change.net),
          transfers: exact(change.transfers),
          balance: exact(valueIn(after.balance, currency)),
        },
      ]
    }),
  )

const shown = (value: Value): string | null =>
  value === undefined ? null : formatDecimal(value, placesOfAmount)
/** What needs no mark is always known. */
const exact = (value: Value): string => formatDecimal(value ?? 0n, placesOfAmount)
