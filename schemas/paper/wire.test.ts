import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import {
  decodePaperFrame,
  decodeRequest,
  encodePaperFrame,
  encodeRequest,
} from '#schemas/paper/frames'

const place = {
  type: 'place',
  request: 7,
  clientOrderId: '0'.repeat(31) + '1',
  account: 'main',
  symbol: 'BTC/USDT',
  side: 'buy',
  orderType: 'limit',
  timeInForce: 'gtc',
  quantity: '0.5',
  limitPrice: '64000',
  postOnly: false,
  reduceOnly: false,
  sendBy: '2026-01-05T09:00:02Z',
}
const order = {
  venueOrderId: '1',
  clientOrderId: place.clientOrderId,
  account: 'main',
  symbol: 'BTC/USDT',
  side: 'buy',
  orderType: 'limit',
  timeInForce: 'gtc',
  quantity: '0.5',
  limitPrice: '64000',
  postOnly: false,
  reduceOnly: true,
  status: 'refused',
  filledTotal: '0',
  at: '2026-01-05T09:00:02Z',
  reason: { code: 'noMarket', message: 'no quote' },
}
const trade = {
  tradeId: '9',
  venueOrderId: '1',
  clientOrderId: place.clientOrderId,
  account: 'main',
  symbol: 'BTC/USD:BTC',
  side: 'sell',
  quantity: '3',
  price: '64000.5',
  fee: { currency: 'BTC', amount: '0.000000000000000000000000000000000001' },
  liquidity: 'maker',
  at: '2026-01-05T09:00:02.123456Z',
}
const funding = {
  number: '3',
  fundingId: '2026-01-05T08:00:00Z',
  account: 'main',
  symbol: 'BTC/USD:BTC',
  quantity: '-3',
  markPrice: '64000.5',
  rate: '-0.0001',
  currency: 'BTC',
  amount: '-0.000000000000000000000000000000000001',
  at: '2026-01-05T08:00:00.000001Z',
}
const one = { request: 1, account: 'main', clientOrderId: place.clientOrderId }
const list = { request: 1, account: 'main', after: '0' }
const at = '2026-01-05T09:00:00Z'

describe('what is said comes back as it was', () => {
  test.each([
    place,
    { ...place, orderType: 'market', limitPrice: undefined },
    { ...place, orderType: 'stopLimit', timeInForce: 'gtd', stopPrice: '63000', expireAt: at },
    { type: 'amend', ...one, quantity: '2', limitPrice: '1', stopPrice: '2', sendBy: at },
    { type: 'amend', ...one, quantity: '2', sendBy: at },
    { type: 'fundings', ...list, since: at },
    { type: 'cancel', request: 1, account: 'main', clientOrderId: place.clientOrderId },
    { type: 'order', request: 1, account: 'main', clientOrderId: place.clientOrderId },
    { type: 'openOrders', ...list },
    { type: 'closedOrders', ...list, since: at },
    { type: 'trades', ...list, since: at, after: '12' },
    { type: 'instruments', request: 0 },
  ])('request $type', (said) => {
    const text = JSON.stringify(said)
    const decoded = decodeRequest(text)
    if (E.isLeft(decoded)) throw new Error(decoded.left.detail)
    expect(JSON.parse(encodeRequest(decoded.right))).toStrictEqual(JSON.parse(text))
  })
  test.each([
    { type: 'order', request: 1, order },
    { type: 'orders', request: 1, orders: [order], more: true },
    { type: 'trades', request: 1, trades: [trade], more: false },
    { type: 'fundings', request: 1, fundings: [funding], more: false },
    {
      type: 'order',
      request: 1,
      order: { ...order, stopPrice: '1', expireAt: at, triggered: true },
    },
    { type: 'instruments', request: 1, instruments: [] },
    { type: 'refused', request: 1, reason: order.reason },
    { type: 'throttled', request: 1, retryAfterMs: 100 },
    { type: 'malformed', detail: 'it is not JSON' },
    { type: 'malformed', request: 3, detail: 'it is not JSON' },
    { type: 'orderChanged', order },
    { type: 'tradeMade', trade },
    { type: 'fundingBooked', funding },
  ])('frame $type', (said) => {
    const text = JSON.stringify(said)
    const decoded = decodePaperFrame(text)
    if (E.isLeft(decoded)) throw new Error(decoded.left.detail)
    expect(JSON.parse(encodePaperFrame(decoded.right))).toStrictEqual(JSON.parse(text))
  })
})

describe('a request that cannot be understood is named', () => {
  test.each([
    ['{', undefined, 'it is not JSON'],
    ['[]', undefined, 'it is not a record'],
    ['null', undefined, 'it is not a record'],
    ['{"type":"placed","request":4}', 4, 'there are place, amend, cancel, order'],
    ['{"type":"toString"}', undefined, 'there is no request of that type'],
    [JSON.stringify({ ...place, limitprice: '1' }), 7, 'limitprice'],
    [JSON.stringify({ ...place, quantity: 1 }), 7, 'quantity'],
    [JSON.stringify({ ...place, quantity: '-1' }), 7, 'quantity must not be below 0'],
    [JSON.stringify({ ...place, side: 'hold' }), 7, 'side'],
    [JSON.stringify({ ...place, sendBy: 'soon' }), 7, 'sendBy'],
    [JSON.stringify({ type: 'cancel', request: -1 }), undefined, 'request'],
    [JSON.stringify({ ...place, account: 'a\u0000b' }), 7, 'account'],
  ])('%s', (text, request, says) => {
    const decoded = decodeRequest(text)
    if (E.isRight(decoded)) throw new Error('was understood')
    expect(decoded.left.request).toBe(request)
    expect(decoded.left.detail).toContain(says)
    // Its answer must itself be sayable.
    const { detail } = decoded.left
    const answer = encodePaperFrame({ type: 'malformed', detail: detail as never })
    expect(E.isRight(decodePaperFrame(answer))).toBe(true)
  })
})
