/** What each kind of order promises, and a log in which it is not kept. */
import { describe, expect, test } from 'vitest'
import { units } from './decimals.ts'
import { orderKindFindings } from './order-kinds.ts'
import { reduceOnlyFinding } from './reducing.ts'
import { stopFinding, type TapeTrade } from './stops.ts'
import {
  accepted,
  altered,
  at,
  brokenIn,
  type Draft,
  ended,
  fill,
  intent,
  linearTerms,
  logOf,
} from './testing/drafts.ts'
import { when } from './log-row.ts'

const limit = {
  symbol: 'BTC/USDT',
  side: 'buy',
  orderType: 'limit',
  quantity: '1',
  limitPrice: '100',
}
const brokenBy = (...drafts: readonly Draft[]): readonly string[] =>
  brokenIn(orderKindFindings(logOf(drafts)))
const examinedOf = (invariant: string, drafts: readonly Draft[]): number | undefined =>
  orderKindFindings(logOf(drafts)).find((finding) => finding.invariant === invariant)?.examined
const much: Draft = ['MarksTaken', 'risk-main', {}, { occurredAt: at(50) }]

describe('post-only', () => {
  const order = intent('a', { ...limit, timeInForce: 'gtc', postOnly: true })
  const made = fill({ venueAt: 2 }, { liquidity: 'maker' })
  test('makes', () => {
    expect(brokenBy(order, accepted('a', 1), made)).toStrictEqual([])
    expect(examinedOf('post-only', [order, made])).toBe(1)
  })
  test('never takes', () => {
    expect(brokenBy(order, accepted('a', 1), fill({ venueAt: 2 }))).toStrictEqual(['post-only'])
  })
})

describe('fill or kill', () => {
  const order = intent('a', { ...limit, timeInForce: 'fok' })
  test('is all, or nothing', () => {
    expect(brokenBy(order, accepted('a', 1), fill({ venueAt: 1 }))).toStrictEqual([])
    expect(brokenBy(order, accepted('a', 1), ended('a', 'OrderExpired', 1))).toStrictEqual([])
  })
  test('is not in part', () => {
    const part = fill({ quantity: '0.5', venueAt: 1 })
    const rest = ended('a', 'OrderExpired', 1, '0.5')
    expect(brokenBy(order, accepted('a', 1), part, rest)).toStrictEqual(['fok'])
  })
  test('does not stay', () => {
    expect(brokenBy(order, accepted('a', 1))).toStrictEqual(['fok'])
  })
})

describe('immediate or cancel', () => {
  const order = intent('a', { ...limit, timeInForce: 'ioc' })
  const part = fill({ quantity: '0.5', venueAt: 1 })
  const rest = ended('a', 'OrderExpired', 1, '0.5')
  test('takes what there is and gives up the rest', () => {
    expect(brokenBy(order, accepted('a', 1), part, rest)).toStrictEqual([])
  })
  test('does not stay, nor last', () => {
    expect(brokenBy(order, accepted('a', 1), part)).toStrictEqual(['ioc'])
    const late = ended('a', 'OrderExpired', 4, '0.5')
    expect(brokenBy(order, accepted('a', 1), part, late)).toStrictEqual(['ioc'])
  })
  test('does not make', () => {
    const made = altered(part, { liquidity: 'maker' })
    expect(brokenBy(order, accepted('a', 1), made, rest)).toStrictEqual(['ioc'])
  })
})

