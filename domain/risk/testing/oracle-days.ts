/** What a book is worth, how its day stands, and what its venue has told, by plain recomputation; a part of the oracle. */
import {
  cashOf,
  divided,
  holdingsOf,
  isFill,
  isMoney,
  max,
  moneyOf,
} from '#domain/risk/testing/oracle-books'
import type { LedgerEvent } from '#schemas/events/ledger'
import type { RiskEvent, TradingDayOpened } from '#schemas/events/risk'
import type { InstrumentTerms, Terms } from '#schemas/values/trading'

const one = 10n ** 18n
const valueAt = (terms: InstrumentTerms, price: bigint, quantity: bigint): bigint =>
  terms.kind === 'inverse'
    ? divided(quantity * terms.contractSize * one, price)
    : divided(quantity * price * terms.contractSize, one)

const pricesIn = (risk: readonly RiskEvent[]): ReadonlyMap<string, bigint> => {
  const prices = new Map<string, bigint>()
  for (const event of risk) {
    const marks =
      event.type === 'MarksTaken' ? event.marks : 'mark' in event && event.mark ? [event.mark] : []
    for (const { symbol, price } of marks) prices.set(symbol, price)
  }
  return prices
}
const inDollars = (
  prices: ReadonlyMap<string, bigint>,
  currency: string,
  value: bigint,
): bigint | undefined => {
  if (value === 0n || currency === 'USDT') return value
  const [forth, back] = [prices.get(`${currency}/USDT`), prices.get(`USDT/${currency}`)]
  if (forth !== undefined) return divided(value * forth, one)
  return back === undefined ? undefined : divided(value * one, back)
}
const total = (values: readonly (bigint | undefined)[]): bigint | undefined =>
  values.reduce<bigint | undefined>(
    (sum, value) => (sum === undefined || value === undefined ? undefined : sum + value),
    0n,
  )

/** All money of the book's accounts, and what its contracts would pay; undefined where something has no price. */
export const naiveWorth = (
  book: string,
  risk: readonly RiskEvent[],
  others: readonly LedgerEvent[],
): bigint | undefined => {
  const prices = pricesIn(risk)
  const mine = others.filter((event) => !('book' in event) || event.book === book)
  const holdings = holdingsOf(mine, valueAt)
  const moneyMoved = mine.filter((event) => isMoney(event) || isFill(event))
  const accounts = mine.flatMap((event) => (event.type === 'AccountOpened' ? [event.account] : []))
  const fills = mine.filter(isFill)
  const terms = new Map(fills.map((fill) => [`${fill.venue} ${fill.symbol}`, fill.instrument]))
  const currencies = [
    ...new Set([
      ...moneyMoved.filter(isMoney).map(({ currency }) => currency),
      ...fills.flatMap(({ fee, instrument: { base, quote, settle } }) => [
        fee.currency,
        base,
        quote,
        settle,
      ]),
    ]),
  ]
  return total(
    currencies.flatMap((currency) => {
      const cash = accounts.reduce(
        (sum, account) => sum + cashOf(holdings, moneyMoved, account, currency, valueAt),
        0n,
      )
      const unpaid = total(
        holdings.map(({ venue, symbol, quantity, cost }) => {
          const kind = terms.get(`${venue} ${symbol}`)
          if (kind === undefined || kind.kind === 'spot' || moneyOf(kind) !== currency) return 0n
          if (quantity === 0n) return 0n
          const price = prices.get(symbol)
          if (price === undefined) return undefined
          const now = valueAt(kind, price, quantity)
          return kind.kind === 'inverse' ? cost - now : now - cost
        }),
      )
      return [
        inDollars(prices, currency, cash),
        unpaid === undefined ? undefined : inDollars(prices, currency, unpaid),
      ]
    }),
  )
}

/** What a day began at and the highest so far, with all that came in or went out until now. */
export interface NaiveStand {
  readonly openEquity: bigint
  readonly highWater: bigint
  readonly marked: bigint
  readonly day: TradingDayOpened
}
export const naiveStand = (
  book: string,
  risk: readonly RiskEvent[],
  others: readonly LedgerEvent[],
): NaiveStand | undefined => {
  const day = risk.findLast((event) => event.type === 'TradingDayOpened')
  const last = risk.findLast(
    (event) => event.type === 'TradingDayOpened' || event.type === 'EquityMarked',
  )
  if (day?.type !== 'TradingDayOpened' || last === undefined) return undefined
  if (last.type !== 'TradingDayOpened' && last.type !== 'EquityMarked') return undefined
  const prices = pricesIn(risk)
  const since = others
    .slice(last.basis.count)
    .filter((event) => event.type === 'FundsDeposited' || event.type === 'FundsWithdrawn')
    .filter((event) => event.book === book)
  const sums = new Map<string, bigint>()
  for (const { type, currency, amount } of since)
    sums.set(
      currency,
      (sums.get(currency) ?? 0n) + (type === 'FundsDeposited' ? amount : 0n - amount),
    )
  const came = total([...sums].map(([currency, amount]) => inDollars(prices, currency, amount)))
  if (came === undefined) return undefined
  const openEquity = last.type === 'EquityMarked' ? last.dayOpenEquity : last.equity
  return {
    day,
    openEquity: openEquity + came,
    highWater: last.highWater + came,
    marked: last.equity + came,
  }
}
export const highest = max

/** Whether the venue has told all that an account has there since it was last in doubt. */
export const isTold = (others: readonly LedgerEvent[], { venue, account }: Terms): boolean => {
  const told = others.filter(
    (event) => 'venue' in event && 'account' in event && event.venue === venue,
  )
  const last = told.findLast(
    (event) =>
      'account' in event &&
      event.account === account &&
      ['VenueConnected', 'VenueDisconnected', 'ReconciliationCompleted', 'BreakDetected'].includes(
        event.type,
      ),
  )
  return last?.type === 'ReconciliationCompleted' && last.breaksFound + (last.breaksOpen ?? 0) === 0
}
