import { expect, test } from 'vitest'
import { hearMarket } from '#apps/risk-guard/market'
import { marksFold } from '#domain/market/marks'
import { btc, noon, price, symbolOf } from '#domain/risk/testing/words'
import type { HubFrame } from '#schemas/market/tick'
import type { Quantity } from '#schemas/values/decimal'
import type { MarketSymbol, TradeId } from '#schemas/values/ids'

const eth = symbolOf('ETH/USDT')
const welcome: HubFrame = { type: 'welcome', source: 'test', symbols: [btc, eth] }

test('waits for a first tick of every symbol, and goes on hearing', async () => {
  const { hear, marks, done } = listening(60_000)
  hear(welcome)
  hear(trade(btc, '65000'))
  expect(await Promise.race([done, Promise.resolve('waiting')])).toBe('waiting')
  hear(trade(eth, '3200'))
  await done
  hear(trade(btc, '65001'))
  expect(marks.markOf(btc)?.price).toBe(price('65001'))
})
test('does not wait for ever', async () => {
  const { hear, done } = listening(1)
  hear(welcome)
  await done
})
test('stops waiting when the guard stops', async () => {
  const { stopping, done } = listening(60_000)
  stopping.abort()
  await done
})

const listening = (withinMs: number) => {
  const marks = marksFold()
  const stopping = new AbortController()
  let hear: (frame: HubFrame) => void = () => undefined
  const feed = {
    listen: (listener: (frame: HubFrame) => void) => {
      hear = listener
      return () => undefined
    },
  }
  const done = hearMarket(feed, marks, withinMs, stopping.signal)
  return { hear: (frame: HubFrame) => hear(frame), marks, stopping, done }
}
const trade = (symbol: MarketSymbol, at: string): HubFrame => ({
  type: 'trade',
  symbol,
  sequence: 1,
  venueAt: noon,
  receivedAt: noon,
  tradeId: '1' as TradeId,
  price: price(at),
  quantity: 1n as Quantity,
  aggressor: 'buy',
})
