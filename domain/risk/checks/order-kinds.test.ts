import { describe, expect, test } from 'vitest'
import { type Desk, lineOf, openDesk, outcomeOf } from '#domain/risk/testing/desk-of'
import {
  accepted,
  accountOpened,
  type Asked,
  btc,
  cancelled,
  deposited,
  filled,
  later,
  listed,
  markAt,
  marksTaken,
  noon,
  orderId,
  symbolOf,
} from '#domain/risk/testing/words'
import type { LedgerEvent } from '#schemas/events/ledger'
import type { AccountId } from '#schemas/values/ids'
import type { Limits } from '#schemas/values/trading'

const every = { orderTypes: ['market', 'limit', 'stop', 'stopLimit'] } as const
const open = (limits: Limits = {}, ...more: readonly LedgerEvent[]): Desk =>
  openDesk(limits, listed(btc, every), ...more)
const perpetual = symbolOf('BTC/USDT:USDT')
const inverse = symbolOf('BTC/USD:BTC')
const reasonFor = (desk: Desk, asked: Asked): string => {
  const decision = desk.decides(asked)
  return decision.type === 'OrderDenied' ? decision.reason.message : outcomeOf(decision)
}

describe('an order counts at worst', () => {
  const notional = (asked: Asked, desk = open()): string =>
    lineOf(desk.decides(asked), 'orderNotional').split('/')[0] ?? ''
  test('as a stop: at its stop price and the collar', () => {
    expect(notional({ stop: '70000' })).toBe('7350')
  })
  test('as a stop that the market is past: at the mark and the collar', () => {
    expect(notional({ stop: '64000' })).toBe('6825')
    expect(notional({ side: 'sell', stop: '60000' })).toBe('6825')
    expect(notional({ side: 'sell', stop: '66000' })).toBe('6930')
  })
  test('as a stop-limit: at its limit, or the mark where that is more', () => {
    expect(notional({ stop: '70000', at: '70100' })).toBe('7010')
    expect(notional({ stop: '64000', at: '64100' })).toBe('6500')
    expect(notional({ side: 'sell', stop: '60000', at: '59900' })).toBe('6500')
  })
  test('the same whatever its time in force, and whether it only waits', () => {
    const limit = { at: '64000' }
    const fok = { ...limit, timeInForce: 'fok' } as const
    const gtd = { ...limit, timeInForce: 'gtd', expireAt: later(1000) } as const
    for (const asked of [limit, fok, gtd, { ...limit, postOnly: true }])
      expect([notional(asked), outcomeOf(open().decides(asked))]).toStrictEqual([
        '6400',
        'approved',
      ])
  })
  test('not at all without a mark', () => {
    for (const asked of [{ stop: '70000' }, { stop: '70000', at: '70100' }])
      expect(lineOf(open().decides(asked, 'none'), 'orderNotional')).toBe('/50000')
  })
})

