/**
 * The exposure of a book by plain recomputation over whole lists of events. It shares no code with the folds:
 * neither their sums nor the arithmetic of books. Slow, and easy to read.
 */
import {
  abs,
  cashOf,
  divided,
  holdingsOf,
  isFill,
  isMoney,
  max,
  moneyOf,
} from '#domain/risk/testing/oracle-books'
import {
  mostOf,
  openOrdersOf,
  type OpenOrder,
  type OpenOrders,
  type Shape,
} from '#domain/risk/testing/oracle-orders'
import type { LedgerEvent } from '#schemas/events/ledger'
import type { RiskEvent } from '#schemas/events/risk'
import type { AccountId, Currency, MarketSymbol, OrderId } from '#schemas/values/ids'
import type { InstrumentTerms, Limits, Mark, Terms } from '#schemas/values/trading'

const one = 10n ** 18n
const worstFee = 2n * 10n ** 15n

export interface Naive {
  readonly gross: bigint | undefined
  readonly net: bigint | undefined
  readonly openOrders: number
  readonly unknownOrders: number
  readonly waiting: OpenOrders['waiting']
  readonly positionQuantity: (symbol: MarketSymbol) => bigint
  readonly positionNotional: (symbol: MarketSymbol) => bigint | undefined
  readonly spokenFor: (account: AccountId, currency: Currency) => bigint | undefined
  readonly cash: (account: AccountId, currency: Currency) => bigint
  readonly isReducing: (terms: Terms) => boolean
  /** Whether another strategy of the account is, or may become, long where the order sells, or short where it buys. */
  readonly isOpposed: (terms: Terms) => boolean
}
/** An order that is counted although it is not approved yet, at a mark that is not recorded yet. */
export interface Candidate {
  readonly terms: Terms
  /** The order that is to become it: counted once, as whichever of both is worse for each sum. */
  readonly amends?: OrderId
  readonly mark: Mark | undefined
}

