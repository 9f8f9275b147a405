/** Orders of one book that would trade with each other. */
import { describe, expect, test } from 'vitest'
import { type Desk, lineOf, openDesk, outcomeOf } from '#domain/risk/testing/desk-of'
import {
  accepted,
  accountOpened,
  type Asked,
  cancelled,
  deposited,
  filled,
  lapsed,
  listed,
  markAt,
  submitted,
  symbolOf,
  unknown,
} from '#domain/risk/testing/words'
import { settledAt } from '#domain/risk/testing/venue-words'
import type { AccountId } from '#schemas/values/ids'
import type { Limits } from '#schemas/values/trading'

const second = 'second' as AccountId
const all = { orderTypes: ['market', 'limit', 'stop', 'stopLimit'] as const }
/** Two bitcoins in hand, so that selling is for whoever likes. */
const long = (limits: Limits = {}): Desk =>
  openDesk(limits, listed(undefined, all), filled(99, { quantity: '2' }))
const selling: Asked = { side: 'sell', quantity: '0.1', at: '66000' }
const resting = (asked: Asked = selling, limits: Limits = {}): Desk =>
  long(limits).inFlight(1, asked).given(accepted(1))
const told = (desk: Desk, asked: Asked) => {
  const decision = desk.decides({ quantity: '0.1', ...asked })
  return [outcomeOf(decision), lineOf(decision, 'selfTrade')]
}

describe('an order that increases', () => {
  test('passes one tick below what the book sells, and not at it or above', () => {
    expect(told(resting(), { at: '65999.99' })).toStrictEqual(['approved', '66000/65999.99'])
    expect(told(resting(), { at: '66000' })).toStrictEqual(['selfTrade', '66000/66000'])
    expect(told(resting(), { at: '66000.01' })).toStrictEqual(['selfTrade', '66000/66000.01'])
  })
  test('is told what stands in its way, and what to do', () => {
    expect(resting().decides({ quantity: '0.1', at: '66000' })).toMatchObject({
      reason: {
        message:
          'An open order of the book would sell BTC/USDT at paper at 66000, and might trade with this one: cancel it first, or order below that with a limit.',
      },
    })
  })
  test('at the market goes as far as the collar: what stands beyond it is not reached', () => {
    // 5 % of 65,000 are 3,250.
    expect(told(resting({ ...selling, at: '68250' }), {})).toStrictEqual([
      'selfTrade',
      '68250/68250',
    ])
    expect(told(resting({ ...selling, at: '68250.01' }), {})).toStrictEqual([
      'approved',
      '68250.01/68250',
    ])
    const far = resting({ ...selling, at: '99000' }, { priceCollar: undefined } as never)
    expect(told(far, {})).toStrictEqual(['selfTrade', '99000/'])
  })
  test('is denied also while the other is on its way, or nobody knows what became of it', () => {
    const inFlight = long().inFlight(1, selling)
    expect(told(inFlight, { at: '66000' })[0]).toBe('selfTrade')
    expect(told(long().approved(1, selling), { at: '66000' })[0]).toBe('selfTrade')
    expect(told(inFlight.given(unknown(1)), { at: '66000' })[0]).toBe('selfTrade')
    const market = long().inFlight(1, { side: 'sell', quantity: '0.1' }).given(unknown(1))
    // 65,000 less 5 %.
    expect(told(market, { at: '61750' })).toStrictEqual(['selfTrade', '61750/61750'])
    expect(told(market, { at: '61749.99' })[0]).toBe('approved')
    expect(outcomeOf(market.decides({ at: '61749.99' }, 'none'))).toBe('markFresh')
  })
  test('is denied while a part of the other is left, and not when it has ended', () => {
    const part = resting().given(filled(1, { ...selling, quantity: '0.04' }))
    expect(told(part, { at: '66000' })[0]).toBe('selfTrade')
    expect(told(part.given(cancelled(1, '0.04')), { at: '66000' })).toStrictEqual([
      'approved',
      '/66000',
    ])
    // The venue counts more than was told: that has traded already.
    expect(told(resting().given(cancelled(1, '0.04')), { at: '66000' })[0]).toBe('approved')
    expect(told(long().approved(1, selling).given(lapsed(1)), { at: '66000' })[0]).toBe('approved')
  })
  test('is denied whichever account or strategy of the book has the other', () => {
    const desk = resting()
    desk.given(accountOpened('1', second), deposited('99999', 'USDT', second), ...settledAt(second))
    expect(told(desk, { at: '66000', account: second, strategy: 'alpha' })[0]).toBe('selfTrade')
  })
  test('is judged against its own symbol and the other side alone', () => {
    const contract = symbolOf('BTC/USDT:USDT')
    const desk = resting().given(listed(contract))
    const mark = markAt('65000', undefined, contract)
    const other = desk.decides({ symbol: contract, at: '66000', quantity: '0.1' }, mark)
    expect(outcomeOf(other)).toBe('approved')
    expect(told(openDesk().approved(1, { at: '64000' }), { at: '65000' })[0]).toBe('approved')
  })
  test('to sell meets what the book buys, the highest first', () => {
    const contract = symbolOf('BTC/USDT:USDT')
    const mark = markAt('65000', undefined, contract)
    const bids = openDesk({ maxLeverage: undefined } as never, listed(contract))
    for (const [n, at] of ['64000', '64500', '64200'].entries())
      bids.approved(n + 1, { symbol: contract, quantity: '0.1', at, strategy: 'manual' }, mark)
    const sell = (at: string) =>
      bids.decides({ symbol: contract, side: 'sell', quantity: '0.4', at }, mark)
    expect([outcomeOf(sell('64500')), lineOf(sell('64500'), 'selfTrade')]).toStrictEqual([
      'selfTrade',
      '64500/64500',
    ])
    expect(outcomeOf(sell('64500.1'))).toBe('approved')
  })
  test('that would not rest never meets one that does not either', () => {
    const gone = { ...selling, timeInForce: 'ioc' } as const
    for (const asked of [gone, { side: 'sell', quantity: '0.1' } as const]) {
      const inFlight = long().inFlight(1, asked)
      expect(told(inFlight, {})).toStrictEqual(['approved', '/68250'])
      expect(told(inFlight, { at: '67000', timeInForce: 'fok' })[0]).toBe('approved')
      expect(told(inFlight, { at: '67000' })[0]).toBe('selfTrade')
      expect(told(inFlight, { at: '67000', postOnly: true })[0]).toBe('selfTrade')
    }
    expect(told(resting(), { at: '66000', timeInForce: 'ioc' })[0]).toBe('selfTrade')
  })
  test('may be a stop: it takes nothing before it is triggered, nor does one that waits', () => {
    expect(told(resting(), { stop: '66000' })).toStrictEqual(['approved', '/'])
    const stop = resting({ side: 'sell', quantity: '0.1', stop: '60000' })
    expect(told(stop, {})).toStrictEqual(['approved', '/68250'])
  })
})

test('an order that reduces is never stopped by another, and records it', () => {
  const desk = openDesk({}, filled(99, { quantity: '1' })).approved(1, { at: '64000' })
  desk.given(submitted(1, { at: '64000' }))
  const exit = desk.decides({ side: 'sell', quantity: '1', at: '64000' })
  expect(outcomeOf(exit)).toBe('reducing')
  expect(lineOf(exit, 'selfTrade')).toBe('64000/64000')
})