describe('what is open counts at worst', () => {
  const position = (desk: Desk, mark = markAt('65000')): string =>
    lineOf(desk.decides({ at: '65000', quantity: '0.1' }, mark), 'positionNotional').split(
      '/',
    )[0] ?? ''
  test('a stop and a stop-limit, each at its own price', () => {
    expect(position(open().approved(1, { stop: '70000' }))).toBe('13850')
    expect(position(open().approved(1, { stop: '70000', at: '70100' }))).toBe('13510')
    const both = open().approved(1, { stop: '70000' }).approved(2, { stop: '68000' })
    // 7,350 and 7,140, and 6,500 for the new one.
    expect(position(both)).toBe('20990')
  })
  test('a stop at the mark, as soon as the market is past it', () => {
    const desk = open().approved(1, { stop: '66000' })
    expect(position(desk, markAt('65500'))).toBe('13480')
    expect(position(desk, markAt('67000'))).toBe('13735')
  })
  test('only what is left of it, and nothing when it has ended', () => {
    const asked = { stop: '70000' }
    const desk = open()
      .inFlight(1, asked)
      .given(accepted(1), filled(1, { quantity: '0.04', at: '70000' }))
    // 0.04 and 0.1 at the mark, 0.06 at the stop price.
    expect(position(desk)).toBe('13510')
    expect(position(desk.given(cancelled(1, '0.04')))).toBe('9100')
  })
  test('a stop sell of a contract, on its own side', () => {
    const mark = markAt('65000', noon, perpetual)
    const desk = open({}, listed(perpetual, every)).approved(
      1,
      { symbol: perpetual, side: 'sell', stop: '60000' },
      mark,
    )
    const line = (side: 'buy' | 'sell') =>
      lineOf(
        desk.decides({ symbol: perpetual, side, at: '65000', quantity: '0.01' }, mark),
        'positionNotional',
      )
    expect(line('sell')).toBe('7475/200000')
    expect(line('buy')).toBe('6825/200000')
  })
  test('an inverse contract, worth more the lower its price', () => {
    const desk = open({}, listed(inverse, every, '100'), deposited('9', 'BTC')).given(
      marksTaken(noon, markAt('50000')),
    )
    const mark = markAt('50000', noon, inverse)
    const asked = { symbol: inverse, side: 'sell', quantity: '100' } as const
    const line = (more: Asked): string =>
      lineOf(desk.decides({ ...asked, ...more }, mark), 'orderNotional')
    // 10,000 USD are 0.2 BTC at 50,000 and 0.25 BTC at 40,000.
    expect(line({ stop: '40000' })).toBe('13125/50000')
    expect(line({ stop: '60000' })).toBe('10500/50000')
    expect(line({ stop: '40000', at: '40000' })).toBe('12500/50000')
  })
})

describe('what is open is spoken for', () => {
  const spoken = (asked: Asked): string => lineOf(open().decides(asked), 'buyingPower')
  test('a stop buy: its cost at worst and the worst fee', () => {
    expect(spoken({ stop: '70000' })).toBe('7364.7/1000000')
  })
  test('a stop-limit buy: never more than its limit', () => {
    expect(spoken({ stop: '70000', at: '70100' })).toBe('7024.02/1000000')
    expect(spoken({ stop: '64000', at: '64100' })).toBe('6422.82/1000000')
  })
  test('with all that is open besides', () => {
    const desk = open().approved(1, { stop: '70000' }).approved(2, { stop: '70000', at: '70100' })
    // 7,350 and 7,010 and 6,500, and 0.2 % of them.
    expect(lineOf(desk.decides({ at: '65000' }), 'buyingPower')).toBe('20901.72/1000000')
  })
})

describe('the prices of an order', () => {
  test('are those that its type needs', () => {
    expect(reasonFor(open(), { orderType: 'stop' })).toBe(
      'A stop order needs a stopPrice: give it one.',
    )
    expect(reasonFor(open(), { orderType: 'stop', stop: '66000', at: '66000' })).toBe(
      'A stop order has no limitPrice: leave it out.',
    )
    expect(reasonFor(open(), { orderType: 'stopLimit', at: '66000' })).toBe(
      'A stopLimit order needs a stopPrice: give it one.',
    )
    expect(reasonFor(open(), { orderType: 'limit', at: '65000', stop: '66000' })).toBe(
      'A limit order has no stopPrice: leave it out.',
    )
  })
  test('are in whole ticks', () => {
    expect(reasonFor(open(), { stop: '66000.001' })).toBe(
      'The price 66000.001 is not a multiple of the tick size 0.01: round it.',
    )
    expect(reasonFor(open(), { stop: '66000', at: '66000.001' })).toBe(
      'The prices 66000.001 and 66000 are not both multiples of the tick size 0.01: round them.',
    )
    expect(lineOf(open().decides({ stop: '66000', at: '66001' }), 'priceIncrement')).toBe(
      '66001 and 66000/0.01',
    )
  })
  test('are of a type that the venue knows', () => {
    const plain = openDesk()
    expect(outcomeOf(plain.decides({ stop: '66000' }))).toBe('orderTypeNative')
    expect(outcomeOf(plain.decides({ stop: '66000', at: '66000' }))).toBe('orderTypeNative')
  })
})

