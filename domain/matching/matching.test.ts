import { describe, expect, test } from 'vitest'
import { nothingYet } from '#domain/matching/engine'
import type { Change } from '#domain/matching/order'
import {
  after,
  type Asked,
  clientOrderId,
  matching,
  price,
  quantity,
  quote,
  request,
  start,
  trade,
  welcome,
} from '#domain/testing/paper'
import { Amount, Price, Quantity } from '#schemas/values/decimal'
import type { AccountId, MarketSymbol } from '#schemas/values/ids'

const main = 'main' as AccountId

/** A venue with bid 99.99 and ask 100.01, where 10 were traded in the last minute. */
const venue = () => {
  const venue = matching()
  for (let n = 1; n <= 50; n += 1)
    venue.hear(trade('100', '0.2', { sequence: n, at: after((n - 60) * 1_000) }), start)
  venue.hear(quote('99.99', '100.01'), start)
  return {
    ...venue,
    ask: (asked: Asked, at = start) => venue.place(request(asked), at),
    print: (at: string, size: string, aggressor: 'buy' | 'sell' = 'sell', sequence = 1_000) =>
      venue.hear(trade(at, size, { aggressor, sequence }), start),
  }
}
const shown = ({ order, trades }: Change) => ({
  status: order.status,
  filled: Quantity.encode(order.filledTotal),
  trades: trades.map((made) => `${Quantity.encode(made.quantity)} at ${Price.encode(made.price)}`),
  ...(order.reason === undefined ? {} : { reason: order.reason.code }),
})
const nothing = { filled: '0', trades: [] }

describe('a market order', () => {
  test.each([
    ['buy', '1', '100.02'],
    ['sell', '1', '99.98'],
    ['buy', '10', '100.11'],
    ['sell', '10', '99.89'],
    ['buy', '0.1', '100.02'],
    ['buy', '2.5', '100.04'],
    ['sell', '2.5', '99.96'],
  ] as const)('%s %s of 10 traded in a minute, at %s', (side, size, at) => {
    // Half the spread is 0.01; a basis point of 100 is 0.01 for each 1; rounded to 0.01 against the taker.
    expect(shown(venue().ask({ side, quantity: size })).trades).toStrictEqual([`${size} at ${at}`])
  })
  test('takes no more than a hundred minutes trade', () => {
    expect(shown(venue().ask({ side: 'sell', quantity: '1000' }))).toMatchObject({
      status: 'filled',
      trades: ['1000 at 89.99'],
    })
    const { order } = venue().ask({ side: 'sell', quantity: '1000.00001' })
    expect(order.reason).toStrictEqual({
      code: 'noMarket',
      message: 'no more than 1000 can be had at once',
    })
  })
  test('never sells below one tick', () => {
    const cheap = matching()
    cheap.hear(quote('0.01', '0.02', { size: '1000' }), start)
    expect(
      shown(cheap.place(request({ side: 'sell', quantity: '900' }), start)).trades,
    ).toStrictEqual(['900 at 0.01'])
  })
  test('is filled whole and at once, and says who made and who took', () => {
    const { order, trades } = venue().ask({ quantity: '1' })
    expect([order.status, order.filledTotal]).toStrictEqual(['filled', quantity('1')])
    expect(trades[0]).toMatchObject({ id: 1n, orderId: 1n, liquidity: 'taker', at: start })
  })
  test('counts a minute that was not heard whole as if it had gone on so', () => {
    const young = matching()
    young.hear(trade('100', '1'), start)
    young.hear(quote('99.99', '100.01'), start)
    // One in the first second stands for 60 in the minute: 6 are a tenth.
    expect(shown(young.place(request({ quantity: '6' }), start)).trades).toStrictEqual([
      '6 at 100.02',
    ])
  })
  test('counts at least what is shown, where nothing was traded', () => {
    const quiet = matching()
    quiet.hear(quote('99.99', '100.01', { size: '10' }), start)
    expect(shown(quiet.place(request({ quantity: '1' }), start)).trades).toStrictEqual([
      '1 at 100.02',
    ])
  })
  test('is refused without a quote, with an old one, and with a crossed one', () => {
    const refused = { ...nothing, status: 'refused', reason: 'noMarket' }
    expect(shown(matching().place(request({}), start))).toStrictEqual(refused)
    expect(shown(venue().ask({}, after(5_001)))).toStrictEqual(refused)
    expect(shown(venue().ask({}, after(5_000))).status).toBe('filled')
    const crossed = matching()
    crossed.hear(quote('100.02', '100.01', { size: '1' }), start)
    expect(shown(crossed.place(request({}), start))).toStrictEqual(refused)
  })
})

