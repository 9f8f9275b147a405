import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Venue, VenueOrder, VenueReport } from '#domain/kernel/venue'
import { fixedClock } from '#domain/testing/fixed'
import { clientOrderId, price, request, start } from '#domain/testing/paper'
import type { MalformedWire } from '#schemas/paper/frames'
import type { AccountId, StrategyId, VenueId } from '#schemas/values/ids'
import { type Double, openDouble } from './testing/double.ts'
import { paperVenue } from './venue.ts'

const main = 'main' as AccountId
const hash = (text: string): string => createHash('sha256').update(text).digest('hex')

let double: Double
let venue: Venue
let reports: VenueReport[]
let malformed: MalformedWire[]
let wake = (): void => undefined
const until = async (enough: () => boolean): Promise<void> => {
  while (!enough()) {
    await new Promise<void>((resolve) => {
      wake = resolve
    })
  }
}
beforeEach(async () => {
  double = await openDouble()
  reports = []
  malformed = []
  venue = paperVenue({
    url: double.url,
    clock: fixedClock(start),
    hash,
    answerMsMax: 80,
    retryMsMin: 1,
    retryMsMax: 5,
    onMalformed: (frame) => {
      malformed.push(frame)
      wake()
    },
  })
  venue.listen((report) => {
    reports.push(report)
    wake()
  })
  await until(() => reports.length > 0)
})
afterEach(async () => {
  await venue.close()
  await double.close()
})

const order = (): VenueOrder => {
  const { clientOrderId: id, sendBy, ...terms } = request({ limit: '64000' })
  const strategy = 'manual' as StrategyId
  return { clientOrderId: id, sendBy, terms: { ...terms, strategy, venue: 'paper' as VenueId } }
}
const place = () => venue.place(order(), () => true)
const wireOrder = (rest: object = {}) => ({
  venueOrderId: '5',
  clientOrderId: clientOrderId(1),
  account: 'main',
  symbol: 'BTC/USDT',
  side: 'buy',
  orderType: 'limit',
  timeInForce: 'gtc',
  quantity: '1',
  limitPrice: '64000',
  postOnly: false,
  reduceOnly: false,
  status: 'open',
  filledTotal: '0',
  at: '2026-01-05T09:00:00Z',
  ...rest,
})
const wireTrade = {
  tradeId: '8',
  venueOrderId: '5',
  clientOrderId: clientOrderId(1),
  account: 'main',
  symbol: 'BTC/USDT',
  side: 'buy',
  quantity: '1',
  price: '64000',
  fee: { currency: 'USDT', amount: '12.8' },
  liquidity: 'maker',
  at: '2026-01-05T09:00:00Z',
}
const silentBecause = (says: string) => ({
  _tag: 'Left',
  left: { _tag: 'VenueSilent', detail: expect.stringContaining(says) as unknown },
})

