import { describe, expect, test } from 'vitest'
import { proposed } from '#domain/risk/testing/control-words'
import { type Desk, openDesk, outcomeOf } from '#domain/risk/testing/desk-of'
import { ruledOn } from '#domain/risk/testing/golden-stories'
import { settledAt } from '#domain/risk/testing/venue-words'
import {
  accepted,
  account,
  accountOpened,
  amount,
  type Asked,
  btc,
  cancelled,
  deposited,
  engaged,
  filled,
  later,
  listed,
  markAt,
  noon,
  quantity,
  ratio,
  symbolOf,
  unknown,
} from '#domain/risk/testing/words'
import type { OrderApproved, OrderDenied } from '#schemas/events/risk'
import type { AccountId, StrategyId } from '#schemas/values/ids'
import type { LimitOverride, Limits, Mark, Scope } from '#schemas/values/trading'

const second = 'second' as AccountId
const alpha = 'alpha' as StrategyId
const eth = symbolOf('ETH/USDT')
const perpetual = symbolOf('BTC/USDT:USDT')

const scopes: readonly (readonly [string, Scope])[] = [
  ['for account main', { account }],
  ['for strategy alpha', { strategy: alpha }],
  ['for BTC/USDT', { symbol: btc }],
  ['for account main and strategy alpha', { account, strategy: alpha }],
  ['for account main and BTC/USDT', { account, symbol: btc }],
  ['for strategy alpha and BTC/USDT', { strategy: alpha, symbol: btc }],
  ['for account main and strategy alpha and BTC/USDT', { account, strategy: alpha, symbol: btc }],
]
type Limiting = Omit<LimitOverride, keyof Scope>
const order: Asked = { strategy: 'alpha', quantity: '0.1', at: '65650' }
/** What is observed of that order after one like it, and a limit of so many steps more or less than that. */
const bounds: readonly (readonly [string, string, (step: 1 | 0 | -1) => Limiting])[] = [
  ['orderQuantity', '0.1', (n) => ({ maxOrderQuantity: { [btc]: near(quantity('0.1'), n) } })],
  ['orderNotional', '6565', (n) => ({ maxOrderNotional: near(amount('6565'), n) })],
  ['positionQuantity', '0.2', (n) => ({ maxPosition: { [btc]: near(quantity('0.2'), n) } })],
  ['positionNotional', '13000', (n) => ({ maxPositionNotional: near(amount('13000'), n) })],
  ['grossExposure', '13000', (n) => ({ maxGrossExposure: near(amount('13000'), n) })],
  ['netExposure', '13000', (n) => ({ maxNetExposure: near(amount('13000'), n) })],
  ['openOrders', '2', (n) => ({ maxOpenOrders: 2 + n })],
  ['unknownOrders', '1', (n) => ({ maxUnknownOrders: 1 + n })],
  ['ordersPerSecond', '2', (n) => ({ maxOrdersPerSecond: 2 + n })],
  ['ordersPerMinute', '2', (n) => ({ maxOrdersPerMinute: 2 + n })],
  ['ordersPerHour', '2', (n) => ({ maxOrdersPerHour: 2 + n })],
  ['priceCollar', '0.01', (n) => ({ priceCollar: near(ratio('0.01'), n) })],
  ['markFresh', '1000', (n) => ({ maxMarkAgeMs: 1000 + n })],
]
const near = <Value extends bigint>(value: Value, step: number): Value =>
  (value + BigInt(step)) as Value

const mark = markAt('65000', later(-1000))
const elsewhere: Asked = {
  account: second,
  strategy: 'beta',
  symbol: eth,
  quantity: '3',
  at: '3200',
}
const ethMark = markAt('3200', noon, eth)
const twoAccounts = (limits: Limits, ...overrides: readonly LimitOverride[]): Desk =>
  openDesk(
    { ...limits, overrides },
    accountOpened('1', second),
    deposited('1000000', 'USDT', second),
    ...settledAt(second),
    listed(eth),
    listed(perpetual),
  )
