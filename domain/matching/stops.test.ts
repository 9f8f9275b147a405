import { describe, expect, test } from 'vitest'
import { nothingYet } from '#domain/matching/engine'
import { after, bitcoin, matching, quote, request, start, trade } from '#domain/testing/paper'
import { linear, openPit, shown, told } from '#domain/testing/pit'

describe('a stop order', () => {
  test.each([
    ['buy', '101', '100.99', '101'],
    ['sell', '99', '99.01', '99'],
  ] as const)('%s %s waits below it, and takes once a trade is there', (side, stop, near, at) => {
    const { ask, print } = openPit()
    expect(ask({ side, stop })).toStrictEqual(['#1 open 0/1'])
    expect(print(near)).toStrictEqual([])
    // Never at the quote from before the trade: the market has moved to where it was.
    const price = side === 'buy' ? '101.01' : '98.99'
    expect(print(at)).toStrictEqual([`#1 filled 1/1, triggered, 1 at ${price} taker`])
    expect(print(at)).toStrictEqual([])
  })
  test('over which the price jumps gets what is there, however bad', () => {
    const { ask, print } = openPit()
    ask({ side: 'sell', stop: '99' })
    expect(print('80')).toStrictEqual(['#1 filled 1/1, triggered, 1 at 79.99 taker'])
  })
  test('whose price was reached already is refused', () => {
    const { ask } = openPit()
    for (const [side, stop] of [
      ['buy', '100'],
      ['buy', '99'],
      ['sell', '100'],
      ['sell', '101'],
    ] as const)
      expect(ask({ side, stop })[0]).toMatch(/refused 0\/1, wouldTrigger$/)
  })
  test('is refused where no trade was heard: nobody knows on which side of the price it is', () => {
    const { venue } = matching()
    venue.hear(quote('99.9', '100.1'), start)
    expect(told(venue.place(request({ stop: '101' }), start))).toStrictEqual([
      '#1 refused 0/1, noMarket',
    ])
  })
  test('that finds no fresh quote takes the next one, and not before', () => {
    const { ask, print, show } = openPit()
    ask({ side: 'sell', stop: '99' })
    const late = after(60_000)
    expect(print('99', '1', late)).toStrictEqual(['#1 open 0/1, triggered'])
    expect(print('98', '1', late)).toStrictEqual([])
    expect(show('97.9', '97.8', { on: late })).toStrictEqual([])
    expect(show('97.9', '98.1', { on: late })).toStrictEqual([
      '#1 filled 1/1, triggered, 1 at 97.89 taker',
    ])
  })
  test('that has ended while others took the next quote does not take from it', () => {
    const { ask, print, show } = openPit(linear)
    ask({ n: 1, quantity: '1' })
    ask({ n: 2, side: 'sell', stop: '95', quantity: '2' })
    ask({ n: 3, side: 'buy', stop: '105', quantity: '5' })
    ask({ n: 4, side: 'sell', stop: '90', quantity: '1', reduceOnly: true })
    print('95', '1', after(60_000))
    print('105', '1', after(60_001))
    print('90', '1', after(60_002))
    // The second turns the position round, which ends the fourth; the third turns it back.
    const lines = show('89.9', '90.1', { on: after(60_003) })
    expect(lines.map((line) => line.split(', ', 1)[0])).toStrictEqual([
      '#2 filled 2/2',
      '#4 expired 0/1',
      '#3 filled 5/5',
    ])
  })
  test('larger than all there is takes that, and ends', () => {
    const { ask, print } = openPit()
    ask({ side: 'sell', stop: '99', quantity: '20000' })
    // A hundred minutes; two in the first second stand for 120 in the first minute.
    expect(print('99', '1')).toStrictEqual([
      expect.stringMatching(/^#1 expired 12000\/20000, triggered, 12000 at [0-9.]+ taker$/),
    ])
  })
  test('can be cancelled before and after its price was reached', () => {
    const { ask, print, cancel } = openPit()
    ask({ n: 1, side: 'sell', stop: '99' })
    ask({ n: 2, side: 'sell', stop: '98' })
    expect(cancel(1)).toStrictEqual(['#1 cancelled 0/1'])
    print('98', '1', after(60_000))
    expect(cancel(2, after(60_000))).toStrictEqual(['#2 cancelled 0/1, triggered'])
    expect(cancel(2)).toStrictEqual([])
  })
  test('comes after who rested in the way of the trade', () => {
    const { ask, print } = openPit()
    ask({ n: 1, side: 'sell', stop: '98' })
    ask({ n: 2, limit: '99', quantity: '2' })
    expect(print('98', '5')).toStrictEqual([
      '#2 filled 2/2, 2 at 99 maker',
      expect.stringMatching(/^#1 filled 1\/1, triggered, 1 at 97.9\d taker$/),
    ])
  })
  test('nearest to the market goes first', () => {
    const { ask, print } = openPit()
    ask({ n: 1, side: 'sell', stop: '97' })
    ask({ n: 2, side: 'sell', stop: '99' })
    ask({ n: 3, side: 'sell', stop: '99' }, after(1))
    expect(print('95', '1', after(2)).map((line) => line.slice(0, 2))).toStrictEqual([
      '#2',
      '#3',
      '#1',
    ])
  })
})

describe('a stop-limit order', () => {
  test('takes what its limit allows, and the rest of it rests', () => {
    const { ask, print } = openPit()
    ask({ side: 'buy', stop: '101', limit: '101.1', quantity: '1000' })
    const [line] = print('101', '1')
    expect(line).toMatch(/^#1 open \d+(\.\d+)?\/1000, triggered, \d+(\.\d+)? at 101.1 taker$/)
    expect(print('101.09', '1')).toStrictEqual([
      expect.stringMatching(/triggered, 1 at 101.1 maker$/),
    ])
  })
  test('that is jumped over rests at its limit, and is filled when the price comes back through it', () => {
    const { ask, print } = openPit()
    ask({ side: 'sell', stop: '99', limit: '98.5' })
    expect(print('90')).toStrictEqual(['#1 open 0/1, triggered'])
    expect(print('98.5')).toStrictEqual([])
    expect(print('98.51', '3')).toStrictEqual(['#1 filled 1/1, triggered, 1 at 98.5 maker'])
  })
  test('waits behind who was there when it was triggered, however old it is', () => {
    const { ask, print } = openPit()
    ask({ n: 1, side: 'sell', stop: '99', limit: '98.5' }, start)
    print('99.5', '1', after(1))
    ask({ n: 2, side: 'sell', limit: '100.5' }, after(2))
    ask({ n: 3, side: 'sell', stop: '99', limit: '100.5' }, after(3))
    print('90', '1', after(4))
    ask({ n: 4, side: 'sell', limit: '100.5' }, after(5))
    const lines = print('100.6', '9', after(6))
    expect(lines.map((line) => line.slice(0, 2))).toStrictEqual(['#1', '#2', '#3', '#4'])
  })
})

describe('a print that is told again after a restart', () => {
  const waiting = () => {
    const { venue } = matching()
    venue.hear(trade('100', '1', { sequence: 1 }), start)
    venue.hear(quote('99.9', '100.1'), start)
    const [placed] = venue.place(
      request({ side: 'sell', stop: '99', limit: '99.5' }),
      start,
    ).changes
    if (placed === undefined) throw new Error('not placed')
    return { venue, placed }
  }
  test('triggers nothing that was placed after it', () => {
    const { placed } = waiting()
    const { venue } = matching({ ...nothingYet, open: [placed.order], lastOrderId: 1n })
    expect(venue.hear(trade('90', '1', { at: after(-1) }), after(9)).changes).toStrictEqual([])
    expect(told(venue.hear(trade('90', '1', { at: after(10) }), after(10)))).toStrictEqual([
      '#1 open 0/1, triggered',
    ])
  })
  test('does not fill what it has triggered', () => {
    const { venue, placed } = waiting()
    const cause = trade('99', '5', { sequence: 2, at: after(1) })
    const [triggered] = venue.hear(cause, after(2)).changes
    expect(triggered === undefined ? '' : shown(triggered)).toBe('#1 open 0/1, triggered')
    const open = [triggered?.order ?? placed.order]
    const again = matching({ ...nothingYet, open, lastOrderId: 1n }).venue
    expect(again.hear(cause, after(3)).changes).toStrictEqual([])
    const through = trade('99.6', '5', { sequence: 3, at: after(4) })
    expect(told(again.hear(through, after(4)))).toStrictEqual([
      '#1 filled 1/1, triggered, 1 at 99.5 maker',
    ])
  })
  test('leaves one that found no market to the next quote', () => {
    const { venue, placed } = waiting()
    const { limitPrice: _, ...stop } = placed.order
    const open = [{ ...stop, orderType: 'stop' as const, triggered: true }]
    const again = matching({ ...nothingYet, open, lastOrderId: 1n }).venue
    expect(again.hear(trade('100', '1', { at: after(1) }), after(1)).changes).toStrictEqual([])
    expect(
      told(again.hear(quote('99', '99.1', { at: after(2), size: '9' }), after(2))),
    ).toStrictEqual(['#1 filled 1/1, triggered, 1 at 98.99 taker'])
    expect(venue.open(stop.account, stop.clientOrderId)?.symbol).toBe(bitcoin)
  })
})
