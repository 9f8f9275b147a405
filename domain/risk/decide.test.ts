import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { decide, type Question, type RiskDecision } from '#domain/risk/decide'
import { rulesInForce } from '#domain/risk/rules'
import { type Desk, lineOf, openDesk, outcomeOf } from '#domain/risk/testing/desk-of'
import {
  accepted,
  type Asked,
  deposited,
  lapsed,
  later,
  markAt,
  marksTaken,
  noon,
  price,
  quantity,
  submitted,
} from '#domain/risk/testing/words'
import { checkCodes } from '#schemas/codes'
import type { Limits } from '#schemas/values/trading'

/** In the order in which they are listed there. */
const codesInForce = checkCodes.filter((code) =>
  rulesInForce.checks.some((check) => check.code === code),
)
describe('an approval', () => {
  const decision = openDesk().decides({ quantity: '0.5', at: '64000' })
  test('repeats the terms, lives 5 s, and names its basis, mark and rules', () => {
    expect(decision).toMatchObject({
      type: 'OrderApproved',
      reducing: false,
      rules: 4,
      at: noon,
      clock: noon,
      expiresAt: later(5000),
      mark: markAt('65000'),
      basis: { count: 6 },
      terms: { quantity: quantity('0.5'), limitPrice: price('64000') },
    })
  })
  test('has a line for every check, in their order', () => {
    expect(
      decision.checks.map((line) => (Array.isArray(line) ? line[0] : line.code)),
    ).toStrictEqual(codesInForce)
    expect(rulesInForce.checks.map(({ code }) => code)).toStrictEqual(codesInForce)
  })
  test('says what was observed and what the limit is', () => {
    expect(lineOf(decision, 'orderNotional')).toBe('32000/50000')
    expect(lineOf(decision, 'positionNotional')).toBe('32500/200000')
    expect(lineOf(decision, 'buyingPower')).toBe('32064/1000000')
    expect(lineOf(decision, 'ordersPerSecond')).toBe('1/20')
    expect(lineOf(decision, 'priceCollar')).toBe('-0.015384615384615385/0.05')
  })
})

describe('a denial', () => {
  const decision = openDesk().decides({ quantity: '20', at: '64000.005' })
  test('names the first failure, and records all of them', () => {
    expect(outcomeOf(decision)).toBe('priceIncrement')
    expect(decision.type === 'OrderDenied' && decision.checks.length).toBe(codesInForce.length)
    expect(
      decision.type === 'OrderDenied' &&
        decision.checks.filter(({ outcome }) => outcome === 'failed').map(({ code }) => code),
    ).toStrictEqual([
      'priceIncrement',
      'orderNotional',
      'positionNotional',
      'grossExposure',
      'netExposure',
      'concentration',
      'buyingPower',
    ])
  })
  test('says in words what was wrong and what to do', () => {
    expect(decision.type === 'OrderDenied' && decision.reason.message).toBe(
      'The price 64000.005 is not a multiple of the tick size 0.01: round it.',
    )
    expect(
      decision.type === 'OrderDenied' &&
        decision.checks.find(({ code }) => code === 'orderNotional'),
    ).toStrictEqual({
      code: 'orderNotional',
      outcome: 'failed',
      unit: 'USDT',
      observed: '1280000.1',
      limit: '50000',
      message:
        "The order's notional, at worst, is 1280000.1 USDT, more than the 50000 allowed: order less.",
    })
  })
})

describe('what is not decided', () => {
  const asked = (desk = openDesk()) => {
    desk.decides()
    const order = [...desk.standing().waiting()][0]
    if (order === undefined) throw new Error('nothing waits')
    return { desk, n: 1_000_001, intent: order.intent.event, mark: markAt('65000') }
  }
  test('an intent that was denied', () => {
    const { desk, intent, mark } = asked(openDesk({ maxOpenOrders: 0 }))
    desk.given(...decisionsOn(desk, { intent, mark, clock: noon }))
    expect(decide(desk.standing(), { intent, mark, clock: noon })).toStrictEqual(E.right([]))
    expect([...desk.standing().waiting()]).toStrictEqual([])
  })
  test('an intent that was approved, sent or not', () => {
    const { desk, n, intent, mark } = asked()
    desk.given(...decisionsOn(desk, { intent, mark, clock: noon }))
    expect(decide(desk.standing(), { intent, mark, clock: noon })).toStrictEqual(E.right([]))
    desk.given(submitted(n), accepted(n))
    expect(decide(desk.standing(), { intent, mark, clock: noon })).toStrictEqual(E.right([]))
  })
  test('an intent that has lapsed', () => {
    const { desk, n, intent, mark } = asked()
    desk.given(lapsed(n))
    expect(decide(desk.standing(), { intent, mark, clock: noon })).toStrictEqual(E.right([]))
    expect([...desk.standing().waiting()]).toStrictEqual([])
  })
  test('anything upon less of the log than what was decided last', () => {
    const { desk, intent, mark } = asked()
    const [approval] = decisionsOn(desk, { intent, mark, clock: noon })
    if (approval === undefined) throw new Error('it was to be approved')
    desk.given({ ...approval, basis: { count: 99 } })
    expect(decide(desk.standing(), { intent, mark, clock: noon })).toMatchObject({
      left: { _tag: 'BasisWentBack', count: 6, floor: 99 },
    })
  })
})

describe('a clock that was set back', () => {
  const setBack = (asked: Asked = {}) =>
    openDesk()
      .given(marksTaken(later(10_000), markAt('65000')))
      .decides(asked)
  test('does not move the time of decisions back, nor an approval further on', () => {
    expect(setBack()).toMatchObject({ at: later(10_000), clock: noon, expiresAt: later(5000) })
  })
  test('tells the age of the order, of the mark and of the log', () => {
    const decision = setBack()
    expect(outcomeOf(decision)).toBe('approved')
    expect([lineOf(decision, 'markFresh'), lineOf(decision, 'logLag')]).toStrictEqual([
      '0/5000',
      '0/2000',
    ])
    expect(outcomeOf(setBack({ decideBy: later(-1) }))).toBe('stale')
  })
})

describe('an intent that is too old', () => {
  const decideBy = later(5000)
  test('is decided at its last instant', () => {
    const desk = openDesk({ maxLogLagMs: 5000 })
    expect(outcomeOf(desk.decides({ decideBy }, markAt('65000'), later(5000)))).toBe('approved')
  })
  test('is stale one microsecond later, whatever else there is against it', () => {
    const desk = openDesk({ maxOpenOrders: 0 })
    const clock = (later(5000) + 1) as typeof noon
    const decision = desk.decides({ decideBy }, markAt('65000'), clock)
    expect(outcomeOf(decision)).toBe('stale')
    expect(decision.type === 'OrderDenied' && decision.reason.message).toBe(
      'It was to be decided by 2026-01-05T12:00:05Z, and it was 2026-01-05T12:00:05.000001Z: order again.',
    )
  })
})

describe('a limit that is absent', () => {
  test('does not bind', () => {
    const open = Object.fromEntries(
      Object.keys(openDesk().standing().desk.opened()?.limits ?? {}).map((key) => [key, undefined]),
    ) as Limits
    const desk = openDesk(open, deposited('999000000'))
    expect(outcomeOf(desk.decides({ quantity: '1000', at: '65000' }))).toBe('approved')
  })
})

const decisionsOn = (desk: Desk, question: Question): readonly RiskDecision[] => {
  const decision = decide(desk.standing(), question)
  if (E.isLeft(decision)) throw new Error(decision.left._tag)
  return decision.right
}
