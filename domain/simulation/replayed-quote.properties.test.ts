import { describe, expect, test } from 'vitest'
import { quoteOf, type SeenSides, seeTrade } from '#domain/simulation/replayed-quote'
import type { Price, Quantity } from '#schemas/values/decimal'
import { fc, prop } from '#testing/prop'

const tick = (10n ** 16n) as Price
const at = (ticks: number): Price => (BigInt(ticks) * tick) as Price
const trade = (ticks: number, aggressor: 'buy' | 'sell') => ({
  price: at(ticks),
  quantity: 1n as Quantity,
  aggressor,
})
const anyTrades = fc.array(
  fc.record({
    ticks: fc.integer({ min: 100, max: 120 }),
    aggressor: fc.constantFrom('buy', 'sell'),
  }),
)
const after = (trades: readonly { ticks: number; aggressor: 'buy' | 'sell' }[]): SeenSides =>
  trades.reduce<SeenSides>(
    (seen, { ticks, aggressor }) => seeTrade(seen, trade(ticks, aggressor), tick),
    {},
  )

describe('the quote of a row of trades', () => {
  test('needs a trade on each side', () => {
    expect(quoteOf(after([{ ticks: 100, aggressor: 'buy' }]))).toBeUndefined()
    expect(
      quoteOf(
        after([
          { ticks: 100, aggressor: 'buy' },
          { ticks: 98, aggressor: 'sell' },
        ]),
      ),
    ).toMatchObject({ bid: at(98), ask: at(100) })
  })
  test('moves the side that a trade has passed', () => {
    const passed = after([
      { ticks: 100, aggressor: 'buy' },
      { ticks: 98, aggressor: 'sell' },
      { ticks: 96, aggressor: 'buy' },
    ])
    expect(quoteOf(passed)).toMatchObject({ bid: at(95), ask: at(96) })
  })
  prop('is never crossed, and shows the last trade on its side', anyTrades, (trades) => {
    const quote = quoteOf(after(trades))
    const last = trades.at(-1)
    if (quote === undefined || last === undefined) return
    expect(quote.bid).toBeLessThan(quote.ask)
    expect(last.aggressor === 'buy' ? quote.ask : quote.bid).toBe(at(last.ticks))
  })
})
