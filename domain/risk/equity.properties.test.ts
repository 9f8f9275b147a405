import { expect } from 'vitest'
import { equityOf, figuresOf, totalOf, type Value, worthIn } from '#domain/books/valuation'
import { lossOf } from '#domain/risk/loss'
import { type StandingFold, standingsFold } from '#domain/risk/standing'
import { watchBook } from '#domain/risk/testing/day-words'
import { testLog } from '#domain/risk/testing/log'
import {
  anyMove,
  anyPrices,
  eventOf,
  marksOf,
  type MoneyMove,
  moneyBook,
} from '#domain/risk/testing/money-moves'
import { later, main } from '#domain/risk/testing/words'
import { standOf, wealthOf } from '#domain/risk/wealth'
import { foldAll } from '#projections/fold'
import { ledgers } from '#projections/ledgers'
import { abs } from '#domain/values/decimal'
import type { LedgerEvent } from '#schemas/events/ledger'
import type { Currency } from '#schemas/values/ids'
import { fc, prop } from '#testing/prop'

const usdt = 'USDT' as Currency

const bookOf = (...beginning: readonly LedgerEvent[]) => {
  const log = testLog()
  const standings = standingsFold()
  const happen = (event: LedgerEvent): void => {
    const forked = standings.apply(log.append(event))
    if (forked !== undefined) throw new Error(forked.found)
  }
  beginning.forEach(happen)
  const standing = (): StandingFold => {
    const found = standings.of(main)
    if (found === undefined) throw new Error('no book')
    return found
  }
  return { log, happen, standing }
}
/** What the read models make of the same log at the same marks. */
const shownEquity = ({ log, standing }: ReturnType<typeof bookOf>): Value => {
  const rows = [...foldAll(ledgers, log.events).changed.values()]
  const now = rows.filter(({ until }) => until === undefined)
  const markOf = (symbol: Parameters<StandingFold['desk']['markOf']>[0]) =>
    standing().desk.markOf(symbol)?.price
  return equityOf(figuresOf(now, markOf), worthIn(usdt, markOf))
}

prop(
  'is to the last digit what the read models show at the same marks',
  fc.record({
    isPriced: fc.boolean(),
    steps: fc.array(fc.tuple(anyMove, fc.option(anyPrices, { nil: undefined })), { maxLength: 25 }),
  }),
  ({ isPriced, steps }) => {
    const book = bookOf(...moneyBook())
    if (isPriced) book.happen(marksOf([100, 101, 102]))
    for (const [n, [move, prices]] of steps.entries()) {
      book.happen(eventOf(n, move))
      if (prices !== undefined && isPriced) book.happen(marksOf(prices))
      // Every other time nobody asks, so that more than one change is looked at together.
      if (n % 2 === 0) expect(book.standing().equity.worth()).toBe(shownEquity(book))
    }
    expect(book.standing().equity.worth()).toBe(shownEquity(book))
  },
)

prop(
  'money that comes in or goes out changes neither the PnL of the day nor how far it is below the highest',
  fc.array(fc.tuple(anyMove, anyPrices, fc.boolean()), { minLength: 1, maxLength: 25 }),
  (steps) => {
    const book = bookOf(...moneyBook(), marksOf([100, 100, 100]))
    const watch = (ms: number): void =>
      watchBook(book.standing(), later(ms), (event) => book.happen(event))
    watch(0)
    for (const [n, [move, prices, isWatched]] of steps.entries()) {
      const ms = n * 6000
      const below = (): readonly bigint[] => {
        const stand = standOf(book.standing(), wealthOf(book.standing(), later(ms)), later(ms))
        if (stand === undefined) throw new Error('everything has a mark, and the day is open')
        return [lossOf(stand), stand.highWater - stand.equity]
      }
      book.happen(marksOf(prices, later(ms)))
      if (isWatched) watch(ms)
      const before = below()
      book.happen(eventOf(n, move))
      if (move.does !== 'flow') continue
      // A coin is converted apart from those that were there: the last digit may be another.
      const same = (after: readonly bigint[]): void => {
        for (const [at, each] of after.entries())
          expect(abs(each - (before[at] ?? 0n))).toBeLessThanOrEqual(move.coins ? 2n : 0n)
      }
      same(below())
      watch(ms)
      expect(wealthOf(book.standing(), later(ms)).flows).toStrictEqual([])
      same(below())
    }
  },
)

prop(
  'less what came in and went out it is what was made: realised, unrealised, fees and funding',
  fc.array(fc.tuple(anyMove, anyPrices), { minLength: 1, maxLength: 20 }),
  (steps) => {
    const book = bookOf(...moneyBook(), marksOf([100, 100, 100]))
    for (const [n, [move, prices]] of steps.entries()) {
      book.happen(eventOf(n, oneCurrency(move)))
      book.happen(marksOf(prices))
    }
    const rows = [...foldAll(ledgers, book.log.events).changed.values()].filter(
      ({ until }) => until === undefined,
    )
    const markOf = (symbol: Parameters<StandingFold['desk']['markOf']>[0]) =>
      book.standing().desk.markOf(symbol)?.price
    const { realised, unrealised, fees, funding, transfers } = figuresOf(rows, markOf)
    const in_ = (values: ReadonlyMap<Currency, Value>): Value => values.get(usdt) ?? (0n as Value)
    const paid = in_(fees)
    const made = totalOf([
      in_(realised),
      in_(unrealised),
      paid === undefined ? undefined : ((0n - paid) as Value),
      in_(funding),
    ])
    expect(book.standing().equity.worth()).toBe(totalOf([made, in_(transfers)]))
    const brought = book.standing().holdings.money(main).brought.get(usdt)
    expect(brought).toBe(in_(transfers))
  },
)
/** Everything in the book's own currency. */
const oneCurrency = (move: MoneyMove): MoneyMove => {
  if (move.does === 'fill') return { ...move, what: move.what % 2, inKind: false }
  return { ...move, coins: false }
}
