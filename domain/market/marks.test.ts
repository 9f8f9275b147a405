import { describe, expect, test } from 'vitest'
import { marksFold } from '#domain/market/marks'
import type { QuoteTick, TradeTick } from '#schemas/market/tick'
import type { Price, Quantity } from '#schemas/values/decimal'
import type { MarketSymbol, TradeId } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'

const symbol = 'BTC/USDT' as MarketSymbol

describe('the mark of a symbol', () => {
  test('is absent before anything was heard of it', () => {
    expect(marksFold().markOf(symbol)).toBeUndefined()
  })
  test('is the last trade where there is no quote', () => {
    expect(after(trade(1, 100n))).toStrictEqual({ symbol, price: 100n, at: 1 })
  })
  test('is the mid of the quote that came after the trade', () => {
    expect(after(trade(1, 100n), quote(2, 102n, 104n))).toMatchObject({ price: 103n, at: 2 })
  })
  test('is the mid of a quote as old as the trade', () => {
    expect(after(quote(2, 102n, 104n), trade(2, 100n))).toMatchObject({ price: 103n })
  })
  test('is the trade that came after the quote', () => {
    expect(after(quote(1, 102n, 104n), trade(2, 100n))).toMatchObject({ price: 100n, at: 2 })
  })
  test('rounds an odd mid to the even neighbour', () => {
    expect(after(quote(1, 102n, 103n))).toMatchObject({ price: 102n })
    expect(after(quote(1, 103n, 104n))).toMatchObject({ price: 104n })
  })
  test('does not move on a crossed quote', () => {
    expect(after(quote(1, 102n, 104n), quote(2, 110n, 104n))).toMatchObject({ price: 103n, at: 1 })
  })
  test('takes a locked quote', () => {
    expect(after(quote(1, 104n, 104n))).toMatchObject({ price: 104n })
  })
  test('ignores what is not a tick', () => {
    const marks = marksFold()
    marks.hear({ type: 'welcome', source: 'simulated', symbols: [symbol] })
    marks.hear({ type: 'ended', source: 'simulated' })
    expect(marks.symbols()).toStrictEqual([])
  })
})

const after = (...ticks: readonly (TradeTick | QuoteTick)[]) => {
  const marks = marksFold()
  for (const tick of ticks) marks.hear(tick)
  return marks.markOf(symbol)
}
const heardAt = (at: number) => ({
  symbol,
  sequence: at,
  venueAt: 0 as Instant,
  receivedAt: at as Instant,
})
const trade = (at: number, price: bigint): TradeTick => ({
  type: 'trade',
  ...heardAt(at),
  tradeId: String(at) as TradeId,
  price: price as Price,
  quantity: 1n as Quantity,
  aggressor: 'buy',
})
const quote = (at: number, bid: bigint, ask: bigint): QuoteTick => ({
  type: 'quote',
  ...heardAt(at),
  bid: bid as Price,
  bidQuantity: 1n as Quantity,
  ask: ask as Price,
  askQuantity: 1n as Quantity,
})
