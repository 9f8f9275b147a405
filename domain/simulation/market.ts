/** The simulated market: the n-th tick of a symbol is a function of the seed, the symbol and n. */
import { paperInstrument, paperSymbols } from '#domain/matching/instruments'
import { bell, bellUnit, type Chance, chanceOf } from '#domain/simulation/chance'
import {
  exponential,
  exponentialUnit,
  logPriceAt,
  logUnit,
  stepsPerSecond,
} from '#domain/simulation/random-walk'
import type { QuoteTick, Tick, TradeTick } from '#schemas/market/tick'
import type { Price, Quantity } from '#schemas/values/decimal'
import type { MarketSymbol, TradeId } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'

/** Each step of a price is one quote and one trade. */
export const ticksPerSecond = 2 * stepsPerSecond

export const simulatedSymbols = paperSymbols

const one = 10n ** 18n
const startPrices: Readonly<Record<string, bigint>> = { BTC: 65_000n * one, ETH: 3_200n * one }
/** Half of all trades are smaller than this. */
const medianSizes: Readonly<Record<string, bigint>> = {
  'BTC/USDT': one / 50n,
  'ETH/USDT': (3n * one) / 10n,
  'BTC/USDT:USDT': one / 25n,
  'ETH/USDT:USDT': (4n * one) / 10n,
  'BTC/USD:BTC': 20n * one,
}
/** The standard deviation of the logarithm of a size. */
const sizeDeviation = 1.2

const drawn = { trade: 1, bid: 2, ask: 3, aggressor: 4 } as const

export interface SimulatedMarket {
  readonly symbol: MarketSymbol
  readonly tick: (n: number, at: Instant) => Tick
}

export const simulatedMarket = (seed: number, symbol: MarketSymbol): SimulatedMarket => {
  const own = chanceOf(seed, symbol)
  const { base } = paperInstrument(symbol).terms
  // Spot and contracts of one base walk together, as arbitrage keeps them in a real market.
  const walk = chanceOf(seed, base)
  const start = startPrices[base] ?? one
  return {
    symbol,
    tick: (n, at) => {
      const step = Math.floor(n / 2)
      const price = (start * exponential(logPriceAt(walk, step))) / exponentialUnit
      return n % 2 === 0 ? quoteAt(symbol, own, n, price, at) : tradeAt(symbol, own, n, price, at)
    },
  }
}

/** The spread is one tick; a price between two ticks belongs to the one below. */
const bestPrices = (symbol: MarketSymbol, price: bigint): readonly [Price, Price] => {
  const { tickSize } = paperInstrument(symbol).rules
  const bid = price - (price % tickSize)
  return [bid as Price, (bid + tickSize) as Price]
}

const sizeAt = (symbol: MarketSymbol, own: Chance, use: number, n: number): Quantity => {
  const { lotSize } = paperInstrument(symbol).rules
  const log = Math.round(
    (bell(own(use, n % 2 ** 32, Math.floor(n / 2 ** 32))) / bellUnit) * sizeDeviation * logUnit,
  )
  const size = ((medianSizes[symbol] ?? one) * exponential(log)) / exponentialUnit
  const lots = size / lotSize
  return ((lots > 0n ? lots : 1n) * lotSize) as Quantity
}

const quoteAt = (
  symbol: MarketSymbol,
  own: Chance,
  n: number,
  price: bigint,
  at: Instant,
): QuoteTick => {
  const [bid, ask] = bestPrices(symbol, price)
  return {
    type: 'quote',
    symbol,
    sequence: n,
    venueAt: at,
    receivedAt: at,
    bid,
    bidQuantity: sizeAt(symbol, own, drawn.bid, n),
    ask,
    askQuantity: sizeAt(symbol, own, drawn.ask, n),
  }
}

const tradeAt = (
  symbol: MarketSymbol,
  own: Chance,
  n: number,
  price: bigint,
  at: Instant,
): TradeTick => {
  const [bid, ask] = bestPrices(symbol, price)
  const buys = own(drawn.aggressor, n % 2 ** 32, Math.floor(n / 2 ** 32)) % 2 === 0
  return {
    type: 'trade',
    symbol,
    sequence: n,
    venueAt: at,
    receivedAt: at,
    tradeId: String(n) as TradeId,
    price: buys ? ask : bid,
    quantity: sizeAt(symbol, own, drawn.trade, n),
    aggressor: buys ? 'buy' : 'sell',
  }
}
