import { describe, expect, test } from 'vitest'
import { applyFill, flat, type PositionFill } from '#domain/books/position'
import {
  type Posting,
  postingsOfDeposit,
  postingsOfFill,
  postingsOfFunding,
  postingsOfWithdrawal,
} from '#domain/books/postings'
import {
  changeAt,
  changeIn,
  equityOf,
  figuresOf,
  type Ledger,
  type MarkOf,
  totalOf,
  valueIn,
  worthIn,
  worthsOf,
} from '#domain/books/valuation'
import { amount, anyFill, anyPrice, inverse, linear, price, spot } from '#domain/testing/fills'
import type { Amount, Price } from '#schemas/values/decimal'
import type { Currency, MarketSymbol } from '#schemas/values/ids'
import type { MoneyByAccount, MoneyByCurrency } from '#schemas/values/money'
import type { InstrumentTerms } from '#schemas/values/trading'
import { fc, prop } from '#testing/prop'

const usdt = 'USDT' as Currency
const btc = 'BTC' as Currency

interface Market {
  readonly symbol: MarketSymbol
  readonly instrument: InstrumentTerms
  /** The currency in which nothing of it has to be converted. */
  readonly own: Currency
}
const coins: Market = { symbol: 'BTC/USDT' as MarketSymbol, instrument: spot, own: usdt }
const swaps: Market = { symbol: 'BTC/USDT:USDT' as MarketSymbol, instrument: linear, own: usdt }
const inverses: Market = { symbol: 'BTC/USD:BTC' as MarketSymbol, instrument: inverse, own: btc }

const anyMoney = fc.bigInt({ min: -(10n ** 38n), max: 10n ** 38n }) as fc.Arbitrary<Amount>
const anyMovement = fc.record({
  post: fc.constantFrom(postingsOfDeposit, postingsOfWithdrawal, postingsOfFunding),
  amount: anyMoney,
})
const anyStep = fc.oneof(
  { weight: 3, arbitrary: anyFill('inKindToo') },
  { weight: 1, arbitrary: anyMovement },
)
const anySteps = fc.array(anyStep, { maxLength: 8 })

const empty = (market: Market): Ledger => ({
  ...flat,
  symbol: market.symbol,
  instrument: market.instrument,
  balances: {},
})
const posted = (ledger: Ledger, postings: readonly Posting[]): Ledger => {
  const balances = postings.reduce<MoneyByAccount>((sums, { code, currency, amount: moved }) => {
    const money: MoneyByCurrency = sums[code] ?? {}
    const sum = ((money[currency] ?? 0n) + moved) as Amount
    return { ...sums, [code]: { ...money, [currency]: sum } }
  }, ledger.balances)
  return { ...ledger, balances }
}
/** Fees in the market's own currency, or in the very coin that is traded. */
const inOwn = (market: Market, fill: PositionFill): PositionFill => {
  const inKind = market === coins && fill.fee.currency === btc
  return inKind ? fill : { ...fill, fee: { ...fill.fee, currency: market.own } }
}
const after = (
  market: Market,
  ledger: Ledger,
  steps: readonly (PositionFill | { readonly post: typeof postingsOfDeposit; amount: Amount })[],
): Ledger =>
  steps.reduce<Ledger>((sum, step) => {
    if ('post' in step) {
      return posted(sum, step.post({ currency: market.own, amount: step.amount }))
    }
    const fill = inOwn(market, step)
    const position = applyFill(sum, fill, market.instrument)
    const postings = postingsOfFill(sum, position, fill, market.instrument)
    return { ...posted(sum, postings), ...position }
  }, ledger)

const marksAt =
  (prices: Readonly<Record<string, Price>>): MarkOf =>
  (symbol) =>
    prices[symbol]
const anyMarks = fc
  .tuple(anyPrice, anyPrice, anyPrice)
  .map(([a, b, c]) => marksAt({ [coins.symbol]: a, [swaps.symbol]: b, [inverses.symbol]: c }))

describe('equity', () => {
  prop(
    'changes by what was made, and by what came in and went out; exactly, where nothing is converted',
    fc.record({
      markets: fc.constantFrom([coins, swaps], [swaps], [coins], [inverses]),
      marks: fc.tuple(anyMarks, anyMarks),
      steps: fc.array(fc.tuple(anySteps, anySteps), { minLength: 2, maxLength: 2 }),
    }),
    ({ markets, marks: [then, now], steps }) => {
      const own = markets[0]?.own ?? usdt
      const earlier = markets.map((market, n) => after(market, empty(market), steps[n]?.[0] ?? []))
      const later = markets.map((market, n) =>
        after(market, earlier[n] ?? empty(market), steps[n]?.[1] ?? []),
      )
      const [before, end] = [figuresOf(earlier, then), figuresOf(later, now)]
      const [opening, closing] = [
        equityOf(before, worthIn(own, then)),
        equityOf(end, worthIn(own, now)),
      ]
      const change = changeAt(before, end, worthIn(own, now))
      expect(closing).toBe(totalOf([opening, change.net, change.transfers]))
      const parts = later.map((ledger) => equityOf(figuresOf([ledger], now), worthIn(own, now)))
      expect(totalOf(parts)).toBe(closing)
      expect(changeIn(own, before, end).net).toBe(change.net)
    },
  )
  test('counts what is held of a coin once, and contracts by what they would pay', () => {
    const bought = after(coins, empty(coins), [fill('2', '100')])
    const open = after(swaps, empty(swaps), [fill('1', '100')])
    const marks = marksAt({ [coins.symbol]: price('150'), [swaps.symbol]: price('90') })
    const figures = figuresOf([bought, open], marks)
    // −200 in cash, two coins at 150, and ten lost on the contract.
    expect(equityOf(figures, worthIn(usdt, marks))).toBe(amount('90'))
    expect(totalOf(worthsOf(figures.unrealised, worthIn(usdt, marks)))).toBe(amount('90'))
  })
  test('is not known where something has no price', () => {
    const bought = after(coins, empty(coins), [fill('2', '100')])
    const figures = figuresOf([bought], () => undefined)
    const worth = worthIn(usdt, () => undefined)
    expect(equityOf(figures, worth)).toBeUndefined()
    expect(valueIn(figures.unrealised, usdt)).toBeUndefined()
    expect(valueIn(figures.balance, usdt)).toBe(amount('-200'))
    expect(valueIn(figures.balance, btc)).toBe(amount('2'))
  })
})

describe('what an amount is worth in another currency', () => {
  const marks = marksAt({ 'BTC/USDT': price('50000') })
  test.each([
    [btc, usdt, '0.5', '25000'],
    [usdt, btc, '25000', '0.5'],
    [usdt, usdt, '7', '7'],
  ] as const)('%s into %s', (from, into, given, worth) => {
    expect(worthIn(into, marks)(from, amount(given))).toBe(amount(worth))
  })
  test('nothing is nothing, and without a rate it is not known', () => {
    expect(worthIn(usdt, marks)('ETH' as Currency, amount('0'))).toBe(0n)
    expect(worthIn(usdt, marks)('ETH' as Currency, amount('1'))).toBeUndefined()
    expect(worthIn(usdt, marks)(btc, undefined)).toBeUndefined()
  })
})

const fill = (size: string, at: string): PositionFill => ({
  side: 'buy',
  quantity: (amount(size) / 10n ** 18n) as PositionFill['quantity'],
  price: price(at),
  fee: { currency: usdt, amount: amount('0') },
})
