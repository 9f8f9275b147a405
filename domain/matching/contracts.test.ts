import { describe, expect, test } from 'vitest'
import { nothingYet } from '#domain/matching/engine'
import {
  after,
  clientOrderId,
  fundingRule,
  matching,
  quote,
  request,
  start,
  welcome,
} from '#domain/testing/paper'
import { linear, main, openPit, told } from '#domain/testing/pit'
import { Amount, type Ratio, type SignedQuantity } from '#schemas/values/decimal'
import type { AccountId, MarketSymbol } from '#schemas/values/ids'
import { instant } from '#domain/testing/fixed'

const reduce = { reduceOnly: true } as const

describe('a reduce-only order', () => {
  /** Long 2. */
  const long = () => {
    const pit = openPit(linear)
    pit.ask({ n: 90, quantity: '2' })
    return pit
  }
  test.each([
    ['without a position', { side: 'sell' }, 0],
    ['that would add to the position', { side: 'buy' }, 1],
    ['larger than the position', { side: 'sell', quantity: '2.001' }, 1],
  ] as const)('%s is refused', (_, asked, held) => {
    const { ask } = held === 1 ? long() : openPit(linear)
    expect(ask({ ...reduce, ...asked })[0]).toMatch(/^#1 refused .*reduceOnly$/)
    expect(ask({ n: 2, limit: '101', ...reduce, ...asked })[0]).toMatch(/reduceOnly$/)
  })
  test('of all of the position closes it', () => {
    expect(long().ask({ side: 'sell', quantity: '2', ...reduce })[0]).toMatch(/^#1 filled 2\/2/)
  })
  test('ends when the position is closed by another order, and when it turns', () => {
    for (const size of ['2', '3']) {
      const { ask } = long()
      ask({ n: 1, side: 'sell', limit: '101', quantity: '2', ...reduce })
      ask({ n: 2, side: 'sell', stop: '90', quantity: '1', ...reduce })
      ask({ n: 3, side: 'sell', limit: '101', quantity: '2' })
      const lines = ask({ n: 4, side: 'sell', quantity: size })
      expect(lines.slice(1)).toStrictEqual(['#1 expired 0/2', '#2 expired 0/1'])
    }
  })
  test('stays while something of the position is left, and fills no more than that', () => {
    const { ask, print } = long()
    ask({ n: 1, side: 'sell', limit: '101', quantity: '2', ...reduce })
    expect(ask({ n: 2, side: 'sell', quantity: '1.5' })).toHaveLength(1)
    expect(print('102', '9')).toStrictEqual(['#1 open 0.5/2, 0.5 at 101 maker', '#1 expired 0.5/2'])
  })
  test('beside another, together larger than the position: they fill no more than it, in one print', () => {
    const { ask, print } = long()
    ask({ n: 1, side: 'sell', limit: '101', quantity: '1.5', ...reduce })
    ask({ n: 2, side: 'sell', limit: '101', quantity: '2', ...reduce })
    ask({ n: 3, side: 'sell', limit: '101', quantity: '1', ...reduce })
    expect(print('102', '9')).toStrictEqual([
      '#1 filled 1.5/1.5, 1.5 at 101 maker',
      '#2 open 0.5/2, 0.5 at 101 maker',
      '#2 expired 0.5/2',
      '#3 expired 0/1',
    ])
  })
  test('that stops: of two, the second finds nothing left to reduce', () => {
    const { ask, print } = long()
    ask({ n: 1, side: 'sell', stop: '99', quantity: '2', ...reduce })
    ask({ n: 2, side: 'sell', stop: '98', quantity: '2', ...reduce })
    expect(print('95').map((line) => line.slice(0, 14))).toStrictEqual([
      '#1 filled 2/2,',
      '#2 expired 0/2',
    ])
  })
  test('that stops for more than is left takes what is left', () => {
    const { ask, print } = long()
    ask({ n: 1, side: 'sell', stop: '99', quantity: '2', ...reduce })
    ask({ n: 2, side: 'sell', quantity: '1.2' })
    expect(print('95')).toStrictEqual([
      expect.stringMatching(/^#1 expired 0.8\/2, triggered, 0.8 at/),
    ])
  })
  test('is of its own account: what others hold is nothing to it', () => {
    const { ask } = long()
    expect(ask({ account: 'other' as AccountId, side: 'sell', ...reduce })[0]).toMatch(
      /reduceOnly$/,
    )
  })
  test('closes what is too small for any other order', () => {
    const eth = 'ETH/USDT:USDT' as MarketSymbol
    const { venue } = matching({
      ...nothingYet,
      positions: [
        {
          account: main,
          symbol: eth,
          quantity: (10n ** 15n) as SignedQuantity,
          fundedUntil: start,
        },
      ],
    })
    venue.hear(welcome(eth), start)
    venue.hear(quote('99.9', '100.1', { symbol: eth, size: '10' }), start)
    const dust = { symbol: eth, side: 'sell', quantity: '0.001' } as const
    expect(told(venue.place(request({ n: 1, ...dust }), start))[0]).toMatch(/notionalMin$/)
    expect(told(venue.place(request({ n: 2, ...dust, ...reduce }), start))[0]).toMatch(/filled/)
  })
  test('cannot be amended beyond the position', () => {
    const { ask, amend } = long()
    ask({ n: 1, side: 'sell', limit: '101', quantity: '1', ...reduce })
    expect(amend(1, { limit: '101', quantity: '2.001' })).toBe('reduceOnly')
    expect(amend(1, { limit: '101', quantity: '2' })).toStrictEqual(['#1 open 0/2'])
  })
})

describe('funding', () => {
  const eight = 8 * 3_600_000
  const inverse = 'BTC/USD:BTC' as MarketSymbol
  const holding = (
    symbol: MarketSymbol,
    side: 'buy' | 'sell',
    size: string,
    funding = fundingRule,
  ) => {
    const { venue } = matching(nothingYet, funding)
    venue.hear(welcome(symbol), start)
    venue.hear(quote('49990', '50010', { symbol, size: '1000' }), start)
    venue.place(request({ symbol, side, quantity: size }), start)
    return venue
  }
  const paid = (venue: ReturnType<typeof holding>, ms: number) =>
    venue
      .pass(after(ms))
      .fundings.map(({ fundingId, amount, currency }) =>
        [fundingId, `${Amount.encode(amount)} ${currency}`].join(' '),
      )
  // It is nine o'clock: the first interval ends in seven hours.
  const sixteen = 7 * 3_600_000
  test.each([
    ['a long pays', linear, 'buy', '2', '-10 USDT'],
    ['a short receives', linear, 'sell', '2', '10 USDT'],
    ['a long of an inverse contract pays in coins', inverse, 'buy', '5', '-0.000001 BTC'],
    ['a short of one receives them', inverse, 'sell', '5', '0.000001 BTC'],
  ] as const)('%s', (_, symbol, side, size, amount) => {
    const venue = holding(symbol, side, size)
    expect(venue.dueAt()).toBe(after(sixteen))
    expect(paid(venue, sixteen - 1)).toStrictEqual([])
    expect(paid(venue, sixteen)).toStrictEqual([`2026-01-05T16:00:00Z ${amount}`])
    expect(paid(venue, sixteen)).toStrictEqual([])
    expect(paid(venue, sixteen + eight)).toStrictEqual([`2026-01-06T00:00:00Z ${amount}`])
  })
  test('of a negative rate is paid by the shorts', () => {
    const rate = -(10n ** 14n) as Ratio
    expect(paid(holding(linear, 'sell', '2', { ...fundingRule, rate }), sixteen)).toStrictEqual([
      '2026-01-05T16:00:00Z -10 USDT',
    ])
  })
  test('is for contracts only, for those who hold one then, and of a rate', () => {
    expect(paid(holding('BTC/USDT' as MarketSymbol, 'buy', '2'), sixteen)).toStrictEqual([])
    expect(
      paid(holding(linear, 'buy', '2', { ...fundingRule, rate: 0n as Ratio }), sixteen),
    ).toStrictEqual([])
    const closed = holding(linear, 'buy', '2')
    closed.place(request({ n: 2, symbol: linear, side: 'sell', quantity: '2' }), after(1_000))
    expect(paid(closed, sixteen)).toStrictEqual([])
    expect(closed.dueAt()).toBeUndefined()
  })
  test('comes before what happens at its time', () => {
    const venue = holding(linear, 'buy', '2')
    const at = after(sixteen)
    venue.hear(quote('49990', '50010', { symbol: linear, size: '1000', at }), after(sixteen - 1))
    const close = request({ n: 2, symbol: linear, side: 'sell', quantity: '2', sendBy: at })
    const { fundings, changes } = venue.place(close, at)
    expect(fundings).toMatchObject([{ quantity: 2n * 10n ** 18n }])
    expect(changes[0]?.order.status).toBe('filled')
  })
  test('that fell due while the venue was away is booked once for each interval, at the first mark', () => {
    const before = holding(linear, 'buy', '2')
    const { positions } = before.place(
      request({ n: 2, symbol: linear, side: 'buy', quantity: '1' }),
      after(1_000),
    )
    const again = matching({ ...nothingYet, positions, lastFundingId: 4n }).venue
    const back = after(sixteen + 2 * eight + 5)
    expect(again.pass(back).fundings).toStrictEqual([])
    expect(again.dueAt()).toBeUndefined()
    const first = again.hear(quote('39990', '40010', { symbol: linear, at: back, size: '9' }), back)
    expect(first.fundings).toMatchObject([
      { id: 5n, fundingId: '2026-01-05T16:00:00Z', at: back },
      { id: 6n, fundingId: '2026-01-06T00:00:00Z' },
      { id: 7n, fundingId: '2026-01-06T08:00:00Z', amount: -12n * 10n ** 36n },
    ])
    expect(first.positions).toStrictEqual([
      { ...positions[0], fundedUntil: instant('2026-01-06T08:00:00Z') },
    ])
    expect(again.pass(back).fundings).toStrictEqual([])
  })
  test('is settled once, also where a clock that was set back opens the position anew', () => {
    const before = holding(linear, 'buy', '2')
    expect(paid(before, sixteen + 1)).toHaveLength(1)
    const close = request({ n: 2, symbol: linear, side: 'sell', quantity: '2' })
    before.hear(quote('49990', '50010', { symbol: linear, size: '9', at: after(sixteen) }), start)
    const sendBy = after(2 * sixteen)
    const { positions } = before.place({ ...close, sendBy }, after(sixteen + 2))
    expect(positions).toMatchObject([{ quantity: 0n }])
    // Another machine takes over, whose clock says that it is not yet sixteen o'clock.
    const back = after(sixteen - 1_000)
    const again = matching({ ...nothingYet, positions, lastFundingId: 1n }).venue
    again.hear(quote('49990', '50010', { symbol: linear, size: '9', at: back }), back)
    again.place(request({ n: 3, symbol: linear, quantity: '1', sendBy }), back)
    expect(again.dueAt()).toBe(after(sixteen + eight))
    expect(paid(again, sixteen + 1)).toStrictEqual([])
    expect(paid(again, sixteen + eight)).toStrictEqual(['2026-01-06T00:00:00Z -5 USDT'])
  })
  test('is not asked for the time before a position was opened anew', () => {
    const symbol = linear
    const flat = {
      account: main,
      symbol,
      quantity: 0n as SignedQuantity,
      fundedUntil: after(-9 * eight),
    }
    const { venue } = matching({ ...nothingYet, positions: [flat] })
    venue.hear(welcome(symbol), start)
    venue.hear(quote('49990', '50010', { symbol, size: '1000' }), start)
    venue.place(request({ symbol, quantity: '1' }), start)
    expect(paid(venue, sixteen)).toHaveLength(1)
    expect(venue.open(main, clientOrderId(1))).toBeUndefined()
  })
})
