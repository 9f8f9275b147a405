/** Amendments at the limit, one below and one above, beside orders of every kind that is under way. */
import { describe, expect, test } from 'vitest'
import { derivation } from '#domain/risk/derive'
import { amendedOn, amends, decidedOf, working } from '#domain/risk/testing/amend-desk'
import {
  amendAsked,
  amended,
  amendmentIdOf,
  amendRefused,
  amendStarted,
  amendUnknown,
} from '#domain/risk/testing/amend-words'
import { type Desk, lineOf, openDesk, outcomeOf } from '#domain/risk/testing/desk-of'
import {
  amount,
  type Asked,
  btc,
  cancelled,
  engaged,
  expired,
  filled,
  later,
  lapsed,
  listed,
  main,
  markAt,
  noon,
  orderId,
  quantity,
  refused,
  submitted,
  symbolOf,
  terms,
  unknown,
} from '#domain/risk/testing/words'
import type { Limits } from '#schemas/values/trading'

const most = amount('900000')
const wide: Limits = {
  maxOrderNotional: most,
  maxPositionNotional: most,
  maxGrossExposure: most,
  maxNetExposure: most,
}
const one: Limits = { ...wide, maxPosition: { [btc]: quantity('1') } }
const at = '64000'
const buy = (size: string): Asked => ({ at, quantity: size })
/** An order of 0.4 at the venue, in a book that may come to hold 1. */
const open = (): Desk => working(openDesk(one), 1, buy('0.4'))
const outcomes = (desk: () => Desk, n: number, ...sizes: readonly string[]) =>
  sizes.map((size) => outcomeOf(amends(desk(), n, buy(size))))
const around = ['approved', 'approved', 'positionQuantity']

describe('one below the limit, at it, and one above', () => {
  test('alone: its own old claim does not count beside the new one', () => {
    expect(outcomes(open, 1, '0.99999', '1', '1.00001')).toStrictEqual(around)
    expect(lineOf(amends(open(), 1, buy('1')), 'positionQuantity')).toBe('1/1')
    expect(lineOf(amends(open(), 1, buy('1')), 'openOrders')).toBe('1/200')
  })
  test('beside an order in flight', () => {
    const desk = () => open().inFlight(2, buy('0.3'))
    expect(outcomes(desk, 1, '0.69999', '0.7', '0.70001')).toStrictEqual(around)
  })
  test('beside an order of which nobody knows', () => {
    const desk = () => open().inFlight(2, buy('0.3')).given(unknown(2))
    expect(outcomes(desk, 1, '0.69999', '0.7', '0.70001')).toStrictEqual(around)
  })
  test('filled in part: what is held and what may still fill', () => {
    const desk = () => open().given(filled(1, { quantity: '0.25' }))
    expect(outcomes(desk, 1, '0.99999', '1', '1.00001')).toStrictEqual(around)
    const held = () => open().given(filled(9, { quantity: '0.25' }))
    expect(outcomes(held, 1, '0.74999', '0.75', '0.75001')).toStrictEqual(around)
  })
  test('beside one that ended with more filled than was told', () => {
    const desk = () => working(open(), 2, buy('0.3')).given(cancelled(2, '0.2'))
    expect(outcomes(desk, 1, '0.79999', '0.8', '0.80001')).toStrictEqual(around)
  })
  test('beside another amendment, whatever is known of that', () => {
    const other = () => amendedOn(working(open(), 2, buy('0.2')), 2, buy('0.5'))
    const sent = () => other().given(amendStarted(2, buy('0.5')))
    const doubted = () => sent().given(amendUnknown(2))
    const done = () => sent().given(amended(2, buy('0.5')))
    for (const desk of [other, sent, doubted, done])
      expect(outcomes(desk, 1, '0.49999', '0.5', '0.50001')).toStrictEqual(around)
    const not = () => sent().given(amendRefused(2))
    expect(outcomes(not, 1, '0.79999', '0.8', '0.80001')).toStrictEqual(around)
    const undecided = () => working(open(), 2, buy('0.2')).given(amendAsked(2, buy('0.5')))
    expect(outcomes(undecided, 1, '0.79999', '0.8', '0.80001')).toStrictEqual(around)
  })
})

