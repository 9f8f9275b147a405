import { afterEach, describe, expect, test } from 'vitest'
import { brokenText, engagerText, stateText } from './risk-words.ts'
import { cleanUp, serving } from './testing/serving.ts'

afterEach(cleanUp)

const eth = { symbol: 'ETH/USDT' }
const killed = (mode: string, scope: Readonly<Record<string, string>> = {}) => ({ mode, scope })

describe('the state of a book', () => {
  test.each([
    ['active', [], 'active'],
    ['reduce', [killed('reduce')], 'reduce'],
    ['halt', [killed('halt'), killed('halt', eth)], 'halt'],
    ['halt', [killed('halt', eth)], 'halt for symbol ETH/USDT; else active'],
    ['halt', [killed('halt', eth), killed('reduce')], 'halt for symbol ETH/USDT; else reduce'],
    [
      'halt',
      [killed('halt', eth), killed('halt', { account: 'a' }), killed('reduce', { strategy: 's' })],
      'halt for symbol ETH/USDT; account a; else active; reduce for strategy s',
    ],
    ['reduce', [killed('reduce', eth)], 'reduce for symbol ETH/USDT; else active'],
  ])('%s, by what stands, is shown with its part', (state, killSwitches, says) => {
    expect(stateText({ state, killSwitches })).toBe(says)
  })
})

test('whoever engaged a kill switch is named, also where that was the guard', () => {
  expect([engagerText({ person: 'ada' }), engagerText({ person: null })]).toStrictEqual([
    'ada',
    'risk guard',
  ])
})

test('a broken limit of loss is told with its figures and with what can be done', () => {
  const risk = {
    currency: 'USDT',
    dailyPnl: '-123.45',
    drawdown: '0.12',
    limits: { maxDailyLoss: '60', maxDrawdown: '0.1' },
  }
  expect(brokenText({ ...risk, broken: [] })).toBe('')
  expect(brokenText({ ...risk, broken: ['maxDailyLoss'] })).toBe(
    'maxDailyLoss: daily PnL -123.45 USDT, at most 60 may be lost. Only what reduces is approved until the next trading day, or until a person raises it: daybook risk limits --set maxDailyLoss=…',
  )
  expect(brokenText({ ...risk, broken: ['maxDrawdown'] })).toContain('0.12 below the highest')
})

test('risk show says of when its oldest price is, and what stands against relying on it', async () => {
  const risk = {
    book: 'main',
    state: 'halt',
    killSwitches: [{ ...killed('halt', eth), person: null, id: 'k1' }],
    broken: ['maxDailyLoss'],
    markedAt: '2026-01-05T12:00:00Z',
    doubt: 'the price of ETH/USDT has just jumped',
    limits: {},
  }
  const ledger = await serving(() => [200, risk])
  const { out } = await ledger.run('risk show')
  expect(out).toMatch(/state +halt for symbol ETH\/USDT; else active\n/)
  expect(out).toMatch(/broken +maxDailyLoss: /)
  expect(out).toMatch(/oldest price +2026-01-05T12:00:00Z\n/)
  expect(out).toMatch(/in doubt +the price of ETH\/USDT has just jumped\n/)
  expect(out).toMatch(/halt +symbol ETH\/USDT +risk guard +k1\n/)
})