describe('placing an order', () => {
  test('asks whether it may still be sent when all else is ready, and sends once', async () => {
    double.react = ({ request: number }, socket) => {
      socket.send(JSON.stringify({ type: 'order', request: number, order: wireOrder() }))
    }
    const asked: number[] = []
    const placed = venue.place(order(), () => {
      asked.push(double.heard.length)
      return true
    })
    expect(asked).toStrictEqual([0])
    expect(await placed).toMatchObject({ _tag: 'Right', right: { venueOrderId: '5' } })
    expect(double.heard).toHaveLength(1)
    expect(double.heard[0]).toStrictEqual({
      type: 'place',
      request: 1,
      clientOrderId: clientOrderId(1),
      account: 'main',
      symbol: 'BTC/USDT',
      side: 'buy',
      orderType: 'limit',
      timeInForce: 'gtc',
      quantity: '1',
      limitPrice: '64000',
      postOnly: false,
      reduceOnly: false,
      sendBy: '2026-01-05T10:00:00Z',
    })
  })
  test('that only reduces is for contracts: a spot market is not told, and does not tell', async () => {
    double.react = ({ request: number }, socket) => {
      socket.send(JSON.stringify({ type: 'order', request: number, order: wireOrder() }))
    }
    const { terms, ...rest } = order()
    const placed = await venue.place({ ...rest, terms: { ...terms, reduceOnly: true } }, () => true)
    expect(double.heard[0]).toMatchObject({ type: 'place', reduceOnly: false })
    expect(placed).not.toHaveProperty('right.reduceOnly')
    const contract = { ...terms, symbol: 'BTC/USDT:USDT' as typeof terms.symbol, reduceOnly: true }
    await venue.place({ ...rest, terms: contract }, () => true)
    expect(double.heard[1]).toMatchObject({ type: 'place', reduceOnly: true })
  })
  test('says when the bytes of the answer came, and their hash', async () => {
    let raw = ''
    double.react = ({ request: number }, socket) => {
      raw = JSON.stringify({ type: 'order', request: number, order: wireOrder() })
      socket.send(raw)
    }
    expect(await place()).toMatchObject({ right: { receivedAt: start, payloadHash: hash(raw) } })
  })
  test('writes nothing when it may not', async () => {
    expect(await venue.place(order(), () => false)).toMatchObject({ left: { _tag: 'NotSent' } })
    await venue.openOrders(main)
    expect(double.heard.map(({ type }) => type)).toStrictEqual(['openOrders'])
  })
  test('writes nothing without a connection, and does not ask', async () => {
    await double.close()
    await until(() => reports.at(-1)?.type === 'disconnected')
    let asked = false
    const placed = await venue.place(order(), () => (asked = true))
    expect(placed).toMatchObject({ left: { _tag: 'NotSent' } })
    expect(asked).toBe(false)
    double = await openDouble()
  })
})

describe('an answer that does not come', () => {
  test('at all is silence, after the deadline', async () => {
    expect(await place()).toMatchObject(silentBecause('no answer within 80 ms'))
  })
  test('because the line breaks is silence at once, and the line comes back', async () => {
    double.react = (_, socket) => {
      socket.terminate()
    }
    expect(await place()).toMatchObject(silentBecause('broke'))
    await until(() => reports.length >= 3)
    expect(reports.map(({ type }) => type)).toStrictEqual([
      'connected',
      'disconnected',
      'connected',
    ])
    expect(double.heard).toHaveLength(1)
  })
  test('in time is given up with its line, and another one is opened', async () => {
    expect(await place()).toMatchObject({ left: { _tag: 'VenueSilent' } })
    await until(() => reports.length === 3)
    expect(reports).toStrictEqual([
      { type: 'connected' },
      { type: 'disconnected', detail: 'no answer within 80 ms' },
      { type: 'connected' },
    ])
  })
  test('to anybody who waits is still news of the order', async () => {
    double.react = (_, socket) => {
      socket.send(JSON.stringify({ type: 'order', request: 99, order: wireOrder() }))
    }
    void place()
    await until(() => reports.length === 2)
    expect(reports[1]).toMatchObject({ type: 'order', order: { venueOrderId: '5' } })
  })
  test('but garbage does is silence, and the garbage is named', async () => {
    double.react = ({ request: number }, socket) => {
      socket.send('{{{')
      socket.send(JSON.stringify({ type: 'order', request: number, order: { price: 'x' } }))
      socket.send(JSON.stringify({ type: 'surprise', request: number }))
    }
    expect(await place()).toMatchObject({ left: { _tag: 'VenueSilent' } })
    expect(malformed.map(({ detail }) => detail.slice(0, 28))).toStrictEqual([
      'it is not JSON',
      expect.stringContaining('venueOrderId'),
      'there is no frame of that ty',
    ])
  })
  test.each([
    ['another order', { type: 'order', order: wireOrder({ clientOrderId: clientOrderId(2) }) }],
    ['trades', { type: 'trades', trades: [], more: false }],
  ])('but one about %s does is silence', async (says, answer) => {
    double.react = ({ request: number }, socket) => {
      socket.send(JSON.stringify({ request: number, ...answer }))
    }
    expect(await place()).toMatchObject(silentBecause(says))
  })
})