describe('good till date', () => {
  const order = intent('a', { ...limit, timeInForce: 'gtd', expireAt: at(10) })
  const begun = [order, accepted('a', 1)]
  test('ends at its time, or is filled by then', () => {
    expect(brokenBy(...begun, ended('a', 'OrderExpired', 10.5), much)).toStrictEqual([])
    expect(brokenBy(...begun, fill({ venueAt: 9 }), much)).toStrictEqual([])
    expect(brokenBy(...begun, ended('a', 'OrderCancelled', 5), much)).toStrictEqual([])
  })
  test('does not outlive it', () => {
    expect(brokenBy(...begun, much)).toStrictEqual(['gtd'])
    expect(brokenBy(...begun, ended('a', 'OrderExpired', 13), much)).toStrictEqual(['gtd'])
    expect(brokenBy(...begun, ended('a', 'OrderCancelled', 13), much)).toStrictEqual(['gtd'])
  })
  test('is not filled after it', () => {
    expect(brokenBy(...begun, fill({ venueAt: 11 }), much)).toStrictEqual(['gtd'])
  })
  test('does not end before it by itself', () => {
    expect(brokenBy(...begun, ended('a', 'OrderExpired', 5), much)).toStrictEqual(['gtd'])
  })
})

describe('a limit', () => {
  const resting = { timeInForce: 'gtc' }
  test('is never passed', () => {
    const buy = [intent('a', { ...limit, ...resting }), accepted('a', 1)]
    expect(brokenBy(...buy, fill({ price: '100' }))).toStrictEqual([])
    expect(brokenBy(...buy, fill({ price: '100.01' }))).toStrictEqual(['limit'])
    const sell = [intent('a', { ...limit, ...resting, side: 'sell' }), accepted('a', 1)]
    expect(brokenBy(...sell, fill({ side: 'sell', price: '99.99' }))).toStrictEqual(['limit'])
  })
})

describe('a stop', () => {
  const order = intent('a', {
    symbol: 'BTC/USDT',
    side: 'buy',
    orderType: 'stop',
    quantity: '1',
    stopPrice: '101',
    timeInForce: 'gtc',
  })
  const log = logOf([order, accepted('a', 10), fill({ price: '101', venueAt: 20 })])
  const trade = (price: string, seconds: number, symbol = 'BTC/USDT'): TapeTrade => ({
    symbol,
    price: units(price),
    receivedAt: when(at(seconds)),
  })
  const verdictOn = (hasHoles: boolean, ...trades: readonly TapeTrade[]): string =>
    stopFinding(log, { trades, hasHoles }).verdict
  test('is filled once a trade has reached it', () => {
    expect(verdictOn(false, trade('100', 15), trade('101', 19))).toBe('holds')
    expect(verdictOn(false, trade('102', 20))).toBe('holds')
  })
  test.each([
    ['none has', trade('100.99', 19)],
    ['one has only afterwards', trade('101', 21)],
    ['one had long before it stood there', trade('101', 5)],
    ['one of another symbol has', trade('101', 19, 'ETH/USDT')],
  ])('is not where %s', (_says, only) => {
    expect(verdictOn(false, only)).toBe('broken')
  })
  test('cannot be judged where the tape has holes', () => {
    expect(verdictOn(true, trade('100', 19))).toBe('pending')
  })
})

describe('reduce-only', () => {
  const contract = { symbol: 'BTC/USDT:USDT', instrument: linearTerms }
  const reducer = intent('r', { side: 'sell', quantity: '1', reduceOnly: true })
  const long = fill({ quantity: '1', trade: '1' }, contract)
  const sold = (quantity: string, trade = '2'): Draft =>
    fill({ order: 'r', side: 'sell', quantity, trade }, contract)
  const verdict = (...drafts: readonly Draft[]) => reduceOnlyFinding(logOf([reducer, ...drafts]))
  test('brings a position nearer to zero', () => {
    expect(verdict(long, sold('0.4'), sold('0.6', '3'))).toMatchObject({
      verdict: 'holds',
      examined: 2,
    })
  })
  test('goes by the order in which the venue traded, not by that of the log', () => {
    expect(verdict(sold('1'), long).verdict).toBe('holds')
  })
  test.each([
    ['turns it around', [long, sold('1.1')]],
    ['opens one', [sold('1')]],
    ['enlarges one', [fill({ side: 'sell', trade: '1' }, contract), sold('1')]],
    ['takes another account for it', [altered(long, { account: 'other' }), sold('1')]],
  ])('never %s', (_says, drafts) => {
    expect(verdict(...drafts).verdict).toBe('broken')
  })
})
