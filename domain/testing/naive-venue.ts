/**
 * A paper venue of plain lists, searched from end to end each time: no ladder, no index, no cache. Quotes show a
 * thousand on either side and trades are small, so that the volume of a minute is always a thousand.
 */
import type { PaperAmendment, PaperRequest } from '#domain/matching/order'
import type { QuoteTick, TradeTick } from '#schemas/market/tick'
import type { MarketSymbol } from '#schemas/values/ids'

export interface NaiveOrder {
  readonly asked: PaperRequest
  quantity: bigint
  limit: bigint | undefined
  stop: bigint | undefined
  filled: bigint
  status: 'open' | 'filled' | 'cancelled' | 'expired' | 'refused'
  triggered: boolean
  since: number
}
interface NaiveMarket {
  quote: QuoteTick | undefined
  last: bigint | undefined
  isLastNewer: boolean
  taken: { buy: bigint; sell: bigint }
}
/** The number of the order, how much, at which price, and whether it made the price. */
export type NaiveTrade = readonly [n: number, quantity: bigint, price: bigint, isMaker: boolean]

const one = 10n ** 18n
const volume = 1_000n * one
const freshMicros = 5_000_000
const tickOf = (symbol: MarketSymbol): bigint => (symbol.includes(':') ? one / 10n : one / 100n)
const lotOf = (symbol: MarketSymbol): bigint =>
  symbol.includes(':') ? one / 1_000n : one / 100_000n
const smallest = (...values: readonly bigint[]): bigint => values.reduce((a, b) => (a < b ? a : b))

export class NaiveVenue {
  readonly orders: NaiveOrder[] = []
  readonly positions = new Map<string, bigint>()
  trades: NaiveTrade[] = []
  readonly #markets = new Map<MarketSymbol, NaiveMarket>()

  pass(at: number): void {
    for (const order of this.#open()) {
      const { expireAt } = order.asked
      if (expireAt !== undefined && expireAt <= at) order.status = 'expired'
    }
  }

