/** What may happen to a book's money, generated: trades of every kind in two accounts, fees, funding, money in and out. */
import { funded, withdrawn } from '#domain/risk/testing/money-words'
import {
  account,
  accountOpened,
  bookOpened,
  deposited,
  filled,
  listed,
  markAt,
  marksTaken,
  noon,
  symbolOf,
} from '#domain/risk/testing/words'
import type { LedgerEvent } from '#schemas/events/ledger'
import type { AccountId } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'
import type { Limits } from '#schemas/values/trading'
import { fc } from '#testing/prop'

export const coin = symbolOf('BTC/USDT')
export const linear = symbolOf('BTC/USDT:USDT')
export const inverse = symbolOf('BTC/USD:BTC')
export const markets = [coin, linear, inverse] as const
export const owners = [account, 'second' as AccountId] as const
const sizes = ['1', '0.1', '10'] as const

export type MoneyMove =
  | {
      readonly does: 'fill'
      readonly who: number
      readonly strategy: string
      readonly what: number
      readonly side: 'buy' | 'sell'
      readonly lots: number
      readonly price: number
      readonly fee: number
      readonly inKind: boolean
    }
  | { readonly does: 'flow'; readonly who: number; readonly value: number; readonly coins: boolean }
  | { readonly does: 'fund'; readonly who: number; readonly value: number; readonly coins: boolean }

const one = (most: number) => fc.nat({ max: most - 1 })
export const anyMove: fc.Arbitrary<MoneyMove> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      does: fc.constant('fill' as const),
      who: one(2),
      strategy: fc.constantFrom('alpha', 'beta'),
      what: one(3),
      side: fc.constantFrom('buy' as const, 'sell' as const),
      lots: fc.integer({ min: 1, max: 9 }),
      price: fc.integer({ min: 61, max: 139 }),
      fee: fc.integer({ min: -3, max: 9 }),
      inKind: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant('flow' as const),
      who: one(2),
      value: fc.integer({ min: -40, max: 90 }).filter((value) => value !== 0),
      coins: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant('fund' as const),
      who: one(2),
      value: fc.integer({ min: -7, max: 7 }).filter((value) => value !== 0),
      coins: fc.boolean(),
    }),
  },
)

/** The n-th thing that happens. */
export const eventOf = (n: number, move: MoneyMove): LedgerEvent => {
  const name = owners[move.who] ?? account
  switch (move.does) {
    case 'fill': {
      const symbol = markets[move.what] ?? coin
      const feeIn = symbol === inverse || (symbol === coin && move.inKind) ? 'BTC' : 'USDT'
      return filled(n, {
        account: name,
        strategy: move.strategy,
        symbol,
        side: move.side,
        quantity: (move.lots * (symbol === inverse ? 7 : 0.3)).toFixed(1),
        at: (move.price * 1.01).toFixed(2),
        fee: (move.fee * (feeIn === 'BTC' ? 0.001 : 0.07)).toFixed(3),
        feeIn,
        trade: n,
        contractSize: sizes[move.what] ?? '1',
      })
    }
    case 'flow': {
      const currency = move.coins ? 'BTC' : 'USDT'
      const value = String(Math.abs(move.value))
      return move.value > 0 ? deposited(value, currency, name) : withdrawn(value, currency, name)
    }
    case 'fund':
      return funded(n, String(move.value), move.coins ? 'BTC' : 'USDT', name)
  }
}
/** A book with both accounts, all markets and money. */
export const moneyBook = (limits: Limits = {}): readonly LedgerEvent[] => [
  bookOpened(limits),
  accountOpened('1', owners[0]),
  accountOpened('3', owners[1]),
  ...markets.map((symbol, n) => listed(symbol, {}, sizes[n] ?? '1')),
  deposited('1000', 'USDT', owners[0]),
  deposited('500', 'USDT', owners[1]),
]
/** All markets at so much. */
export const marksOf = (
  [spot = 100, swap = 100, inverted = 100]: readonly number[],
  at: Instant = noon,
): LedgerEvent =>
  marksTaken(
    at,
    markAt(String(spot), at, coin),
    markAt(String(swap), at, linear),
    markAt(String(inverted), at, inverse),
  )
export const anyPrices = fc.tuple(
  fc.integer({ min: 61, max: 139 }),
  fc.integer({ min: 61, max: 139 }),
  fc.integer({ min: 61, max: 139 }),
)
