import { describe, expect, test } from 'vitest'
import { bell, bellUnit, chanceOf, murmur3 } from '#domain/simulation/chance'
import { simulatedMarket, simulatedSymbols } from '#domain/simulation/market'
import {
  exponential,
  exponentialUnit,
  logPriceAt,
  logUnit,
  stepsPerSecond,
} from '#domain/simulation/random-walk'
import { QuoteTick, TradeTick } from '#schemas/market/tick'
import type { MarketSymbol } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'

const at = 1_767_600_000_000_000 as Instant
const bitcoin = 'BTC/USDT' as MarketSymbol
const secondsPerYear = 365 * 86_400

describe('chance', () => {
  // Appleby's smhasher, MurmurHash3_x86_32 of the bytes of one little-endian word.
  test('is MurmurHash3', () => {
    expect(murmur3(0, [])).toBe(0)
    expect(murmur3(1, [])).toBe(0x514e28b7)
    expect(murmur3(0, [0xffffffff | 0])).toBe(0x76293b50)
    expect(murmur3(0, [0x87654321 | 0])).toBe(0xf55b516b)
    expect(murmur3(0x5082edee, [0x87654321 | 0])).toBe(0x2362f9de)
    expect(murmur3(0, [0])).toBe(0x2362f9de)
  })
  test('is even: no bit of it prefers a side', () => {
    const chance = chanceOf(7, 'even')
    const words = Array.from({ length: 20_000 }, (_, n) => chance(n))
    for (let bit = 0; bit < 32; bit += 1) {
      const ones = words.filter((word) => ((word >>> bit) & 1) === 1).length
      expect(Math.abs(ones - 10_000)).toBeLessThan(5 * Math.sqrt(5_000))
    }
  })
  test('bell has the mean, the deviation and the tails of a normal distribution', () => {
    const chance = chanceOf(7, 'bell')
    const draws = Array.from({ length: 50_000 }, (_, n) => bell(chance(n)) / bellUnit)
    const mean = draws.reduce((sum, x) => sum + x, 0) / draws.length
    const variance = draws.reduce((sum, x) => sum + x * x, 0) / draws.length
    expect(Math.abs(mean)).toBeLessThan(0.02)
    expect(variance).toBeCloseTo(1, 1)
    const within = draws.filter((x) => Math.abs(x) < 1.96).length / draws.length
    expect(within).toBeGreaterThan(0.94)
    expect(within).toBeLessThan(0.96)
  })
})

test.each([-7.5, -2, -1e-6, 0, 1e-9, 0.3, 2.07, 7.5])('the exponential of %d', (x) => {
  const log = Math.round(x * logUnit)
  const exact = Math.exp(log / logUnit)
  expect(Number(exponential(log)) / Number(exponentialUnit) / exact).toBeCloseTo(1, 9)
})

describe('the walk', () => {
  const chance = chanceOf(1, 'BTC')
  /** The volatility of a year, measured at one step in `seconds`. */
  const volatility = (seconds: number, samples: number, from: number): number => {
    const logs = Array.from(
      { length: samples + 1 },
      (_, n) => logPriceAt(chance, from + n * seconds * stepsPerSecond) / logUnit,
    )
    const squares = logs.slice(1).map((log, n) => (log - (logs[n] ?? 0)) ** 2)
    const perSample = squares.reduce((sum, square) => sum + square, 0) / samples
    return Math.sqrt((perSample / seconds) * secondsPerYear)
  }
  test.each([
    ['a fifth of a second', 1 / stepsPerSecond, 0],
    ['a second', 1, 5_000_000],
    ['a minute', 60, 80_000_000],
    ['an hour', 3_600, 2_000_000_000],
  ])('has a volatility of 60 % a year, measured over %s', (_, seconds, from) => {
    const measured = volatility(seconds, 4_000, from)
    expect(measured).toBeGreaterThan(0.54)
    // Jumps come on top.
    expect(measured).toBeLessThan(0.72)
  })
  test('does not drift away: after 7,000 years it is still within an eighth and eight times', () => {
    for (let step = 0; step < 2 ** 40; step += 123_456_789_01) {
      const price = Math.exp(logPriceAt(chance, step) / logUnit)
      expect(price).toBeGreaterThan(0.1249)
      expect(price).toBeLessThan(8.001)
    }
  })
  test('jumps now and then, by 0.5 to 2 %', () => {
    // In 64 steps a walk without jumps moves by less than 0.25 %: six deviations.
    const moves = Array.from(
      { length: 200 * 512 },
      (_, n) => (logPriceAt(chance, (n + 1) * 64) - logPriceAt(chance, n * 64)) / logUnit,
    )
    const found = moves.map(Math.abs).filter((move) => move > 0.0025)
    expect(found.length).toBeGreaterThan(3)
    expect(found.length).toBeLessThan(30)
    for (const move of found) expect(move).toBeLessThan(0.0225)
  })
})