describe('the price collar', () => {
  const judge = (asked: Asked): string => outcomeOf(open().decides(asked))
  test('lets a stop be as far as it likes on the side where it waits', () => {
    expect(judge({ stop: '99000' })).toBe('approved')
    const held = open({}, filled(1, { quantity: '0.05' }))
    expect(outcomeOf(held.decides({ side: 'sell', stop: '100', quantity: '0.05' }))).toBe(
      'reducing',
    )
  })
  test('holds a stop that is triggered at once to the mark', () => {
    expect(judge({ stop: '61750' })).toBe('approved')
    expect(judge({ stop: '61749.99' })).toBe('priceCollar')
    expect(reasonFor(open(), { stop: '61749.99' })).toBe(
      'The stop price is 5.0001 % below the mark 65000, more than 5 %: move it closer.',
    )
    const mark = markAt('65000', noon, perpetual)
    const desk = open({}, listed(perpetual, every))
    const sell = { symbol: perpetual, side: 'sell' } as const
    expect(outcomeOf(desk.decides({ ...sell, stop: '68250' }, mark))).toBe('approved')
    expect(outcomeOf(desk.decides({ ...sell, stop: '68250.01' }, mark))).toBe('priceCollar')
  })
  test('holds the limit of a stop-limit order to its stop price', () => {
    expect(judge({ stop: '80000', at: '84000' })).toBe('approved')
    expect(judge({ stop: '80000', at: '84000.01' })).toBe('priceCollar')
    expect(reasonFor(open(), { stop: '80000', at: '84000.01' })).toBe(
      'The price is 5.0001 % above the stop price 80000, more than 5 %: move it closer.',
    )
    expect(judge({ stop: '80000', at: '60000' })).toBe('approved')
  })
  test('holds it to the mark where the market is past the stop price', () => {
    expect(judge({ stop: '64000', at: '68250' })).toBe('approved')
    expect(judge({ stop: '64000', at: '68250.01' })).toBe('priceCollar')
  })
})

describe('an order that ends by itself', () => {
  const gtd = { at: '64000', timeInForce: 'gtd' } as const
  test('ends later than now', () => {
    expect(outcomeOf(open().decides({ ...gtd, expireAt: later(0.001) }))).toBe('approved')
    expect(outcomeOf(open().decides({ ...gtd, expireAt: noon }))).toBe('timeInForce')
    expect(reasonFor(open(), { ...gtd, expireAt: later(-1000) })).toBe(
      'The order was to end at 2026-01-05T11:59:59Z, and it was 2026-01-05T12:00:00Z: give it a later expireAt.',
    )
  })
  test('says when, and no other order does', () => {
    expect(reasonFor(open(), gtd)).toBe('A gtd order needs an expireAt: say when it ends.')
    expect(reasonFor(open(), { at: '64000', expireAt: later(1) })).toBe(
      'A gtc order has no expireAt: leave it out, or order with gtd.',
    )
  })
  test('is held to that also where it reduces', () => {
    const held = open({}, filled(1, { quantity: '1' }))
    const sell = { ...gtd, side: 'sell', at: '65000' } as const
    expect(outcomeOf(held.decides({ ...sell, expireAt: later(-1) }))).toBe('timeInForce')
    expect(outcomeOf(held.decides({ ...sell, expireAt: later(1) }))).toBe('reducing')
  })
})