export const naive = (
  book: string,
  risk: readonly RiskEvent[],
  others: readonly LedgerEvent[],
  candidate?: Candidate,
): Naive => {
  const limits = limitsInForce(risk)
  const collar = max(limits.priceCollar ?? 0n, 0n)
  const recorded = new Map<string, Mark>()
  for (const event of risk) {
    const marks =
      event.type === 'MarksTaken' ? event.marks : 'mark' in event && event.mark ? [event.mark] : []
    for (const mark of marks) recorded.set(mark.symbol, mark)
  }
  const priceOf = (symbol: string): bigint | undefined =>
    candidate?.mark?.symbol === symbol ? candidate.mark.price : recorded.get(symbol)?.price
  /** In the book's currency, each side away from the other. Rates are recorded ones, also while a newer mark is at hand. */
  const exchange = (
    value: bigint,
    currency: string,
    towards: 'up' | 'down',
  ): bigint | undefined => {
    if (currency === 'USDT') return value
    const forth = recorded.get(`${currency}/USDT`)
    const back = recorded.get(`USDT/${currency}`)
    if (back !== undefined && (forth === undefined || back.at > forth.at)) {
      const rest = (value * one) % back.price
      const towardsZero = (value * one) / back.price
      if (towards === 'up') return rest > 0n ? towardsZero + 1n : towardsZero
      return rest < 0n ? towardsZero - 1n : towardsZero
    }
    return forth === undefined ? undefined : divided(value * forth.price, one)
  }

  const listed = new Map<string, InstrumentTerms>()
  const traded = new Map<string, InstrumentTerms>()
  for (const event of others) {
    if (event.type === 'InstrumentListed' || event.type === 'InstrumentChanged')
      listed.set(`${event.venue} ${event.symbol}`, event.terms)
    if (isFill(event)) traded.set(`${event.venue} ${event.symbol}`, event.instrument)
  }
  const termsOf = (venue: string, symbol: string): InstrumentTerms | undefined =>
    listed.get(`${venue} ${symbol}`) ?? traded.get(`${venue} ${symbol}`)
  const valueAt = (terms: InstrumentTerms, price: bigint, quantity: bigint): bigint =>
    terms.kind === 'inverse'
      ? divided(quantity * terms.contractSize * one, price)
      : divided(quantity * price * terms.contractSize, one)

  const mine = others.filter((event) => !('book' in event) || event.book === book)
  const holdings = holdingsOf(mine, valueAt)
  const moneyMoved = others.filter((event) => isMoney(event) || isFill(event))
  const known = openOrdersOf(book, risk, mine)
  const amends = known.counted.find(({ orderId }) => orderId === candidate?.amends)
  const open = { ...known, counted: known.counted.filter((order) => order !== amends) }
  const counted: readonly OpenOrder[] =
    candidate === undefined ? open.counted : [...open.counted, asOpen(candidate, amends)]

  /** Everything of one account, venue and symbol. */
  const cells = [
    ...new Set(
      [...holdings, ...counted.map(({ terms }) => terms)].map(
        ({ account, venue, symbol }) => `${account}|${venue}|${symbol}`,
      ),
    ),
  ].map((key) => {
    const [account = '', venue = '', symbol = ''] = key.split('|')
    const isHere = (place: { account: string; venue: string; symbol: string }): boolean =>
      place.account === account && place.venue === venue && place.symbol === symbol
    const held = holdings.filter(isHere)
    const orders = counted.filter(({ terms }) => isHere(terms))
    const sum = (side: string, market?: boolean): bigint =>
      orders
        .filter(({ terms }) => terms.side === side)
        .filter(
          ({ terms: { limitPrice, stopPrice } }) =>
            market === undefined ||
            (limitPrice === undefined && stopPrice === undefined) === market,
        )
        .reduce((all, { remaining }) => all + remaining, 0n)
    const quantity = held.reduce((all, holding) => all + holding.quantity, 0n)
    const cost = held.reduce((all, holding) => all + holding.cost, 0n)
    const limitCost = orders
      .filter(({ terms }) => terms.side === 'buy' && terms.limitPrice !== undefined)
      .reduce((all, { shapes }) => all + shapes.map(costOf).reduce(max), 0n)
    const long = quantity + sum('buy')
    const short = quantity - sum('sell')
    const terms = termsOf(venue, symbol)
    const price = priceOf(symbol)
    const nothing = quantity === 0n && sum('buy') === 0n && sum('sell') === 0n
    /** What stop orders of a side are worth at worst, and how much more than at the mark. */
    const stops = (side: string, now: bigint, kind: InstrumentTerms) =>
      orders
        .filter((order) => order.terms.side === side && order.terms.stopPrice !== undefined)
        .map(({ terms: { limitPrice }, shapes, remaining }) => {
          const prices = shapes.map(({ terms: of }): bigint => of.limitPrice ?? of.stopPrice ?? 0n)
          const dearest = [...prices, now].toSorted((a, b) => (a < b ? -1 : 1))
          const price = kind.kind === 'inverse' ? dearest[0] : dearest.at(-1)
          const worth = valueAt(kind, price ?? now, remaining)
          const isMarket = limitPrice === undefined
          const worst = isMarket ? worth + divided(worth * collar, one) : worth
          return { isMarket, worst, beyond: worst - valueAt(kind, now, remaining) }
        })
    const own = (side: bigint, market: bigint, sign: 1n | -1n): bigint | undefined => {
      if (nothing) return 0n
      if (terms === undefined || price === undefined) return undefined
      const premium = divided(valueAt(terms, price, market) * collar, one)
      const beyond = stops(sign === 1n ? 'buy' : 'sell', price, terms)
      return (
        valueAt(terms, price, side) +
        sign * beyond.reduce((all, each) => all + each.beyond, premium)
      )
    }
    const ownLong = own(long, sum('buy', true), 1n)
    const ownShort = own(short, sum('sell', true), -1n)
    const inBook = (value: bigint | undefined, towards: 'up' | 'down'): bigint | undefined => {
      if (nothing) return 0n
      return value === undefined || terms === undefined
        ? undefined
        : exchange(value, moneyOf(terms), towards)
    }
    const demand = (currency: string): bigint | undefined => {
      if (terms === undefined) return 0n
      if (terms.kind === 'spot') {
        if (currency === terms.base) return sum('sell') * one
        if (currency !== terms.quote) return 0n
        const market = sum('buy', true)
        const atStops = stops('buy', price ?? 0n, terms).filter(({ isMarket }) => isMarket)
        if (price === undefined && (market > 0n || atStops.length > 0)) return undefined
        const worth = market === 0n ? 0n : valueAt(terms, price ?? 0n, market)
        const atMarket = worth + divided(worth * collar, one)
        const cost = atStops.reduce((all, { worst }) => all + worst, limitCost + atMarket)
        return cost + divided(cost * worstFee, one)
      }
      if (currency !== terms.settle) return 0n
      if (nothing) return max(terms.kind === 'inverse' ? -cost : cost, 0n)
      if (ownLong === undefined || ownShort === undefined || price === undefined) return undefined
      const leverage = leverageOf(others, account, limits)
      if (leverage <= 0n) return undefined
      const worst = max(abs(ownLong), abs(ownShort))
      const now = valueAt(terms, price, quantity)
      const pnl = terms.kind === 'inverse' ? cost - now : now - cost
      return divided(worst * one, leverage) + divided(worst * worstFee, one) + max(-pnl, 0n)
    }
    const worthLong = inBook(ownLong, 'up')
    const worthShort = inBook(ownShort, 'down')
    return { account, symbol, long, short, worthLong, worthShort, demand }
  })

  const total = (values: readonly (bigint | undefined)[]): bigint | undefined =>
    values.some((value) => value === undefined)
      ? undefined
      : values.reduce<bigint>((all, value) => all + (value ?? 0n), 0n)
  const worse = (a: bigint | undefined, b: bigint | undefined): bigint | undefined =>
    a === undefined || b === undefined ? undefined : max(abs(a), abs(b))
  const ofSymbol = (symbol: string) => cells.filter((cell) => cell.symbol === symbol)
  return {
    gross: total(cells.map(({ worthLong, worthShort }) => worse(worthLong, worthShort))),
    net: worse(
      total(cells.map(({ worthLong }) => worthLong)),
      total(cells.map(({ worthShort }) => worthShort)),
    ),
    openOrders: counted.filter(({ isOpen }) => isOpen).length,
    unknownOrders: counted.filter(({ isUnknown }) => isUnknown).length,
    waiting: open.waiting,
    positionQuantity: (symbol) =>
      max(
        abs(ofSymbol(symbol).reduce((all, { long }) => all + long, 0n)),
        abs(ofSymbol(symbol).reduce((all, { short }) => all + short, 0n)),
      ),
    positionNotional: (symbol) =>
      worse(
        total(ofSymbol(symbol).map(({ worthLong }) => worthLong)),
        total(ofSymbol(symbol).map(({ worthShort }) => worthShort)),
      ),
    spokenFor: (account, currency) =>
      total(cells.filter((cell) => cell.account === account).map(({ demand }) => demand(currency))),
    cash: (account, currency) => cashOf(holdings, moneyMoved, account, currency, valueAt),
    isOpposed: ({ account, venue, symbol, strategy, side }) => {
      const all = [...holdings, ...open.counted.map((order) => order.terms)]
      const isHere = (at: (typeof all)[number]): boolean =>
        at.account === account && at.venue === venue && at.symbol === symbol
      return all
        .filter((at) => isHere(at) && at.strategy !== strategy)
        .some((at) => {
          const held = holdings
            .filter((holding) => isHere(holding) && holding.strategy === at.strategy)
            .reduce((sum, { quantity }) => sum + quantity, 0n)
          const sign = side === 'buy' ? -1n : 1n
          const ordered = open.counted
            .filter(
              ({ terms }) => isHere(terms) && terms.strategy === at.strategy && terms.side !== side,
            )
            .reduce((sum, { remaining }) => sum + remaining, 0n)
          return held * sign + ordered > 0n
        })
    },
    isReducing: (terms) => {
      const same = (at: {
        account: string
        venue: string
        symbol: string
        strategy: string
      }): boolean =>
        at.account === terms.account &&
        at.venue === terms.venue &&
        at.symbol === terms.symbol &&
        at.strategy === terms.strategy
      const held = holdings.filter(same).reduce((all, { quantity }) => all + quantity, 0n)
      const against = held > 0n ? 'sell' : 'buy'
      if (held === 0n || terms.side !== against) return false
      const others = open.counted
        .filter((order) => same(order.terms) && order.terms.side === against)
        .reduce((all, { remaining }) => all + remaining, 0n)
      const own = amends === undefined ? terms.quantity : asOpen({ terms }, amends).remaining
      return others + own <= abs(held)
    },
  }
}