/** One order like it, others that no scope covers, and then these limits; of each order nobody knows the outcome. */
const busy = (...overrides: readonly LimitOverride[]): Desk => {
  const desk = twoAccounts({}).inFlight(1, order).given(unknown(1))
  for (const n of [2, 3, 4]) desk.inFlight(n, elsewhere, ethMark).given(unknown(n))
  return ruledOn(desk.given(proposed(1, { overrides })))
}

describe.each(scopes)('a limit %s', (words, scope) => {
  test.each(bounds)('of %s binds at what is observed: %s', (code, observed, limitOf) => {
    const decides = (step: 1 | 0 | -1): OrderApproved | OrderDenied =>
      busy({ ...scope, ...limitOf(step) }).decides(order, mark)
    expect(outcomeOf(decides(1))).toBe('approved')
    const at = decides(0)
    expect(at.type === 'OrderApproved' ? at.overrides : at.reason).toStrictEqual([
      [code, observed, observed, scope],
    ])
    const above = decides(-1)
    expect(outcomeOf(above)).toBe(code)
    expect(above.type === 'OrderDenied' ? above.reason.message : '').toContain(
      `${words.replace('for', 'For')}, the `,
    )
    const results = above.type === 'OrderDenied' ? above.checks : []
    expect(results.filter((check) => check.code === code)).toMatchObject([
      { outcome: 'passed' },
      { outcome: 'failed', observed, scope },
    ])
    expect(results.find((check) => check.code === code)).not.toHaveProperty('scope')
  })
  test.each(bounds)('of %s does not bind what it does not cover', (_, __, limitOf) => {
    const decision = busy({ ...scope, ...limitOf(-1) }).decides(elsewhere, ethMark)
    expect(outcomeOf(decision)).toBe('approved')
    expect(decision).not.toHaveProperty('overrides')
  })
})

describe('what is open in a scope', () => {
  const limit = { account, strategy: alpha, maxPosition: { [btc]: quantity('0.3') } }
  const leaves = (desk: Desk): void => {
    expect(outcomeOf(desk.decides({ ...order, quantity: '0.2' }))).toBe('approved')
    expect(outcomeOf(desk.decides({ ...order, quantity: '0.20001' }))).toBe('positionQuantity')
  }
  const open = (): Desk => twoAccounts({}, limit).inFlight(1, order)
  const fill = (part: string) => filled(1, { strategy: 'alpha', quantity: part })
  test('counts in flight', () => leaves(open()))
  test('counts when it is working', () => leaves(open().given(accepted(1))))
  test('counts when nobody knows its outcome', () => leaves(open().given(unknown(1))))
  test('counts when a part is filled', () => leaves(open().given(accepted(1), fill('0.04'))))
  test('counts when all of it is filled', () => leaves(open().given(accepted(1), fill('0.1'))))
  test('counts what the venue says was filled, and nothing else of what was cancelled', () =>
    leaves(
      twoAccounts({}, limit)
        .inFlight(1, { ...order, quantity: '0.3' })
        .given(accepted(1), cancelled(1, '0.1')),
    ))
})

describe('a strategy is measured by itself', () => {
  const long: Asked = { symbol: perpetual, strategy: 'alpha', quantity: '0.2', at: '65000' }
  const perpetualMark = markAt('65000', noon, perpetual)
  const held = (override: LimitOverride): Desk =>
    twoAccounts({}, override).given(
      filled(1, { symbol: perpetual, strategy: 'alpha', quantity: '0.2' }),
      filled(2, { symbol: perpetual, strategy: 'beta', quantity: '0.2', side: 'sell' }),
    )
  test('what another has against it in the same account nets nothing', () => {
    const more: Asked = { ...long, quantity: '0.1', account: second }
    const limitOf = (value: string) => ({ strategy: alpha, maxGrossExposure: amount(value) })
    expect(outcomeOf(held(limitOf('19500')).decides(more, perpetualMark))).toBe('approved')
    expect(outcomeOf(held(limitOf('19499.99')).decides(more, perpetualMark))).toBe('grossExposure')
  })
  test('the account is what the venue nets', () => {
    const more: Asked = { symbol: btc, quantity: '0.1', at: '65000' }
    const limitOf = (value: string) => ({ account, maxGrossExposure: amount(value) })
    expect(outcomeOf(held(limitOf('6500')).decides(more))).toBe('approved')
    expect(outcomeOf(held(limitOf('6499.99')).decides(more))).toBe('grossExposure')
  })
})