describe('what stays reserved', () => {
  const left = (desk: () => Desk, size: string): string =>
    outcomeOf(desk().decides({ at, quantity: size }))
  test('of a larger one, from its approval on', () => {
    const approved = () => amendedOn(open(), 1, buy('0.7'))
    expect(left(approved, '0.3')).toBe('approved')
    expect(left(approved, '0.30001')).toBe('positionQuantity')
    const not = () => approved().given(amendRefused(1))
    expect(left(not, '0.6')).toBe('approved')
  })
  test('of a smaller one, the old until it is known that it is done', () => {
    const sent = () => amendedOn(open(), 1, buy('0.1')).given(amendStarted(1, buy('0.1')))
    for (const desk of [sent, () => sent().given(amendUnknown(1))]) {
      expect(left(desk, '0.6')).toBe('approved')
      expect(left(desk, '0.60001')).toBe('positionQuantity')
    }
    expect(left(() => sent().given(amended(1, buy('0.1'))), '0.9')).toBe('approved')
    expect(left(() => sent().given(amendRefused(1)), '0.60001')).toBe('positionQuantity')
  })
  test('counts fills against both', () => {
    const sent = () =>
      amendedOn(open(), 1, buy('0.8')).given(
        amendStarted(1, buy('0.8')),
        filled(1, { quantity: '0.4' }),
      )
    // All of what it was is filled, and it may have become twice as much.
    expect(sent().standing().exposure.openOrders()).toBe(1)
    expect(left(sent, '0.2')).toBe('approved')
    expect(left(sent, '0.20001')).toBe('positionQuantity')
    expect(left(() => sent().given(amendRefused(1)), '0.6')).toBe('approved')
    expect(sent().given(amendRefused(1)).standing().exposure.openOrders()).toBe(0)
  })
  test('of a lower price and a larger quantity, for each sum the larger', () => {
    const desk = working(openDesk(wide), 1, { at: '60000', quantity: '10' })
    const decision = amends(desk, 1, { at: '62000', quantity: '9' })
    expect(lineOf(decision, 'positionQuantity')).toBe('10/')
    // 10 × 60,000 and the fee; 9 × 62,000 is less.
    expect(lineOf(decision, 'buyingPower')).toBe('601200/1000000')
    const dearer = amends(working(openDesk(wide), 1, { at: '60000', quantity: '10' }), 1, {
      at: '61000',
      quantity: '10',
    })
    expect(lineOf(dearer, 'buyingPower')).toBe('611220/1000000')
  })
  test('of a stop, the larger quantity at the dearer price', () => {
    const stops = listed(btc, { orderTypes: ['market', 'limit', 'stop', 'stopLimit'] })
    const stop: Asked = { stop: '70000', quantity: '1' }
    const desk = working(openDesk(wide, stops), 1, stop)
    const decision = amends(desk, 1, { stop: '68000', quantity: '2' })
    // 2 × 70,000 and the collar.
    expect(lineOf(decision, 'positionNotional')).toBe('147000/900000')
  })
  test('nothing of an approval that met a refusal, an end or a denial of its order', () => {
    const asked = open().given(amendAsked(1, buy('1')))
    const decision = decidedOf(asked, 1)
    if (decision === undefined) throw new Error('it can be decided')
    const late = asked.given(amendRefused(1), decision)
    expect(outcomeOf(late.decides({ at, quantity: '0.6' }))).toBe('approved')
    expect(late.standing().desk.amendOutcomeOf(amendmentIdOf(1))).toBeUndefined()
  })
})

describe('judged as an order is', () => {
  test('by its time to decide', () => {
    const asked = { ...buy('0.5'), decideBy: later(100) }
    const decide = (ms: number) =>
      outcomeOf(amends(open(), 1, asked, 1, markAt('65000', later(ms)), later(ms)))
    expect([decide(99), decide(100), decide(101)]).toStrictEqual(['approved', 'approved', 'stale'])
  })
  test('by velocity, which it counts in itself', () => {
    const desk = () => working(openDesk({ ...one, maxOrdersPerSecond: 2 }), 1, buy('0.4'))
    const decision = amends(desk(), 1, buy('0.5'))
    expect(lineOf(decision, 'ordersPerSecond')).toBe('2/2')
    const after = amendedOn(desk(), 1, buy('0.5'))
    expect(outcomeOf(after.decides(buy('0.1')))).toBe('ordersPerSecond')
  })
  test('by kill switches: what reduces passes reduce, and nothing passes halt', () => {
    const sell = (size: string): Asked => ({ side: 'sell', at: '66000', quantity: size })
    const exit = () => working(openDesk(one, filled(9, { quantity: '1' })), 1, sell('0.5'))
    const under = (mode: 'reduce' | 'halt', size: string) =>
      outcomeOf(amends(exit().given(engaged(1, mode)), 1, sell(size)))
    expect(under('reduce', '1')).toBe('reducing')
    expect(under('reduce', '1.00001')).toBe('killSwitch')
    expect(under('halt', '0.2')).toBe('killSwitch')
    expect(outcomeOf(amends(open().given(engaged(1, 'reduce')), 1, buy('0.1')))).toBe('killSwitch')
  })
  test('as reducing only where what it was reduces too', () => {
    const short = symbolOf('BTC/USDT:USDT')
    const contract = { symbol: short, side: 'sell', at: '66000' } as const
    const mark = markAt('65000', noon, short)
    const desk = openDesk(wide, listed(short), filled(9, { symbol: short, quantity: '1' }))
    const wider = working(desk, 1, { ...contract, quantity: '1.5' }, mark)
    const decision = amends(wider, 1, { ...contract, quantity: '0.5' }, 1, mark)
    expect(outcomeOf(decision)).toBe('approved')
  })
  test('also where it lessens: a tightened limit is met by what is open', () => {
    const narrow = { ...wide, maxOrderQuantity: { [btc]: quantity('0.3') } }
    const desk = () => working(openDesk(narrow), 1, buy('0.3'))
    expect(outcomes(desk, 1, '0.29999', '0.30001')).toStrictEqual(['approved', 'orderQuantity'])
  })
  test('what makes it another order is denied, and says so', () => {
    const turned = amends(open(), 1, { ...buy('0.5'), side: 'sell' })
    expect(outcomeOf(turned)).toBe('notAmendable')
    expect('reason' in turned && turned.reason.message).toBe(
      'Another side makes it another order: cancel this one, and order anew.',
    )
  })
})

