import { describe, expect, test } from 'vitest'
import { bitcoin, after, price, quantity, start } from '#domain/testing/paper'
import { openPit } from '#domain/testing/pit'
import type { MarketSymbol } from '#schemas/values/ids'

describe('a fill-or-kill order', () => {
  const fok = { timeInForce: 'fok' } as const
  test('is filled whole and at once where its limit allows it', () => {
    const { ask } = openPit()
    expect(ask({ ...fok, limit: '100.2', quantity: '10' })).toStrictEqual([
      '#1 filled 10/10, 10 at 100.12 taker',
    ])
  })
  test('is not filled at all where the last lot of it would cost more than its limit', () => {
    const { ask } = openPit()
    // Up to 100.12 there are 12 of the 60 that a minute trades.
    expect(ask({ ...fok, limit: '100.12', quantity: '12.5' })).toStrictEqual(['#1 expired 0/12.5'])
    expect(ask({ n: 2, ...fok, limit: '100.12', quantity: '11.9' })[0]).toMatch(/^#2 filled/)
  })
  test('takes what is shown at the touch, once', () => {
    const { ask, show } = openPit()
    expect(ask({ n: 1, ...fok, limit: '100.1', quantity: '6' })).toStrictEqual([
      '#1 filled 6/6, 6 at 100.1 taker',
    ])
    expect(ask({ n: 2, ...fok, limit: '100.1', quantity: '6' })).toStrictEqual(['#2 expired 0/6'])
    expect(ask({ n: 3, ...fok, limit: '100.1', quantity: '4' })[0]).toMatch(/^#3 filled/)
    show('99.9', '100.1')
    expect(ask({ n: 4, ...fok, limit: '100.1', quantity: '6' })[0]).toMatch(/^#4 filled/)
  })
  test('ends where there is no market, and at the market too', () => {
    const { ask } = openPit()
    const late = after(60_000)
    expect(ask({ n: 1, ...fok, limit: '200' }, late)).toStrictEqual(['#1 expired 0/1'])
    expect(ask({ n: 2, ...fok }, late)).toStrictEqual(['#2 refused 0/1, noMarket'])
    expect(ask({ n: 3, ...fok })[0]).toMatch(/^#3 filled 1\/1/)
  })
})

test('taking in pieces costs as much as taking at once', () => {
  const whole = openPit().ask({ quantity: '10' })
  expect(whole).toStrictEqual(['#1 filled 10/10, 10 at 100.12 taker'])
  const { ask } = openPit()
  ask({ n: 1, quantity: '5' })
  expect(ask({ n: 2, quantity: '5' })).toStrictEqual(['#2 filled 5/5, 5 at 100.12 taker'])
})

test('nobody takes at a quote that a later trade has left behind', () => {
  const { ask, print } = openPit()
  print('95')
  expect(ask({ n: 1, side: 'sell' })[0]).toContain('1 at 94.99 taker')
  print('105')
  expect(ask({ n: 2, side: 'buy' })[0]).toContain('1 at 105.01 taker')
})

describe('an order with an end', () => {
  const until = (ms: number) => ({ timeInForce: 'gtd', expireAt: after(ms) }) as const
  test('ends by itself at its time, and not before', () => {
    const { ask, pass, venue } = openPit()
    ask({ limit: '90', ...until(1_000) })
    expect(venue.dueAt()).toBe(after(1_000))
    expect(pass(999).changes).toStrictEqual([])
    expect(pass(1_000).changes).toMatchObject([
      { order: { status: 'expired', changedAt: after(1_000) }, trades: [] },
    ])
    expect(pass(2_000).changes).toStrictEqual([])
    expect(venue.dueAt()).toBeUndefined()
  })
  test('is not filled by a print that is heard at its end, nor cancelled, nor amended', () => {
    const late = after(1_000)
    const first = openPit()
    first.ask({ limit: '90', ...until(1_000) })
    expect(first.print('80', '1', late)).toStrictEqual(['#1 expired 0/1'])
    const second = openPit()
    second.ask({ limit: '90', ...until(1_000) })
    expect(second.cancel(1, late)).toStrictEqual(['#1 expired 0/1'])
    const third = openPit()
    third.ask({ limit: '90', ...until(1_000) })
    expect(third.amend(1, { limit: '91' }, late)).toStrictEqual(['#1 expired 0/1'])
  })
  test('keeps what it had filled', () => {
    const { ask, print, venue } = openPit()
    ask({ limit: '99.5', quantity: '3', ...until(1_000) })
    print('99', '2')
    expect(venue.pass(after(1_500)).changes[0]?.order).toMatchObject({
      status: 'expired',
      filledTotal: quantity('2'),
    })
  })
  test('whose price was not reached ends as well, triggered or not', () => {
    const { ask, print, venue } = openPit()
    ask({ n: 1, side: 'sell', stop: '99', ...until(70_000) })
    ask({ n: 2, side: 'sell', stop: '98', limit: '98', ...until(70_000) })
    print('99', '1', after(60_000))
    const { changes } = venue.pass(after(70_000))
    expect(changes.map(({ order }) => [order.status, order.triggered])).toStrictEqual([
      ['expired', false],
      ['expired', true],
    ])
  })
  test('takes at once what it can', () => {
    expect(openPit().ask({ limit: '101', ...until(1_000) })[0]).toMatch(/^#1 filled 1\/1/)
  })
  test('that is over is refused', () => {
    const { ask } = openPit()
    expect(ask({ limit: '90', ...until(0) })).toStrictEqual(['#1 refused 0/1, expireAtPassed'])
  })
})

describe('a post-only order', () => {
  const post = { postOnly: true } as const
  test.each([
    ['buy', '100.1', '100.09'],
    ['sell', '99.9', '99.91'],
  ] as const)('%s is refused at %s, where it would take, and rests at %s', (side, takes, rests) => {
    const { ask } = openPit()
    expect(ask({ n: 1, side, limit: takes, ...post })).toStrictEqual(['#1 refused 0/1, wouldTake'])
    expect(ask({ n: 2, side, limit: rests, ...post })).toStrictEqual(['#2 open 0/1'])
  })
  test('is judged by the last quote, however old, and refused where there was none', () => {
    const { ask, venue } = openPit()
    const late = after(3_000_000)
    expect(ask({ n: 1, limit: '100.1', ...post }, late)).toStrictEqual([
      '#1 refused 0/1, wouldTake',
    ])
    const eth = 'ETH/USDT' as MarketSymbol
    venue.hear({ type: 'welcome', source: 'test', symbols: [eth, bitcoin] }, late)
    expect(ask({ n: 2, limit: '10', symbol: eth, ...post }, late)).toStrictEqual([
      '#2 refused 0/1, noMarket',
    ])
  })
  test('is filled as a maker only, though the quote has moved over it', () => {
    const { ask, print, show } = openPit()
    ask({ limit: '100', ...post })
    expect(show('99', '99.5')).toStrictEqual([])
    expect(print('99.5')).toStrictEqual(['#1 filled 1/1, 1 at 100 maker'])
  })
})

describe('what does not go together is refused as invalid', () => {
  const expireAt = after(1_000)
  test.each([
    [{ timeInForce: 'gtc' }],
    [{ timeInForce: 'gtd', expireAt }],
    [{ limit: '100', expireAt }],
    [{ limit: '100', timeInForce: 'gtd' }],
    [{ limit: '100', timeInForce: 'ioc', postOnly: true }],
    [{ limit: '100', timeInForce: 'fok', postOnly: true }],
    [{ postOnly: true }],
    [{ stop: '101', postOnly: true }],
    [{ stop: '101', limit: '101', postOnly: true }],
    [{ stop: '101', timeInForce: 'ioc' }],
    [{ stop: '101', limit: '101', timeInForce: 'fok' }],
    [{ stop: '101', orderType: 'limit' }],
    [{ stop: '101', orderType: 'market', timeInForce: 'ioc' }],
    [{ limit: '101', orderType: 'stop' }],
    [{ limit: '101', orderType: 'stopLimit' }],
    [{ stop: '101', orderType: 'stopLimit' }],
  ] as const)('%o', (asked) => {
    expect(openPit().ask(asked)).toStrictEqual(['#1 refused 0/1, invalid'])
  })
  test('and a price off the grid or a worth that is too small by its code', () => {
    const { ask } = openPit()
    expect(ask({ n: 1, stop: '101.001' })[0]).toMatch(/priceIncrement$/)
    expect(ask({ n: 2, side: 'sell', stop: '50', quantity: '0.0999' })[0]).toMatch(/notionalMin$/)
    expect(ask({ n: 3, side: 'sell', stop: '50', quantity: '0.1' })[0]).toMatch(/open/)
    expect(ask({ n: 4, limit: '50', reduceOnly: true })[0]).toMatch(/notSupported$/)
  })
})

describe('an amendment', () => {
  test('that only shrinks an order keeps its turn; any other loses it', () => {
    const turns = (n: number, to: Parameters<ReturnType<typeof openPit>['amend']>[1]) => {
      const { ask, amend, print } = openPit()
      ask({ n: 1, limit: '99', quantity: '2' })
      ask({ n: 2, limit: '99', quantity: '2' })
      expect(amend(n, to, after(1))).toStrictEqual([expect.stringMatching(/open/)])
      return print('98', '9', after(2)).map((line) => line.slice(0, 2))
    }
    expect(turns(1, { limit: '99', quantity: '1' })).toStrictEqual(['#1', '#2'])
    expect(turns(1, { limit: '99', quantity: '2' })).toStrictEqual(['#1', '#2'])
    expect(turns(1, { limit: '99', quantity: '3' })).toStrictEqual(['#2', '#1'])
    expect(turns(2, { limit: '99.5', quantity: '2' })).toStrictEqual(['#2', '#1'])
  })
  test('to another price takes what it reaches', () => {
    const { ask, amend } = openPit()
    ask({ limit: '99', quantity: '12' })
    expect(amend(1, { limit: '100.1', quantity: '12' })).toStrictEqual([
      '#1 open 10/12, 10 at 100.1 taker',
    ])
  })
  test('to no more than was filled ends the order as it is', () => {
    const { ask, amend, print } = openPit()
    ask({ limit: '99', quantity: '3' })
    print('98', '2')
    expect(amend(1, { limit: '99', quantity: '1' })).toStrictEqual(['#1 cancelled 2/3'])
  })
  test('to just what was filled ends it too, and to a little more does not', () => {
    const { ask, amend, print } = openPit()
    ask({ n: 1, limit: '99', quantity: '3' })
    print('98', '2')
    expect(amend(1, { limit: '99', quantity: '2.1' })).toStrictEqual(['#1 open 2/2.1'])
    expect(amend(1, { limit: '99', quantity: '2' })).toStrictEqual(['#1 cancelled 2/2.1'])
  })
  test('of what waits for a price moves it', () => {
    const { ask, amend, print } = openPit()
    ask({ side: 'sell', stop: '99' })
    expect(amend(1, { stop: '95' })).toStrictEqual(['#1 open 0/1'])
    expect(print('98')).toStrictEqual([])
    expect(print('95')[0]).toContain('triggered')
  })
  test.each([
    ['wouldTrigger', { stop: '100', side: 'sell' }, { stop: '101' }],
    ['wouldTake', { limit: '99', postOnly: true }, { limit: '100.1' }],
    ['invalid', { limit: '99' }, {}],
    ['invalid', { limit: '99' }, { limit: '99', stop: '101' }],
    ['invalid', { stop: '90', side: 'sell' }, { limit: '99' }],
    ['quantityIncrement', { limit: '99' }, { limit: '99', quantity: '0.000001' }],
    ['quantityMin', { limit: '99' }, { limit: '99', quantity: '0' }],
    ['priceIncrement', { limit: '99' }, { limit: '99.001' }],
    ['notionalMin', { limit: '99' }, { limit: '99', quantity: '0.01' }],
    ['deadlinePassed', { limit: '99' }, { limit: '98', sendBy: after(-1) }],
  ] as const)('is refused (%s), and the order is as it was', (code, asked, to) => {
    const { ask, amend, venue } = openPit()
    const wanted = code === 'wouldTrigger' ? { ...asked, stop: '90' } : asked
    ask(wanted)
    const before = venue.open('main' as never, '1'.padStart(32, '0') as never)
    expect(amend(1, to)).toBe(code)
    expect(venue.open('main' as never, '1'.padStart(32, '0') as never)).toStrictEqual(before)
    expect(before?.status).toBe('open')
  })
  test('of a stop price that was reached is refused; what is left of the order may be amended', () => {
    const { ask, amend, print } = openPit()
    ask({ side: 'sell', stop: '99', limit: '101' })
    print('99')
    expect(amend(1, { stop: '98', limit: '101' })).toBe('invalid')
    expect(amend(1, { stop: '99', limit: '102' })).toStrictEqual(['#1 open 0/1, triggered'])
    expect(price('102')).toBeGreaterThan(price('101'))
  })
  test('of what is not open does nothing', () => {
    const { ask, amend } = openPit()
    ask({})
    expect(amend(1, { limit: '99' })).toStrictEqual([])
    expect(amend(7, { limit: '99' }, start)).toStrictEqual([])
  })
})
