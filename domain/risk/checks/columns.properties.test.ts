/** Which checks may stop an exit, as DESIGN has the column; whatever else is the matter, nobody is locked in. */
import { expect, test } from 'vitest'
import { checks, stops } from '#domain/risk/checks/all'
import { openDesk, outcomeOf } from '#domain/risk/testing/desk-of'
import {
  accepted,
  amount,
  btc,
  engaged,
  foreignFill,
  intent,
  later,
  markAt,
  noon,
  quantity,
  ratio,
  submitted,
  unknown,
} from '#domain/risk/testing/words'
import { breakDetected, connected, disconnected } from '#domain/risk/testing/venue-words'
import type { LedgerEvent } from '#schemas/events/ledger'
import type { Limits, Mark } from '#schemas/values/trading'
import { fc, prop } from '#testing/prop'

test('nothing but these may stop an order that only reduces', () => {
  const stopping = checks.map(({ code }) => code).filter((code) => stops[code].reducing)
  expect(stopping).toStrictEqual([
    'bookOpen',
    'accountOpen',
    'killSwitch',
    'instrumentListed',
    'orderTypeNative',
    'timeInForce',
    'priceIncrement',
    'quantityIncrement',
    'quantityMin',
    'quantityMax',
    'notionalMin',
    'reduceOnly',
  ])
  expect(checks.every(({ code }) => stops[code].increasing)).toBe(true)
})

/** Each of them by itself lets nothing through that increases. */
const narrow: Limits = {
  maxOrderNotional: amount('0'),
  maxOrderQuantity: { [btc]: quantity('0') },
  maxPosition: { [btc]: quantity('0') },
  maxPositionNotional: amount('0'),
  maxGrossExposure: amount('0'),
  maxNetExposure: amount('0'),
  maxConcentration: ratio('0'),
  maxOpenOrders: 0,
  maxOrdersPerSecond: 0,
  maxOrdersPerMinute: 0,
  maxOrdersPerHour: 0,
  maxStrategyCapital: { manual: amount('0') },
  maxStrategyPositions: { manual: 0 },
  tradingWindows: { paper: [] },
  overrides: [{ strategy: 'manual' as never, maxOpenOrders: 0, maxOrderNotional: amount('0') }],
}
/** These bind only where something else has happened. */
const conditional: Limits = {
  maxLeverage: ratio('0'),
  maxUnknownOrders: 0,
  priceCollar: ratio('0'),
  maxMarkAgeMs: 0,
  maxLogLagMs: 0,
  maxMarkJump: ratio('0'),
  maxDailyLoss: amount('0'),
  maxDrawdown: ratio('0'),
  duplicateWindowMs: 3_600_000,
}
const some = (of: Limits): fc.Arbitrary<Limits> =>
  fc.subarray(Object.entries(of)).map((entries) => Object.fromEntries(entries) as Limits)
/** A bid of the book's own that the exit would meet. */
const bid = { at: '66000', quantity: '0.2' }
const mishaps: readonly (readonly LedgerEvent[])[] = [
  [disconnected()],
  [connected()],
  [breakDetected(1)],
  [engaged(1, 'reduce')],
  [intent(1, bid), submitted(1, bid), accepted(1)],
  [intent(2, bid), submitted(2, bid), unknown(2)],
  [foreignFill({ quantity: '1', strategy: 'other', trade: 77 })],
]
const marks: readonly (Mark | 'none')[] = [
  'none',
  markAt('65000'),
  markAt('65000', later(-3_600_000)),
  markAt('100', noon),
]
const anything = fc.record({
  narrow: some(narrow),
  conditional: some(conditional),
  happened: fc.subarray([...mishaps]),
  mark: fc.constantFrom(...marks),
  lagMs: fc.constantFrom(0, 1, 2_001, 3_600_000),
  at: fc.constantFrom('30000', '65000', '99000', undefined),
  quantity: fc.constantFrom('0.4', '0.9', '1'),
  reduceOnly: fc.boolean(),
})

prop(
  'whatever limits, venues, marks and other orders are like, what only reduces is approved',
  anything,
  ({ narrow: tight, conditional: odd, happened, mark, lagMs, at, quantity: part, reduceOnly }) => {
    const held = foreignFill({ quantity: '1', strategy: 'manual' })
    const desk = openDesk({ ...tight, ...odd }, held, ...happened.flat())
    const price = at === undefined ? {} : { at }
    const sell = { side: 'sell', quantity: part, reduceOnly, decideBy: later(9_999_999), ...price }
    expect(outcomeOf(desk.decides({ ...sell, side: 'sell' }, mark, later(lagMs)))).toBe('reducing')
  },
)
prop(
  'and what increases is denied by any of the limits that let nothing through',
  fc.tuple(fc.constantFrom(...Object.entries(narrow)), some(conditional)),
  ([[name, value], odd]) => {
    const desk = openDesk({ ...odd, [name]: value })
    expect(desk.decides({ at: '65000' }).type).toBe('OrderDenied')
  },
)
