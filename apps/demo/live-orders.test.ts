/** Answers and the stream tell of the same order in any order. */
import { expect, test } from 'vitest'
import type { Order } from './client.ts'
import { liveOrders } from './live-orders.ts'

const order: Order = {
  id: 'a',
  account: 'desk',
  strategy: 'maker',
  symbol: 'BTC/USDT',
  side: 'buy',
  type: 'limit',
  quantity: '2',
  limitPrice: '100',
  stopPrice: null,
  timeInForce: 'gtc',
  postOnly: false,
  reduceOnly: false,
  status: 'accepted',
  filledQuantity: '0',
  averagePrice: null,
  logPosition: '1',
}
const one = 10n ** 18n
const place = ['desk', 'maker', 'BTC/USDT'] as const

test('what was filled counts once, whoever tells of it first', () => {
  const live = liveOrders()
  live.hear({ ...order, status: 'partiallyFilled', filledQuantity: '0.5' })
  live.hear(order)
  live.hear({ ...order, status: 'filled', filledQuantity: '2' })
  live.hear({ ...order, status: 'partiallyFilled', filledQuantity: '0.5' })
  expect(live.held(...place)).toBe(2n * one)
  expect(live.heldBy('desk', 'BTC/USDT')).toBe(2n * one)
})
test('what has ended stays ended, also where an older answer comes late', () => {
  const live = liveOrders()
  live.hear(order)
  expect(live.open(...place)).toHaveLength(1)
  live.hear({ ...order, status: 'cancelled' })
  live.hear(order)
  expect(live.open(...place)).toHaveLength(0)
  expect(live.hasEnded('a')).toBe(true)
})
test('sells are held against, and other strategies are not mixed in', () => {
  const live = liveOrders()
  live.hear({ ...order, side: 'sell', status: 'filled', filledQuantity: '2' })
  live.hear({ ...order, id: 'b', strategy: 'other', status: 'filled', filledQuantity: '2' })
  expect(live.held(...place)).toBe(-2n * one)
  expect(live.heldBy('desk', 'BTC/USDT')).toBe(0n)
})