/** What is counted of it: an amended order as what it is and what it is to be. */
const asOpen = ({ terms }: Pick<Candidate, 'terms'>, amends: OpenOrder | undefined): OpenOrder => {
  const [own] = amends?.shapes ?? []
  const filled = amends?.filled ?? 0n
  const shape = { terms, remaining: max(terms.quantity - filled, 0n) }
  const shapes = own === undefined ? [shape] : [own, shape]
  const orderId = 'candidate' as OrderId
  const remaining = mostOf(shapes)
  return { orderId, terms, shapes, remaining, filled, isOpen: true, isUnknown: false }
}
const costOf = ({ terms, remaining }: Shape): bigint => (terms.limitPrice ?? 0n) * remaining
/** What was set last, or what the book was opened with. */
export const limitsInForce = (risk: readonly RiskEvent[]): Limits => {
  const set = risk.findLast((event) => event.type === 'RiskLimitsSet')
  const opened = risk.find((event) => event.type === 'BookOpened')
  return set?.limits ?? opened?.limits ?? {}
}
const leverageOf = (events: readonly LedgerEvent[], account: string, limits: Limits): bigint => {
  const opened = events.filter(
    (event) => event.type === 'AccountOpened' && event.account === account,
  )
  const last = opened.at(-1)
  const own: bigint = last?.type === 'AccountOpened' ? last.leverage : one
  const most: bigint = limits.maxLeverage ?? own
  return own < most ? own : most
}
