/** The books, PnL and funding held against a log, and each of them wrong by a little. */
import { describe, expect, test } from 'vitest'
import { holdingsOf } from './average-cost.ts'
import { cashFinding, cashOf, positionsFinding, type Shown, trialBalanceFinding } from './books.ts'
import { quotient, shown, unit, units } from './decimals.ts'
import { fundingFinding } from './funding.ts'
import { pnlFinding } from './pnl.ts'
import {
  altered,
  at,
  type Draft,
  fill,
  inverseTerms,
  linearTerms,
  logOf,
} from './testing/drafts.ts'

describe('dividing', () => {
  test.each([
    [5n, 2n, 2n],
    [7n, 2n, 4n],
    [-5n, 2n, -2n],
    [-7n, 2n, -4n],
    [5n, -2n, -2n],
    [10n, 3n, 3n],
    [11n, 3n, 4n],
    [-11n, 3n, -4n],
    [-6n, 3n, -2n],
  ])('%s by %s is %s', (a, b, result) => {
    expect(quotient(a, b)).toBe(result)
  })
})

const deposit: Draft = [
  'FundsDeposited',
  'account-main',
  { account: 'main', currency: 'USDT', amount: '1000' },
]
const linear = { symbol: 'BTC/USDT:USDT', instrument: linearTerms }
const inverse = {
  symbol: 'BTC/USD:BTC',
  instrument: inverseTerms,
  fee: { currency: 'BTC', amount: '0' },
}
const holding = (...drafts: readonly Draft[]) => {
  const [only] = [...holdingsOf(logOf(drafts)).values()]
  return only === undefined
    ? undefined
    : [only.quantity, only.cost, only.realised].map(shown).join(' ')
}

describe('what the fills add up to', () => {
  test('of a spot, by average cost', () => {
    const bought = [fill({ price: '100' }), fill({ price: '200', trade: '2' })]
    expect(holding(...bought)).toBe('2 300 0')
    expect(holding(...bought, fill({ side: 'sell', price: '180', trade: '3' }))).toBe('1 150 30')
  })
  test('a fee in the coin is taken from the quantity', () => {
    const paid = fill({}, { fee: { currency: 'BTC', amount: '0.001' } })
    expect(holding(paid)).toBe('0.999 99.9 0')
  })
  test('of a contract that turns around', () => {
    const turned = [
      fill({}, linear),
      fill({ side: 'sell', quantity: '3', price: '110', trade: '2' }, linear),
    ]
    expect(holding(...turned)).toBe('-2 -220 10')
  })
  test('of an inverse contract, which gains where its worth in coins falls', () => {
    const bought = fill({ quantity: '10', price: '100' }, inverse)
    const sold = fill({ side: 'sell', quantity: '10', price: '200', trade: '2' }, inverse)
    expect(holding(bought)).toBe('10 10 0')
    expect(holding(bought, sold)).toBe('0 0 5')
  })
})

describe('what the books show', () => {
  const log = logOf([
    deposit,
    fill({ quantity: '2', price: '100' }, { fee: { currency: 'USDT', amount: '0.5' } }),
    altered(deposit, { amount: '7' }, {}),
    ['FundsWithdrawn', 'account-main', { account: 'main', currency: 'USDT', amount: '10' }],
    [
      'FundingPaid',
      'account-main',
      { account: 'main', currency: 'USDT', amount: '-1.25', shares: [] },
    ],
    fill({ price: '100' }, linear),
    fill({ side: 'sell', price: '90', trade: '2' }, linear),
  ])
  const place = 'main manual paper BTC/USDT'
  const positions: readonly Shown[] = [
    { key: `${place} quantity`, value: '2' },
    { key: `${place} cost`, value: '200' },
  ]
  const contract: readonly Shown[] = [{ key: `${place}:USDT realised`, value: '-10' }]
  test('positions, to the last digit', () => {
    expect(positionsFinding(log, [...positions, ...contract]).verdict).toBe('holds')
    const off = [{ key: `${place} cost`, value: '200.000000000000000000000000000000000001' }]
    expect(positionsFinding(log, [...positions, ...contract, ...off]).verdict).toBe('broken')
    expect(positionsFinding(log, positions).verdict).toBe('broken')
  })
  test('cash, by transfers, fills, fees, funding and what contracts realised', () => {
    expect(shown(cashOf(log).get('main USDT') ?? 0n)).toBe('785.25')
    const cash = [
      { key: 'main USDT', value: '785.25' },
      { key: 'main BTC', value: '2' },
    ]
    expect(cashFinding(log, cash).verdict).toBe('holds')
    expect(cashFinding(log, cash.slice(0, 1)).verdict).toBe('broken')
    expect(cashFinding(log, [...cash, { key: 'other USDT', value: '1' }]).verdict).toBe('broken')
  })
  test('a trial balance that is off after one event is found, though it ends at zero', () => {
    const posting = (position: bigint, amount: string) => ({ position, amount, currency: 'USDT' })
    expect(trialBalanceFinding([posting(1n, '5'), posting(1n, '-5')]).verdict).toBe('holds')
    expect(trialBalanceFinding([posting(1n, '5'), posting(2n, '-5')]).verdict).toBe('broken')
  })
})