describe('one decision', () => {
  test('none again once it is decided, sent, refused, or its order has ended', () => {
    const asked = () => open().given(amendAsked(1, buy('0.5')))
    const first = decidedOf(asked(), 1)
    if (first === undefined) throw new Error('it can be decided')
    for (const event of [
      first,
      amendStarted(1, buy('0.5')),
      amendRefused(1),
      cancelled(1),
      expired(1),
      filled(1, { quantity: '0.4' }),
    ]) {
      const desk = asked().given(event)
      expect(decidedOf(desk, 1), event.type).toBeUndefined()
      expect([...desk.standing().questions()], event.type).toStrictEqual([])
    }
  })
  test('none before its order has one, and none of an order that was denied or never sent', () => {
    const asked = openDesk(one).given(
      { ...amendAskedOrder, terms: terms(buy('0.4')) },
      amendAsked(1, buy('0.5')),
    )
    expect(decidedOf(asked, 1)).toBeUndefined()
    expect([...asked.standing().questions()].length).toBe(2)
    for (const end of [lapsed(1), refused(1)]) {
      const ended = openDesk(one).given(amendAskedOrder, amendAsked(1, buy('0.5')), end)
      expect([...ended.standing().questions()]).toStrictEqual([])
    }
  })
  test('in the order of the log: an amendment is decided before the order that came after it', () => {
    const desk = open().given(amendAsked(1, buy('0.5')), {
      ...amendAskedOrder,
      orderId: orderId(2),
    })
    const ids = [...desk.standing().questions()].map((each) =>
      'amendmentId' in each ? each.amendmentId : each.orderId,
    )
    expect(ids).toStrictEqual([amendmentIdOf(1), orderId(2)])
  })
})
const amendAskedOrder = {
  type: 'OrderIntentRecorded',
  orderId: orderId(1),
  book: main,
  terms: terms(buy('0.4')),
  decideBy: later(5000),
} as const

test('whatever was decided follows again from the log', () => {
  const desk = amendedOn(open(), 1, buy('0.7')).given(
    amendStarted(1, buy('0.7')),
    filled(1, { quantity: '0.1' }),
    amendUnknown(1),
    amended(1, buy('0.7')),
  )
  amendedOn(amendedOn(desk, 1, buy('2'), 2), 1, { ...buy('0.2'), side: 'sell' }, 3)
  const { apply } = derivation(main)
  const verdicts = desk.log.events.flatMap((recorded) => apply(recorded)?.verdict ?? [])
  expect(verdicts.filter(({ _tag }) => _tag !== 'Same')).toStrictEqual([])
  expect(verdicts.length).toBeGreaterThan(3)
  const wrong = desk.log.events.map((recorded) =>
    recorded.event.type === 'AmendApproved'
      ? { ...recorded, event: { ...recorded.event, reducing: true } }
      : recorded,
  )
  const again = derivation(main)
  const found = wrong.flatMap((recorded) => again.apply(recorded)?.verdict ?? [])
  expect(found.filter(({ _tag }) => _tag !== 'Same')).toMatchObject([
    { _tag: 'Different', fields: ['reducing'] },
  ])
})

test('a submission of the old terms is what it was, also where an amendment waits', () => {
  const desk = openDesk(one)
    .approved(1, buy('0.4'))
    .given(amendAsked(1, buy('0.6')))
  expect(outcomeOf(desk.given(submitted(1, buy('0.4'))).decides(buy('0.6')))).toBe('approved')
})