describe('a limit order', () => {
  test('that does not reach the other side rests', () => {
    const { ask, open } = venue()
    expect(shown(ask({ limit: '100' }))).toStrictEqual({ ...nothing, status: 'open' })
    expect(open(main, clientOrderId(1))?.status).toBe('open')
  })
  test('that reaches far enough is a market order', () => {
    expect(shown(venue().ask({ limit: '101', quantity: '1' })).trades).toStrictEqual([
      '1 at 100.02',
    ])
  })
  test('crosses as far as its limit goes, and the rest of it rests', () => {
    const { ask, open } = venue()
    // Up to 100.03 there is room for two basis points: two of ten.
    expect(shown(ask({ limit: '100.03', quantity: '5' }))).toStrictEqual({
      status: 'open',
      filled: '2',
      trades: ['2 at 100.03'],
    })
    expect(open(main, clientOrderId(1))?.filledTotal).toBe(quantity('2'))
    expect(
      shown(venue().ask({ side: 'sell', limit: '99.97', quantity: '5' })).trades,
    ).toStrictEqual(['2 at 99.97'])
  })
  test('at the touch takes what is shown there, at that price', () => {
    const { ask, hear } = venue()
    hear(quote('99.99', '100.01', { size: '0.3' }), start)
    expect(shown(ask({ limit: '100.01', quantity: '1' }))).toStrictEqual({
      status: 'open',
      filled: '0.3',
      trades: ['0.3 at 100.01'],
    })
  })
  test('that is immediate or cancel never rests', () => {
    const { ask, open } = venue()
    expect(shown(ask({ limit: '100', timeInForce: 'ioc' }))).toStrictEqual({
      ...nothing,
      status: 'expired',
    })
    expect(shown(ask({ n: 2, limit: '100.03', quantity: '5', timeInForce: 'ioc' }))).toStrictEqual({
      status: 'expired',
      filled: '2',
      trades: ['2 at 100.03'],
    })
    expect(open(main, clientOrderId(2))).toBeUndefined()
  })
  test('rests when there is no fresh quote to cross to', () => {
    expect(shown(venue().ask({ limit: '200' }, after(6_000)))).toStrictEqual({
      ...nothing,
      status: 'open',
    })
  })
})

describe('a resting order', () => {
  test('is filled at its limit when the tape trades through it, by no more than was traded', () => {
    const { ask, print } = venue()
    ask({ limit: '99.5', quantity: '3' })
    expect(print('99.49', '1').map(shown)).toStrictEqual([
      { status: 'open', filled: '1', trades: ['1 at 99.5'] },
    ])
    const [last] = print('99.4', '5', 'buy', 1_001)
    expect(last).toMatchObject({
      order: { status: 'filled' },
      trades: [{ quantity: quantity('2'), price: price('99.5'), liquidity: 'maker' }],
    })
    expect(print('99.3', '5', 'sell', 1_002)).toStrictEqual([])
  })
  test('is not filled by a print at its limit, nor above it', () => {
    const { ask, print } = venue()
    ask({ limit: '99.5' })
    expect([...print('99.5', '9'), ...print('99.51', '9')]).toStrictEqual([])
  })
  test('waits its turn: better prices first, then who came first', () => {
    const { ask, print } = venue()
    ask({ n: 1, limit: '99.5', quantity: '1' })
    ask({ n: 2, limit: '99.6', quantity: '1' })
    ask({ n: 3, limit: '99.6', quantity: '1' })
    const changes = print('99', '2.5')
    expect(changes.map(({ order, trades }) => [order.id, trades[0]?.quantity])).toStrictEqual([
      [2n, quantity('1')],
      [3n, quantity('1')],
      [1n, quantity('0.5')],
    ])
  })
  test('shares a print with the other side: who was hit first, together no more than was traded', () => {
    const { ask, print } = venue()
    ask({ n: 1, side: 'sell', limit: '101', quantity: '1' })
    ask({ n: 2, limit: '99', quantity: '1' })
    ask({ n: 3, limit: '103', quantity: '1' }, after(6_000))
    const ids = (size: string, aggressor: 'buy' | 'sell', sequence: number) =>
      print('102', size, aggressor, sequence).map(({ order }) => order.id)
    expect(ids('0.4', 'buy', 1)).toStrictEqual([1n])
    expect(ids('0.4', 'sell', 2)).toStrictEqual([3n])
    expect(ids('0.8', 'buy', 3)).toStrictEqual([1n, 3n])
  })
  test('takes whole lots of a print', () => {
    const { ask, print } = venue()
    ask({ limit: '99.5' })
    expect(print('99', '0.000019').map(shown)).toMatchObject([{ trades: ['0.00001 at 99.5'] }])
    expect(print('99', '0.000009')).toStrictEqual([])
  })
  test('is cancelled once, and then fills no more', () => {
    const { ask, print, cancel } = venue()
    ask({ limit: '99.5' })
    expect(cancel(main, clientOrderId(1), after(10))?.order).toMatchObject({
      status: 'cancelled',
      changedAt: after(10),
    })
    expect(cancel(main, clientOrderId(1), after(20))).toBeUndefined()
    expect(print('99', '5')).toStrictEqual([])
  })
})