describe('a simulated market', () => {
  test('begins at 65,000 and 3,200', () => {
    const [bitcoinAt0, etherAt0] = ['BTC/USDT', 'ETH/USDT:USDT'].map((symbol) =>
      QuoteTick.encode(simulatedMarket(1, symbol as MarketSymbol).tick(0, at) as QuoteTick),
    )
    expect(bitcoinAt0).toMatchObject({ bid: '65000', ask: '65000.01' })
    expect(etherAt0).toMatchObject({ bid: '3200', ask: '3200.01' })
  })
  test('gives quote and trade in turn, the trade at a price of the quote before it', () => {
    for (const symbol of simulatedSymbols) {
      const market = simulatedMarket(3, symbol)
      for (let n = 0; n < 200; n += 2) {
        const quote = market.tick(n, at) as QuoteTick
        const trade = market.tick(n + 1, at) as TradeTick
        expect([quote.type, trade.type]).toStrictEqual(['quote', 'trade'])
        expect(trade.price).toBe(trade.aggressor === 'buy' ? quote.ask : quote.bid)
        expect([quote.sequence, trade.sequence]).toStrictEqual([n, n + 1])
      }
    }
  })
  test('has log-normal sizes around its median, none below one lot', () => {
    const market = simulatedMarket(1, bitcoin)
    const sizes = Array.from(
      { length: 2_000 },
      (_, n) => Number((market.tick(2 * n + 1, at) as TradeTick).quantity) / 1e18,
    )
    const smaller = sizes.filter((size) => size < 0.02).length / sizes.length
    expect(smaller).toBeGreaterThan(0.45)
    expect(smaller).toBeLessThan(0.55)
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(0.00001)
    const logs = sizes.map((size) => Math.log(size / 0.02))
    const deviation = Math.sqrt(logs.reduce((sum, log) => sum + log * log, 0) / logs.length)
    expect(deviation).toBeCloseTo(1.2, 1)
  })
  test('is the same wherever it is asked, in any order', () => {
    const forwards = Array.from({ length: 100 }, (_, n) => simulatedMarket(9, bitcoin).tick(n, at))
    const market = simulatedMarket(9, bitcoin)
    const backwards = Array.from({ length: 100 }, (_, n) => market.tick(99 - n, at)).toReversed()
    expect(backwards).toStrictEqual(forwards)
  })
  test('is another one with another seed', () => {
    const [one, two] = [1, 2].map((seed) => simulatedMarket(seed, bitcoin).tick(1_000, at))
    expect(one).not.toStrictEqual(two)
  })
  /** Written down once. Another machine, another Node, another build must give the same. */
  test.each([
    ['BTC/USDT', 1, 0, { bid: '65000', bidQuantity: '0.00238', ask: '65000.01' }],
    ['BTC/USDT', 1, 1, { price: '65000.01', quantity: '0.01276', aggressor: 'buy' }],
    ['BTC/USDT', 1, 864_001, { price: '66428.16', quantity: '0.02519', aggressor: 'sell' }],
    ['ETH/USDT', 1, 25_920_000, { bid: '2930.32', bidQuantity: '0.3367', ask: '2930.33' }],
    ['BTC/USD:BTC', 42, 77_777, { price: '65928.7', quantity: '9', aggressor: 'buy' }],
    ['ETH/USDT:USDT', 2 ** 32 - 1, 315_360_001, { price: '1840.52', quantity: '0.174' }],
    ['BTC/USDT:USDT', 0, 2 ** 33 + 1, { price: '35974.1', quantity: '0.008' }],
  ])('is what it was: %s, seed %d, tick %d', (symbol, seed, n, figures) => {
    const tick = simulatedMarket(seed, symbol as MarketSymbol).tick(n, at)
    expect(tick.type === 'quote' ? QuoteTick.encode(tick) : TradeTick.encode(tick)).toMatchObject({
      symbol,
      sequence: n,
      ...figures,
    })
  })
})