describe('PnL', () => {
  const log = logOf([
    deposit,
    fill({ quantity: '2', price: '100' }, { fee: { currency: 'USDT', amount: '0.5' } }),
    fill({ side: 'sell', price: '110', trade: '2' }),
    fill({ price: '100', quantity: '1' }, linear),
  ])
  const marks = new Map([
    ['BTC/USDT', units('120')],
    ['BTC/USDT:USDT', units('95')],
  ])
  const figures = {
    realised: '10',
    fees: '0.5',
    funding: '0',
    transfers: '1000',
    unrealised: '15',
    balance: '909.5',
  }
  const nothing = { realised: '0', fees: '0', funding: '0', transfers: '0', unrealised: '0' }
  const day = { account: 'main', period: '2026-01-01', complete: false, currency: 'USDT' }
  const ofAccount = (usdt: object, equity = '1024.5') => ({
    ...day,
    strategy: null,
    equity,
    byCurrency: { USDT: { ...figures, ...usdt }, BTC: { ...nothing, balance: '1' } },
  })
  const ofStrategy = (usdt: object) => ({
    ...day,
    strategy: 'manual',
    equity: '0',
    byCurrency: { USDT: { ...figures, transfers: '0', ...usdt }, BTC: nothing },
  })
  const verdictOn = (...rows: readonly object[]) =>
    pnlFinding(log, { rows: rows as readonly Readonly<Record<string, unknown>>[], marks })
  test('is that of the log', () => {
    expect(verdictOn(ofAccount({}), ofStrategy({}))).toMatchObject({
      verdict: 'holds',
      offences: [],
    })
  })
  test.each(['realised', 'fees', 'funding', 'transfers', 'unrealised', 'balance'])(
    'another %s is found',
    (figure) => {
      expect(verdictOn(ofAccount({ [figure]: '10.000001' }), ofStrategy({})).offences).toEqual([
        expect.stringContaining(`${figure}: the log says`),
      ])
    },
  )
  test('another equity, a figure that is not shown, a strategy or a day that is left out', () => {
    expect(verdictOn(ofAccount({}, '1024'), ofStrategy({})).verdict).toBe('broken')
    expect(verdictOn(ofAccount({}), ofStrategy({ unrealised: null })).verdict).toBe('broken')
    expect(verdictOn(ofAccount({})).offences.join()).toContain('manual USDT realised is not shown')
    expect(verdictOn({ ...ofAccount({}), period: '2026-01-02' }, ofStrategy({})).verdict).toBe(
      'broken',
    )
  })
})

describe('funding', () => {
  const bought = fill({ quantity: '3', venueAt: 1 }, linear)
  const other = fill({ quantity: '1', trade: '2', venueAt: 1 }, { ...linear, strategy: 'robot' })
  const paid = (more: object = {}): Draft => [
    'FundingPaid',
    'account-main',
    {
      account: 'main',
      symbol: 'BTC/USDT:USDT',
      fundingId: '2026-01-01T00:00:10Z',
      quantity: '4',
      markPrice: '100',
      rate: '0.0001',
      currency: 'USDT',
      amount: '-0.04',
      shares: [
        { strategy: 'manual', amount: '-0.03' },
        { strategy: 'robot', amount: '-0.01' },
      ],
      venueAt: at(10),
      ...more,
    },
  ]
  const sold = fill({ side: 'sell', quantity: '4', trade: '3', venueAt: 12 }, linear)
  const later: Draft = ['MarksTaken', 'risk-main', {}, { occurredAt: at(50) }]
  const offences = (...drafts: readonly Draft[]): readonly string[] =>
    fundingFinding(logOf([bought, other, ...drafts, sold, later]), 10_000).offences
  test('is on what was held, at its rate, and shared by it', () => {
    expect(offences(paid())).toStrictEqual([])
  })
  test.each([
    ['another amount', { amount: '-0.05' }, 'was due'],
    ['of another position', { quantity: '5' }, 'which was not held'],
    ['in another currency', { currency: 'BTC' }, 'another currency'],
    ['before its time', { fundingId: '2026-01-01T00:00:20Z' }, 'before its time'],
    [
      'shared otherwise',
      {
        shares: [
          { strategy: 'manual', amount: '-0.01' },
          { strategy: 'robot', amount: '-0.03' },
        ],
      },
      'not that of its position',
    ],
    ['shared in part', { shares: [{ strategy: 'manual', amount: '-0.03' }] }, 'do not add up'],
  ])('%s', (_says, change, says) => {
    expect(offences(paid(change)).join()).toContain(says)
  })
  test('none is missing, and none is there twice', () => {
    expect(offences()).toEqual(['main BTC/USDT:USDT was not funded at 2026-01-01T00:00:10Z'])
    expect(offences(paid(), paid()).join()).toContain('was paid twice')
  })
})
test('units and back', () => {
  for (const text of ['0', '1', '-1', '0.5', '-0.000001', '12345.6789'])
    expect(shown(units(text))).toBe(text)
  expect(units('1')).toBe(unit)
})