describe('an order that only reduces, by its own word', () => {
  const sell = { side: 'sell', at: '65000', reduceOnly: true } as const
  const long = (...more: readonly LedgerEvent[]) => open({}, filled(1, { quantity: '1' }), ...more)
  test('sells what its strategy holds, and no more', () => {
    expect(outcomeOf(long().decides({ ...sell, quantity: '1' }))).toBe('reducing')
    expect(outcomeOf(long().decides({ ...sell, quantity: '1.00001' }))).toBe('reduceOnly')
    expect(reasonFor(long(), { ...sell, quantity: '1.00001' })).toBe(
      'The order is for 1.00001, and manual in main can still close 1 of BTC/USDT by a sell: order 1 at most.',
    )
  })
  test('leaves to the other open orders what they may take', () => {
    const desk = long().approved(2, { side: 'sell', at: '66000', quantity: '0.6' })
    expect(outcomeOf(desk.decides({ ...sell, quantity: '0.4' }))).toBe('reducing')
    expect(outcomeOf(desk.decides({ ...sell, quantity: '0.40001' }))).toBe('reduceOnly')
    const taken = long().approved(2, { side: 'sell', stop: '60000', quantity: '1' })
    expect(reasonFor(taken, sell)).toBe(
      `The order is for 0.1, and order ${orderId(2)} claims all 1 of BTC/USDT that manual in main holds: cancel that order.`,
    )
  })
  test('is nothing where there is no position, or one on its own side', () => {
    expect(outcomeOf(open().decides(sell))).toBe('reduceOnly')
    expect(outcomeOf(long().decides({ ...sell, side: 'buy' }))).toBe('reduceOnly')
    expect(outcomeOf(long().decides({ ...sell, strategy: 'other' }))).toBe('reduceOnly')
  })
  test('covers a short contract, in either direction', () => {
    const mark = markAt('65000', noon, perpetual)
    const desk = (side: 'buy' | 'sell') =>
      open({}, listed(perpetual, every), filled(1, { symbol: perpetual, side, quantity: '0.5' }))
    const judge = (held: 'buy' | 'sell', side: 'buy' | 'sell', quantity: string) =>
      outcomeOf(
        desk(held).decides(
          { symbol: perpetual, side, quantity, at: '65000', reduceOnly: true },
          mark,
        ),
      )
    expect(judge('sell', 'buy', '0.5')).toBe('reducing')
    expect(judge('sell', 'buy', '0.501')).toBe('reduceOnly')
    expect(judge('sell', 'sell', '0.1')).toBe('reduceOnly')
    expect(judge('buy', 'sell', '0.5')).toBe('reducing')
    expect(judge('buy', 'buy', '0.1')).toBe('reduceOnly')
  })
  test('of a contract may be as small as what is left, of a spot position not', () => {
    const mark = markAt('65000', noon, perpetual)
    const dust = { side: 'sell', at: '65000', quantity: '0.00001' } as const
    const held = open({}, listed(perpetual, every), filled(1, { symbol: perpetual }))
    const contract = { ...dust, symbol: perpetual }
    expect(outcomeOf(held.decides({ ...contract, reduceOnly: true }, mark))).toBe('reducing')
    expect(outcomeOf(held.decides(contract, mark))).toBe('notionalMin')
    expect(outcomeOf(long().decides({ ...dust, reduceOnly: true }))).toBe('notionalMin')
  })
  test('is measured in its own account, whatever others of the book hold', () => {
    const second = 'second' as AccountId
    const desk = long(accountOpened('1', second), filled(2, { quantity: '0.3', account: second }))
    const other = { ...sell, account: second }
    expect(outcomeOf(desk.decides({ ...other, quantity: '0.3' }))).toBe('reducing')
    expect(outcomeOf(desk.decides({ ...other, quantity: '0.30001' }))).toBe('reduceOnly')
    expect(outcomeOf(desk.decides({ ...sell, quantity: '1' }))).toBe('reducing')
  })
  test('may be a stop: what protects a position is never stopped for its price', () => {
    const stop = { side: 'sell', stop: '50000', quantity: '1', reduceOnly: true } as const
    expect(outcomeOf(long().decides(stop))).toBe('reducing')
    expect(outcomeOf(long().decides(stop, 'none'))).toBe('reducing')
  })
})
