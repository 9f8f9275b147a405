/**
 * What the fills of some orders have made: of each fill what it would bring at the last recorded mark, less what it
 * cost and its fee, in the book's currency. A position that another order has closed since counts as if it were
 * still held. Fills of an instrument add up, so that what is kept does not grow with their number.
 */
import { flat, applyFill, feeIsInKind, pnlCurrency, unrealisedPnl } from '#domain/books/position'
import { worthIn } from '#domain/books/valuation'
import type { Standing } from '#domain/risk/standing'
import { addAmount, zeroAmount } from '#domain/values/decimal'
import type { OrderFilled } from '#schemas/events/order'
import type { Amount, SignedQuantity } from '#schemas/values/decimal'
import type { Currency, MarketSymbol, OrderId, StrategyId } from '#schemas/values/ids'
import type { InstrumentTerms } from '#schemas/values/trading'

/** `unpriced`: so many holdings and fees are in no sum, for want of a mark. */
interface Made {
  readonly worth: Amount
  readonly unpriced: number
}
export interface Stake {
  readonly byStrategy: ReadonlyMap<StrategyId, Made>
  /** Of the orders that are told one by one, where they have fills and all of them a price. */
  readonly byOrder: ReadonlyMap<OrderId, Amount>
}
export interface Stakes {
  /** Its fills count from now on; `isTold`: also by itself. */
  readonly denied: (order: OrderId, strategy: StrategyId, isTold: boolean) => void
  readonly filled: (fill: OrderFilled) => void
  readonly worth: () => Stake
}

interface Holding {
  readonly symbol: MarketSymbol
  readonly instrument: InstrumentTerms
  readonly quantity: SignedQuantity
  readonly costBasis: Amount
}
/** By venue and symbol, and fees by currency. */
interface Account {
  readonly holdings: Map<string, Holding>
  readonly fees: Map<Currency, Amount>
}
interface Watched {
  readonly strategy: StrategyId
  readonly own: Account | undefined
}
/** Orders that may still fill; of those that have ended the last ones, for fills that come late. */
const watchedMax = 20_000

export const stakes = (standing: Pick<Standing, 'desk' | 'holdings'>): Stakes => {
  const watched = new Map<OrderId, Watched>()
  const byStrategy = new Map<StrategyId, Account>()
  const told = new Map<OrderId, Account>()
  const forgetEnded = (): void => {
    for (const order of watched.keys()) {
      if (watched.size <= watchedMax / 2) return
      if (standing.holdings.order(order) === undefined) watched.delete(order)
    }
  }
  return {
    denied: (order, strategy, isTold) => {
      if (watched.size >= watchedMax) forgetEnded()
      const own = isTold ? emptyAccount() : undefined
      if (own !== undefined) told.set(order, own)
      watched.set(order, { strategy, own })
    },
    filled: (fill) => {
      const watch = watched.get(fill.orderId)
      if (watch === undefined) return
      const sums = byStrategy.get(watch.strategy) ?? emptyAccount()
      byStrategy.set(watch.strategy, sums)
      book(sums, fill)
      if (watch.own !== undefined) book(watch.own, fill)
    },
    worth: () => ({
      byStrategy: new Map(
        [...byStrategy].map(([strategy, account]) => [strategy, madeBy(account, standing)]),
      ),
      byOrder: new Map(
        [...told].flatMap(([order, account]) => {
          const { worth, unpriced } = madeBy(account, standing)
          return unpriced > 0 || account.holdings.size === 0 ? [] : [[order, worth] as const]
        }),
      ),
    }),
  }
}

const emptyAccount = (): Account => ({ holdings: new Map(), fees: new Map() })
const book = ({ holdings, fees }: Account, fill: OrderFilled): void => {
  const { venue, symbol, instrument, fee } = fill
  const key = `${venue} ${symbol}`
  const before = holdings.get(key)
  const { quantity, costBasis } = applyFill(flat, fill, instrument)
  holdings.set(key, {
    symbol,
    instrument,
    quantity: ((before?.quantity ?? 0n) + quantity) as SignedQuantity,
    costBasis: addAmount(before?.costBasis ?? zeroAmount, costBasis),
  })
  // A fee in the traded coin has made the holding smaller already.
  if (feeIsInKind(fee, instrument)) return
  fees.set(fee.currency, addAmount(fees.get(fee.currency) ?? zeroAmount, fee.amount))
}
const madeBy = ({ holdings, fees }: Account, { desk }: Pick<Standing, 'desk'>): Made => {
  const into = desk.opened()?.currency
  const inBook =
    into === undefined ? undefined : worthIn(into, (symbol) => desk.markOf(symbol)?.price)
  const brought = [...holdings.values()].map(({ symbol, instrument, quantity, costBasis }) => {
    const mark = desk.markOf(symbol)?.price
    if (mark === undefined) return undefined
    const held = { quantity, costBasis, realisedPnl: zeroAmount }
    return inBook?.(pnlCurrency(instrument), unrealisedPnl(held, mark, instrument))
  })
  const paid = [...fees].map(([currency, amount]) => {
    const worth = inBook?.(currency, amount)
    return worth === undefined ? undefined : ((0n - worth) as Amount)
  })
  const all = [...brought, ...paid]
  return {
    worth: all.reduce<Amount>((sum, one) => addAmount(sum, one ?? zeroAmount), zeroAmount),
    unpriced: all.filter((one) => one === undefined).length,
  }
}
