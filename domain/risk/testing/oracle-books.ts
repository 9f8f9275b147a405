/** Positions and cash by plain recomputation; a part of the oracle, with arithmetic of its own. */
import type { LedgerEvent } from '#schemas/events/ledger'
import type { AccountId, MarketSymbol } from '#schemas/values/ids'
import type { InstrumentTerms } from '#schemas/values/trading'

const one = 10n ** 18n

export const abs = (a: bigint): bigint => (a < 0n ? -a : a)
export const max = (a: bigint, b: bigint): bigint => (a > b ? a : b)
/** a ÷ b, ties to even. */
export const divided = (a: bigint, b: bigint): bigint => {
  const [n, d] = b < 0n ? [-a, -b] : [a, b]
  const floor = n >= 0n ? n / d : -((-n + d - 1n) / d)
  const rest = (n - floor * d) * 2n
  if (rest === d) return floor % 2n === 0n ? floor : floor + 1n
  return rest > d ? floor + 1n : floor
}

export interface Holding {
  readonly account: AccountId
  readonly strategy: string
  readonly venue: string
  readonly symbol: MarketSymbol
  quantity: bigint
  cost: bigint
  /** Of contracts, in their settle currency. */
  realised: bigint
  settle: string
}
export type Fill = Extract<LedgerEvent, { readonly type: 'OrderFilled' | 'ForeignFillObserved' }>
export const isFill = (event: LedgerEvent): event is Fill =>
  event.type === 'OrderFilled' || event.type === 'ForeignFillObserved'
export type Money = Extract<
  LedgerEvent,
  { readonly type: 'FundsDeposited' | 'FundsWithdrawn' | 'FundingPaid' }
>
export const isMoney = (event: LedgerEvent): event is Money =>
  ['FundsDeposited', 'FundsWithdrawn', 'FundingPaid'].includes(event.type)
export const moneyOf = ({ kind, quote, settle }: InstrumentTerms): string =>
  kind === 'spot' ? quote : settle

export type ValueAt = (terms: InstrumentTerms, price: bigint, quantity: bigint) => bigint

/** What a fill does to a holding: a spot fee in the base currency is taken from it. */
const changeOf = ({ side, quantity, fee, instrument }: Fill): bigint => {
  const traded = side === 'buy' ? quantity : 0n - quantity
  const inKind = instrument.kind === 'spot' && fee.currency === instrument.base
  return inKind ? traded - divided(fee.amount, one) : traded
}
/** All of it where the part is the whole, so that nothing is left over. */
const part = (value: bigint, some: bigint, whole: bigint): bigint =>
  some === 0n ? 0n : some === whole ? value : divided(value * some, whole)
const min = (a: bigint, b: bigint): bigint => (a < b ? a : b)
/** Average cost: what closes takes its share of the cost, the rest opens at the fill's price. */
export const holdingsOf = (
  events: readonly LedgerEvent[],
  valueAt: ValueAt,
): readonly Holding[] => {
  const holdings: Holding[] = []
  for (const fill of events.filter(isFill)) {
    const { account, strategy, venue, symbol, instrument, price } = fill
    const isIt = (h: Holding): boolean =>
      h.account === account && h.strategy === strategy && h.venue === venue && h.symbol === symbol
    const holding = holdings.find(isIt) ?? {
      account,
      strategy,
      venue,
      symbol,
      quantity: 0n,
      cost: 0n,
      realised: 0n,
      settle: instrument.settle,
    }
    if (!holdings.some(isIt)) holdings.push(holding)
    const change = changeOf(fill)
    const paid = valueAt(instrument, price, change)
    const closes = holding.quantity !== 0n && change !== 0n && holding.quantity > 0n !== change > 0n
    const closed = closes ? [abs(change), abs(holding.quantity)].reduce(min) : 0n
    const taken = part(holding.cost, closed, abs(holding.quantity))
    const proceeds = -part(paid, closed, abs(change))
    if (instrument.kind === 'linear') holding.realised += proceeds - taken
    if (instrument.kind === 'inverse') holding.realised += taken - proceeds
    holding.cost += paid + proceeds - taken
    holding.quantity += change
  }
  return holdings
}
/** Money in and out: deposits, what spot trades exchange, fees, and what contracts have realised. */
export const cashOf = (
  holdings: readonly Holding[],
  events: readonly LedgerEvent[],
  account: string,
  currency: string,
  valueAt: ValueAt,
): bigint =>
  holdings
    .filter((holding) => holding.account === account && holding.settle === currency)
    .reduce((all, { realised }) => all + realised, 0n) +
  events.reduce((all, event) => {
    if (isMoney(event)) {
      const amount: bigint = event.type === 'FundsWithdrawn' ? 0n - event.amount : event.amount
      return event.account === account && event.currency === currency ? all + amount : all
    }
    if (!isFill(event) || event.account !== account) return all
    const fee = event.fee.currency === currency ? event.fee.amount : 0n
    const { kind, base, quote } = event.instrument
    if (kind !== 'spot') return all - fee
    const traded = event.side === 'buy' ? event.quantity : 0n - event.quantity
    const coins = currency === base ? traded * one : 0n
    const money = currency === quote ? valueAt(event.instrument, event.price, traded) : 0n
    return all + coins - money - fee
  }, 0n)