  place(asked: PaperRequest, at: number): void {
    const { quantity, limitPrice, stopPrice } = asked
    const order: NaiveOrder = {
      asked,
      quantity,
      limit: limitPrice,
      stop: stopPrice,
      filled: 0n,
      status: 'open',
      triggered: false,
      since: at,
    }
    this.orders.push(order)
    if (this.#isRefused(order, at)) order.status = 'refused'
    else if (asked.orderType === 'market') this.#takeOrEnd(order, at, 'refused')
    else if (asked.orderType === 'limit') this.#takeWithin(order, at)
  }

  cancel(order: NaiveOrder): void {
    if (order.status === 'open') order.status = 'cancelled'
  }

  amend(order: NaiveOrder, to: PaperAmendment, at: number): void {
    if (order.status !== 'open') return
    const { limit, stop, quantity, asked } = order
    if ((limit === undefined) !== (to.limitPrice === undefined)) return
    if ((stop === undefined) !== (to.stopPrice === undefined)) return
    if (order.triggered && to.stopPrice !== stop) return
    if (to.quantity <= order.filled) {
      order.status = 'cancelled'
      return
    }
    const wanted = { ...order, quantity: to.quantity, limit: to.limitPrice, stop: to.stopPrice }
    if (asked.reduceOnly && wanted.quantity - wanted.filled > this.#reducible(asked)) return
    const waits = stop !== undefined && !order.triggered
    if (waits && wanted.stop !== stop && this.#isReached(wanted)) return
    if (asked.postOnly && wanted.limit !== limit && this.#wouldTake(wanted)) return
    const keeps = wanted.limit === limit && wanted.stop === stop && wanted.quantity <= quantity
    Object.assign(order, { ...wanted, since: keeps ? order.since : at })
    if (wanted.limit !== limit && !waits) this.#takeWithin(order, at)
  }

  quote(quote: QuoteTick, at: number): void {
    const market = this.#market(quote.symbol)
    Object.assign(market, { quote, isLastNewer: false, taken: { buy: 0n, sell: 0n } })
    const stranded = this.#open()
      .filter(({ asked, triggered }) => asked.orderType === 'stop' && triggered)
      .filter(({ asked }) => asked.symbol === quote.symbol)
    for (const order of stranded.toSorted(inTurn))
      if (order.status === 'open') this.#takeOrEnd(order, at, 'expired')
  }

  trade(tick: TradeTick, at: number): void {
    Object.assign(this.#market(tick.symbol), { last: tick.price, isLastNewer: true })
    const here = this.#open().filter(({ asked }) => asked.symbol === tick.symbol)
    const waiting = here.filter((order) => order.stop !== undefined && !order.triggered)
    const resting = here.filter((order) => !waiting.includes(order) && order.limit !== undefined)
    let left: bigint = tick.quantity
    for (const order of resting.toSorted((a, b) => byPrint(a, b, tick))) {
      const { limit = 0n, asked } = order
      const isThrough = asked.side === 'buy' ? tick.price < limit : tick.price > limit
      if (!isThrough || order.status !== 'open') continue
      const size = smallest(order.quantity - order.filled, left, this.#allowed(order))
      left -= size
      if (size > 0n) this.#fill(order, size, limit, true)
    }
    const reached = waiting.filter((order) => this.#isReached(order)).toSorted(nearestFirst)
    for (const order of reached) {
      if (order.status !== 'open') continue
      order.triggered = true
      order.since = at
      if (order.limit === undefined) this.#takeOrEnd(order, at, 'expired')
      else this.#takeWithin(order, at)
    }
  }

  #open(): NaiveOrder[] {
    return this.orders.filter(({ status }) => status === 'open')
  }
  #market(symbol: MarketSymbol): NaiveMarket {
    const nothing = { quote: undefined, last: undefined, isLastNewer: false }
    const known = this.#markets.get(symbol) ?? { ...nothing, taken: { buy: 0n, sell: 0n } }
    this.#markets.set(symbol, known)
    return known
  }
  #isRefused({ asked, ...order }: NaiveOrder, at: number): boolean {
    const { expireAt, reduceOnly, symbol, postOnly } = asked
    if (reduceOnly && !symbol.includes(':')) return true
    if (expireAt !== undefined && expireAt <= at) return true
    if (reduceOnly && asked.quantity > this.#reducible(asked)) return true
    if (order.stop !== undefined) {
      return this.#market(symbol).last === undefined || this.#isReached({ asked, ...order })
    }
    return postOnly && this.#wouldTake({ asked, ...order })
  }
  #reducible({ account, symbol, side }: PaperRequest): bigint {
    const held = this.positions.get(`${account} ${symbol}`) ?? 0n
    return side === 'sell' ? (held > 0n ? held : 0n) : held < 0n ? -held : 0n
  }
  #allowed({ asked, quantity, filled }: NaiveOrder): bigint {
    const left = quantity - filled
    return asked.reduceOnly ? smallest(left, this.#reducible(asked)) : left
  }
  #isReached({ asked, stop = 0n }: NaiveOrder): boolean {
    const { last } = this.#market(asked.symbol)
    return last !== undefined && (asked.side === 'buy' ? last >= stop : last <= stop)
  }
  #wouldTake({ asked, limit = 0n }: NaiveOrder): boolean {
    const { quote } = this.#market(asked.symbol)
    if (quote === undefined) return true
    return asked.side === 'buy' ? limit >= quote.ask : limit <= quote.bid
  }

  /** Bid and ask as nobody gets them better than the last trade; undefined: too old, crossed, or none. */
  #touch(symbol: MarketSymbol, at: number): readonly [bid: bigint, ask: bigint] | undefined {
    const { quote, last, isLastNewer } = this.#market(symbol)
    if (quote === undefined || at - quote.receivedAt > freshMicros || quote.bid > quote.ask)
      return undefined
    if (!isLastNewer || last === undefined) return [quote.bid, quote.ask]
    return [last < quote.bid ? last : quote.bid, last > quote.ask ? last : quote.ask]
  }
  #price({ asked: { side, symbol } }: NaiveOrder, size: bigint, at: number): bigint | undefined {
    const touch = this.#touch(symbol, at)
    if (touch === undefined) return undefined
    const [bid, ask] = touch
    const slippage = ((bid + ask) * (this.#market(symbol).taken[side] + size)) as bigint
    const tick = tickOf(symbol)
    const unit = 2_000n * volume
    if (side === 'buy') return ((ask * unit + slippage + unit * tick - 1n) / (unit * tick)) * tick
    return ((bid * unit - slippage) / (unit * tick)) * tick
  }
  /** All that it may, whatever the price; what is left of it ends. Without a market a stop order waits. */
  #takeOrEnd(order: NaiveOrder, at: number, end: 'refused' | 'expired'): void {
    const size = this.#allowed(order)
    const price = this.#price(order, size, at)
    if (price === undefined) {
      if (end === 'refused') order.status = end
      return
    }
    if (size > 0n) this.#take(order, size, price)
    if (order.status === 'open') order.status = 'expired'
  }
  /** Lot by lot, as long as the price of all of them is within the limit or they are shown at the touch. */
  #takeWithin(order: NaiveOrder, at: number): void {
    const { asked, limit = 0n } = order
    const { taken, quote } = this.#market(asked.symbol)
    const touch = this.#touch(asked.symbol, at)
    let size = 0n
    const fits = (more: bigint): boolean => {
      if (touch === undefined || quote === undefined) return false
      const [bid, ask] = touch
      const room = asked.side === 'buy' ? limit - ask : bid - limit
      if (room < 0n) return false
      const isShown =
        (asked.side === 'buy' ? ask === quote.ask : bid === quote.bid) &&
        more <= volume - taken[asked.side]
      return isShown || (bid + ask) * (taken[asked.side] + more) <= room * 2_000n * volume
    }
    for (let step = 1_000n * one; step >= lotOf(asked.symbol); step /= 10n) {
      while (size + step <= this.#allowed(order) && fits(size + step)) size += step
    }
    const { timeInForce } = asked
    const isWhole = size === order.quantity - order.filled
    if (size > 0n && (timeInForce !== 'fok' || isWhole)) {
      const price = this.#price(order, size, at) ?? limit
      const isBeyond = asked.side === 'buy' ? price > limit : price < limit
      this.#take(order, size, isBeyond ? limit : price)
    }
    const ends = timeInForce === 'ioc' || timeInForce === 'fok'
    if (order.status === 'open' && ends) order.status = 'expired'
  }
  #take(order: NaiveOrder, size: bigint, price: bigint): void {
    this.#market(order.asked.symbol).taken[order.asked.side] += size
    this.#fill(order, size, price, false)
  }
  #fill(order: NaiveOrder, size: bigint, price: bigint, isMaker: boolean): void {
    order.filled += size
    if (order.filled === order.quantity) order.status = 'filled'
    this.trades.push([this.orders.indexOf(order), size, price, isMaker])
    const { account, symbol, side } = order.asked
    if (!symbol.includes(':')) return
    const key = `${account} ${symbol}`
    this.positions.set(key, (this.positions.get(key) ?? 0n) + (side === 'buy' ? size : -size))
    for (const other of this.#open()) {
      const { asked } = other
      const isHere = asked.account === account && asked.symbol === symbol
      if (isHere && asked.reduceOnly && this.#reducible(asked) === 0n) other.status = 'expired'
    }
  }
}

const inTurn = (a: NaiveOrder, b: NaiveOrder): number => a.since - b.since
const nearestFirst = (a: NaiveOrder, b: NaiveOrder): number => {
  if (a.asked.side !== b.asked.side) return a.asked.side === 'buy' ? -1 : 1
  const [x, y] = [a.stop ?? 0n, b.stop ?? 0n]
  if (x === y) return inTurn(a, b)
  return x < y === (a.asked.side === 'buy') ? -1 : 1
}
const byPrint = (a: NaiveOrder, b: NaiveOrder, { aggressor }: TradeTick): number => {
  if (a.asked.side !== b.asked.side) return a.asked.side === aggressor ? 1 : -1
  const [x, y] = [a.limit ?? 0n, b.limit ?? 0n]
  if (x === y) return inTurn(a, b)
  return x > y === (a.asked.side === 'buy') ? -1 : 1
}
