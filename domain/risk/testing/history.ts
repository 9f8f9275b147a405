/**
 * Generated histories of a book: an API, a market, a venue and two guards that each fold the log at a pace of
 * their own. What is generated is only who does what next; what that means depends on the log as it stands, so
 * that every history is one that could happen.
 */
import type { Marks } from '#domain/market/marks'
import { decideNow, type Guard, guardOf, readOn } from '#domain/risk/testing/guard'
import type { History, Step } from '#domain/risk/testing/steps'
import { type TestLog, testLog } from '#domain/risk/testing/log'
import {
  account,
  accountOpened,
  amount,
  bookOpened,
  btc,
  deposited,
  engaged,
  foreignFill,
  intent,
  listed,
  main,
  markAt,
  noon,
  price,
  quantity,
  symbolOf,
} from '#domain/risk/testing/words'
import { moveOf } from '#domain/risk/testing/venue'
import { plusMs } from '#domain/values/instant'
import type { LedgerEvent } from '#schemas/events/ledger'
import type { Limits, Mark } from '#schemas/values/trading'
import { formatDecimal, placesOfQuantity } from '#schemas/values/decimal'
import type { BookId, MarketSymbol, StrategyId } from '#schemas/values/ids'

export const symbols = ['BTC/USDT', 'BTC/USDT:USDT', 'BTC/USD:BTC', 'ETH/BTC'].map(symbolOf)
export const accounts = [account, 'second' as typeof account] as const
const elsewhere = 'elsewhere' as typeof account
const otherBook = 'other' as BookId
/** What one contract or coin costs at first, and the smallest quantity. */
const scales: Readonly<Record<string, { readonly price: string; readonly lot: string }>> = {
  'BTC/USDT': { price: '100', lot: '0.1' },
  'BTC/USDT:USDT': { price: '100', lot: '1' },
  'BTC/USD:BTC': { price: '100', lot: '1' },
  'ETH/BTC': { price: '0.05', lot: '1' },
}

export interface Played {
  readonly log: TestLog
  readonly guards: readonly Guard[]
}

/** Plays a history; `watch` sees the log after each event. Throws where a withdrawn batch leaves anything behind. */
export const play = ({ limits: of, steps }: History, watch: (log: TestLog) => void): Played => {
  const log = testLog()
  let now = noon
  let orders = 0
  let trades = 0
  const marks = new Map<MarketSymbol, Mark>()
  const append = (event: LedgerEvent): void => {
    log.append(event, now)
    watch(log)
  }
  const guards = [guardOf(), guardOf()]
  furnish(of).forEach(append)
  for (const symbol of symbols) marks.set(symbol, markAt(offBy(symbol, 0), now, symbol))
  const heard: Marks = { markOf: (symbol) => marks.get(symbol), symbols: () => [...marks.keys()] }
  const placeOf = (who: number, what: number) => {
    const symbol = symbols[what % symbols.length] ?? btc
    return {
      account: who % 3 === 2 ? elsewhere : (accounts[who % 2] ?? account),
      book: who % 3 === 2 ? otherBook : main,
      strategy: who < 4 ? 'manual' : 'robot',
      symbol,
    }
  }
  const quantityText = (symbol: MarketSymbol, n: number): string =>
    formatDecimal(quantity(scales[symbol]?.lot ?? '1') * BigInt(n), placesOfQuantity)
  const take = (each: Step): void => {
    switch (each.does) {
      case 'ask': {
        const place = placeOf(each.who % 2 === 0 ? each.who % 4 : 5, each.what)
        orders += 1
        const asked = {
          ...place,
          account: each.who % 2 === 0 ? accounts[0] : accounts[1],
          book: main,
          side: each.side,
          quantity: quantityText(place.symbol, each.lots),
          decideBy: plusMs(now, each.lives),
        }
        const { off } = each
        return append(
          intent(orders, off === undefined ? asked : { ...asked, at: offBy(place.symbol, off) }),
        )
      }
      case 'tick': {
        const symbol = symbols[each.what] ?? btc
        marks.set(symbol, markAt(offBy(symbol, each.off), now, symbol))
        return
      }
      case 'wait':
        now = plusMs(now, each.ms)
        return
      case 'read':
        return readOn(guards[each.guard], log, each.events)
      case 'decide':
        if (each.readsFirst) readOn(guards[each.guard], log, Infinity)
        return decideNow(guards[each.guard], log, heard, now, append)
      case 'venue': {
        trades += 1
        for (const event of moveOf(log, each, trades)) append(event)
        return
      }
      case 'foreign': {
        const place = placeOf(each.who, each.what)
        trades += 1
        const base = place.symbol.split('/')[0] ?? ''
        return append(
          foreignFill({
            ...place,
            strategy: 'unassigned',
            side: each.side,
            quantity: quantityText(place.symbol, each.lots),
            at: offBy(place.symbol, 1),
            trade: trades,
            contractSize: sizeOf(place.symbol),
            ...(each.inKind ? { feeIn: base, fee: '0.001' } : { fee: '0.01' }),
          }),
        )
      }
      case 'deposit':
        return append(
          deposited(each.coins ? '1' : '500', each.coins ? 'BTC' : 'USDT', accounts[each.who]),
        )
      case 'engage': {
        const scopes = [
          {},
          { symbol: btc },
          { account: accounts[0] },
          { strategy: 'robot' as StrategyId },
        ] as const
        return append(engaged(each.n, each.halt ? 'halt' : 'reduce', scopes[each.scope] ?? {}))
      }
    }
  }
  steps.forEach(take)
  return { log, guards }
}

const furnish = (of: Limits): readonly LedgerEvent[] => [
  bookOpened(of),
  accountOpened('1', accounts[0]),
  accountOpened('3', accounts[1]),
  accountOpened('1', elsewhere, otherBook),
  ...symbols.map((symbol) => {
    const { lot = '1' } = scales[symbol] ?? {}
    const some = {
      tickSize: price('0.0001'),
      lotSize: quantity(lot),
      quantityMin: quantity(lot),
      notionalMin: amount('0'),
    }
    return listed(symbol, some, sizeOf(symbol))
  }),
  deposited('600', 'USDT', accounts[0]),
  deposited('600', 'USDT', accounts[1]),
  deposited('5', 'BTC', accounts[0]),
  deposited('10', 'BTC', accounts[1]),
]

const sizeOf = (symbol: MarketSymbol): string =>
  symbol === 'BTC/USD:BTC' ? '10' : symbol === 'BTC/USDT:USDT' ? '0.1' : '1'
/** So many per cent off the first price. */
const offBy = (symbol: MarketSymbol, percent: number): string => {
  const first: bigint = price(scales[symbol]?.price ?? '1')
  return formatDecimal((first * BigInt(100 + percent)) / 100n, placesOfQuantity)
}

/** How many events every history begins with. */
export const furnished = furnish({}).length