describe('what is surely not done is told apart', () => {
  test.each([
    [
      { type: 'refused', reason: { code: 'noMarket', message: 'no quote' } },
      { _tag: 'VenueRefused', reason: { code: 'noMarket', message: 'no quote' } },
    ],
    [
      { type: 'malformed', detail: 'what?' },
      { _tag: 'VenueRefused', reason: { code: 'malformed', message: 'what?' } },
    ],
    [
      { type: 'throttled', retryAfterMs: 250 },
      { _tag: 'VenueThrottled', retryAfterMs: 250 },
    ],
  ])('%o', async (answer, left) => {
    double.react = ({ request: number }, socket) => {
      socket.send(JSON.stringify({ request: number, ...answer }))
    }
    expect(await place()).toMatchObject({ left })
  })
})

describe('news', () => {
  const tell = (frame: object) => {
    for (const socket of double.sockets) socket.send(JSON.stringify(frame))
  }
  test('is passed on as often as it is told: who hears it keeps each trade once', async () => {
    tell({ type: 'tradeMade', trade: wireTrade })
    tell({ type: 'tradeMade', trade: wireTrade })
    tell({ type: 'orderChanged', order: wireOrder({ status: 'filled', filledTotal: '1' }) })
    await until(() => reports.length === 4)
    expect(reports.slice(1)).toMatchObject([
      { type: 'trade', trade: { tradeId: '8', price: price('64000'), receivedAt: start } },
      { type: 'trade', trade: { tradeId: '8' } },
      { type: 'order', order: { status: 'filled' } },
    ])
  })
  test('is not heard by who has stopped listening', async () => {
    const heard: VenueReport[] = []
    venue.listen((report) => heard.push(report))()
    tell({ type: 'tradeMade', trade: wireTrade })
    await until(() => reports.length === 2)
    expect(heard).toStrictEqual([{ type: 'connected' }])
  })
})

describe('lists', () => {
  test('are asked for page after page', async () => {
    double.react = ({ request: number, after }, socket) => {
      const id = after === '0' ? '5' : '6'
      const orders = [wireOrder({ venueOrderId: id })]
      socket.send(JSON.stringify({ type: 'orders', request: number, orders, more: id === '5' }))
    }
    expect(await venue.closedOrders(main, start)).toMatchObject({
      right: [{ venueOrderId: '5' }, { venueOrderId: '6' }],
    })
    expect(double.heard.map(({ after }) => after)).toStrictEqual(['0', '5'])
  })
  test('that do not go on are silence: half of one proves nothing', async () => {
    double.react = ({ request: number }, socket) => {
      const orders = [wireOrder()]
      socket.send(JSON.stringify({ type: 'orders', request: number, orders, more: true }))
    }
    expect(await venue.openOrders(main)).toMatchObject(silentBecause('do not go on'))
  })
  test('half of which is missing are silence', async () => {
    double.react = ({ request: number, after }, socket) => {
      const trades = [wireTrade]
      if (after === '0')
        socket.send(JSON.stringify({ type: 'trades', request: number, trades, more: true }))
    }
    expect(await venue.trades(main, start)).toMatchObject({ left: { _tag: 'VenueSilent' } })
  })
  test('that are refused are silence, with what was said', async () => {
    double.react = ({ request: number }, socket) => {
      socket.send(JSON.stringify({ type: 'throttled', request: number, retryAfterMs: 9 }))
    }
    expect(await venue.trades(main, start)).toMatchObject(silentBecause('after 9 ms'))
    expect(await venue.instruments()).toMatchObject(silentBecause('after 9 ms'))
  })
})