describe('overrides', () => {
  test('narrow and never widen', () => {
    const wide = { account, maxOrderNotional: amount('99999') }
    const decision = twoAccounts({ maxOrderNotional: amount('6564') }, wide).decides(order, mark)
    expect(decision).toMatchObject({ type: 'OrderDenied', reason: { code: 'orderNotional' } })
  })
  test('bind each by itself where several cover an order, in the order in which they are written', () => {
    const desk = busy(
      { account, maxOpenOrders: 7, maxOrderNotional: amount('7000') },
      { symbol: eth, maxOpenOrders: 1 },
      { strategy: alpha, maxOpenOrders: 6 },
      { account, strategy: alpha, maxOpenOrders: 5 },
    )
    const decision = desk.decides(order, mark)
    expect(decision.type === 'OrderApproved' ? decision.overrides : []).toStrictEqual([
      ['orderNotional', '6565', '7000', { account }],
      ['openOrders', '2', '7', { account }],
      ['openOrders', '2', '6', { strategy: alpha }],
      ['openOrders', '2', '5', { account, strategy: alpha }],
    ])
  })
  test('stop no exit', () => {
    const strict: LimitOverride = {
      account,
      maxOrderNotional: amount('1'),
      maxGrossExposure: amount('1'),
      maxOpenOrders: 0,
      maxOrdersPerHour: 0,
      maxMarkAgeMs: 0,
    }
    const desk = twoAccounts({}, strict).given(filled(1, { quantity: '1', strategy: 'alpha' }))
    const exit: Asked = { side: 'sell', quantity: '1', strategy: 'alpha' }
    const decision = desk.decides(exit, mark)
    expect(outcomeOf(decision)).toBe('reducing')
    expect(decision.type === 'OrderApproved' ? decision.overrides?.length : 0).toBe(5)
    desk.given(engaged(1, 'reduce'))
    expect(outcomeOf(desk.decides(exit, mark))).toBe('reducing')
  })
  test('that cannot be evaluated deny what increases, and let what reduces through', () => {
    const unpriced = { account, maxGrossExposure: amount('100000') }
    const none: Mark | 'none' = 'none'
    const desk = twoAccounts({}, unpriced).given(filled(1, { quantity: '1', symbol: eth }))
    const denied = desk.decides(order, mark)
    expect(denied).toMatchObject({ type: 'OrderDenied', reason: { code: 'grossExposure' } })
    const exit = desk.decides({ symbol: eth, side: 'sell', quantity: '1' }, none)
    expect(outcomeOf(exit)).toBe('reducing')
    expect(exit.type === 'OrderApproved' ? exit.overrides : []).toStrictEqual([
      ['grossExposure', '', '100000', { account }],
    ])
  })
  test('that are set later count what was approved before, and end when they are taken away', () => {
    const overrides = [{ strategy: alpha, maxOrdersPerHour: 2, maxOpenOrders: 9 }]
    const desk = twoAccounts({}).approved(1, order).approved(2, order)
    expect(outcomeOf(desk.decides(order))).toBe('approved')
    ruledOn(desk.given(proposed(1, { overrides })))
    expect(outcomeOf(desk.decides(order))).toBe('ordersPerHour')
    expect(outcomeOf(desk.decides({ ...order, strategy: 'beta' }))).toBe('approved')
    const slow = { decideBy: later(9_999_999) }
    ruledOn(desk.given(proposed(2, { overrides: [], maxLogLagMs: 9_999_999 })), later(60_000))
    const then = markAt('65000', later(60_000))
    expect(outcomeOf(desk.decides({ ...order, ...slow }, then, later(60_000)))).toBe('approved')
  })
})