describe('a print that is told again', () => {
  const resting = () => {
    const first = venue()
    const { order } = first.ask({ limit: '99.5', quantity: '3' }, start)
    return { first, order }
  }
  test('after a new welcome fills nothing twice', () => {
    const { first } = resting()
    expect(first.print('99', '1', 'sell', 5)).toHaveLength(1)
    first.hear(welcome('BTC/USDT'), start)
    expect(first.print('99', '1', 'sell', 5)).toStrictEqual([])
    expect(first.print('99', '1', 'sell', 6)).toHaveLength(1)
  })
  test('to a venue that was started again fills nothing twice', () => {
    const { order } = resting()
    const prints = new Map([[order.symbol, '5:t5']])
    const again = matching({
      ...nothingYet,
      open: [order],
      lastOrderId: 1n,
      lastTradeId: 1n,
      prints,
    })
    const later = after(1_000)
    expect(again.hear(trade('99', '1', { sequence: 5, at: later }), later)).toStrictEqual([])
    expect(again.hear(trade('99', '1', { sequence: 6, at: later }), later)).toHaveLength(1)
  })
  test('and is older than an order does not fill it', () => {
    const { order } = resting()
    const again = matching({ ...nothingYet, open: [order], lastOrderId: 1n })
    expect(again.hear(trade('99', '1', { sequence: 5, at: after(-1) }), after(9))).toStrictEqual([])
    expect(again.hear(trade('99', '1', { sequence: 6, at: after(-1) }), after(9))).toHaveLength(1)
  })
})

describe('an order is refused', () => {
  test.each([
    ['unknownSymbol', { symbol: 'DOGE/USDT' as MarketSymbol }],
    ['notSupported', { limit: '100', reduceOnly: true }],
    ['invalid', { limit: '100', orderType: 'market' }],
    ['invalid', { orderType: 'limit' }],
    ['quantityIncrement', { quantity: '0.000001' }],
    ['quantityMin', { quantity: '0' }],
    ['priceIncrement', { limit: '99.999' }],
    ['notionalMin', { limit: '100', quantity: '0.04999' }],
    ['notionalMin', { quantity: '0.04999' }],
    ['deadlinePassed', { sendBy: after(-1) }],
  ] as const)('%s: %o', (reason, asked) => {
    const { ask, open } = venue()
    expect(shown(ask(asked))).toStrictEqual({ ...nothing, status: 'refused', reason })
    expect(open(main, clientOrderId(1))).toBeUndefined()
  })
  test('not yet at its deadline, nor at the smallest notional', () => {
    expect(shown(venue().ask({ sendBy: start })).status).toBe('filled')
    expect(shown(venue().ask({ limit: '100', quantity: '0.05' })).status).toBe('open')
  })
  test('with its figures in the reason', () => {
    expect(venue().ask({ limit: '100', quantity: '0.04999' }).order.reason?.message).toBe(
      '4.999 USDT is below 5 USDT',
    )
  })
})

describe('fees', () => {
  /** A symbol whose market shows far more than anybody here takes, so that the slippage is one tick. */
  const deep = (symbol: string) => {
    const pit = matching()
    const here = { symbol: symbol as MarketSymbol }
    pit.hear(welcome(symbol), start)
    pit.hear(quote('39999', '40000', { size: '100000000', ...here }), start)
    return {
      take: (size: string) => pit.place(request({ ...here, quantity: size }), start).trades,
      rest: (size: string) => {
        pit.place(request({ ...here, quantity: size, limit: '39000' }), start)
        return pit
          .hear(trade('38000', '100', { sequence: 9, at: after(1), ...here }), start)
          .flatMap(({ trades }) => trades)
      },
    }
  }
  test.each([
    ['BTC/USDT', 'rest', '2', '39000', '15.6 USDT'],
    ['BTC/USDT', 'take', '2', '40000.01', '48.000012 USDT'],
    ['BTC/USDT:USDT', 'rest', '2', '39000', '15.6 USDT'],
    ['BTC/USDT:USDT', 'take', '2', '40000.1', '48.00012 USDT'],
    // 4 contracts of 100 USD at 39,000 are worth 0.010256… BTC; the digits end at the 36th.
    ['BTC/USD:BTC', 'rest', '4', '39000', '0.000002051282051282051282051282051282 BTC'],
  ] as const)('of %s, to %s %s at %s', (symbol, how, size, at, fee) => {
    const [made] = deep(symbol)[how](size)
    if (made === undefined) throw new Error('no trade')
    expect(Price.encode(made.price)).toBe(at)
    expect(`${Amount.encode(made.fee.amount)} ${made.fee.currency}`).toBe(fee)
  })
})
