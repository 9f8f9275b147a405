/** A book that is kept up to date while much happens adds up as one that is first looked at in the end. */
import { expect } from 'vitest'
import { dirtyMost } from '#domain/risk/settling'
import { type Standing, standingsFold } from '#domain/risk/standing'
import { testLog } from '#domain/risk/testing/log'
import { asText } from '#domain/risk/testing/snapshot'
import {
  accepted,
  accountOpened,
  type Asked,
  bookOpened,
  cancelled,
  filled,
  intent,
  listed,
  main,
  markAt,
  marksTaken,
  noon,
  submitted,
  symbolOf,
} from '#domain/risk/testing/words'
import type { LedgerEvent } from '#schemas/events/ledger'
import type { AccountId, Currency, StrategyId } from '#schemas/values/ids'
import type { Scope } from '#schemas/values/trading'
import { fc, prop } from '#testing/prop'

/** More than may wait to be valued. */
const symbols = Array.from({ length: 2 * dirtyMost }, (_, n) =>
  symbolOf(`C${String(n)}/USDT${n % 3 === 0 ? ':USDT' : ''}`),
)
const accounts = ['main', 'second'] as readonly string[] as readonly AccountId[]
const scopes: readonly Scope[] = [
  { strategy: 'alpha' as StrategyId },
  ...accounts.map((account) => ({ account })),
]

const asked: fc.Arbitrary<Asked> = fc
  .record({
    symbol: fc.constantFrom(...symbols),
    account: fc.constantFrom(...accounts),
    strategy: fc.constantFrom('alpha', 'beta'),
    side: fc.constantFrom('buy', 'sell'),
    quantity: fc.constantFrom('1', '2', '0.7'),
    price: fc.constantFrom({}, { at: '98' }, { at: '103.3' }, { stop: '105.1' }),
  })
  .map(({ price, ...rest }) => ({ ...rest, ...price }))
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ does: fc.constant('order'), asked }) },
  {
    weight: 3,
    arbitrary: fc.record({ does: fc.constantFrom('fill', 'end'), which: fc.nat({ max: 40 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant('marks'),
      at: fc.constantFrom('99', '104', '101.7'),
      from: fc.nat({ max: symbols.length }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('look') }) },
)
type Step = typeof step extends fc.Arbitrary<infer Each> ? Each : never

const beginning: readonly LedgerEvent[] = [
  bookOpened(),
  ...accounts.map((name) => accountOpened('3', name)),
  ...symbols.map((symbol) => listed(symbol)),
  marksTaken(noon, ...symbols.slice(2).map((symbol) => markAt('100', noon, symbol))),
]
const eventsOf = (each: Step, orders: Asked[]): readonly LedgerEvent[] => {
  if (each.does === 'look') return []
  if (each.does === 'marks')
    return [
      marksTaken(noon, ...symbols.slice(each.from).map((symbol) => markAt(each.at, noon, symbol))),
    ]
  if (each.does === 'order') {
    const n = orders.push(each.asked)
    return [intent(n, each.asked), submitted(n, each.asked), accepted(n)]
  }
  const order = orders[each.which]
  if (order === undefined) return []
  const n = each.which + 1
  return each.does === 'end' ? [cancelled(n)] : [filled(n, { ...order, quantity: '0.3' })]
}
const shown = ({ exposure }: Standing): string =>
  asText({
    total: exposure.total(),
    symbols: symbols.map((symbol) => [exposure.ofSymbol(symbol), exposure.whole().line(symbol)]),
    funds: accounts.map((account) => exposure.funds(account, 'USDT' as Currency)),
    parts: scopes.map((scope) => {
      const { total, openOrders, places, line } = exposure.of(scope)
      return [total, openOrders, places, symbols.map(line)]
    }),
    open: exposure.openOrders(),
  })

prop(
  'what was added up as it came is what is added up in the end',
  fc.array(step, { minLength: 10, maxLength: 60, size: 'max' }),
  (steps) => {
    const log = testLog()
    const early = standingsFold()
    const late = standingsFold()
    const orders: Asked[] = []
    const tell = (event: LedgerEvent): void => {
      const recorded = log.append(event)
      early.apply(recorded)
      late.apply(recorded)
    }
    beginning.forEach(tell)
    const [kept, fresh] = [early.of(main), late.of(main)]
    if (kept === undefined || fresh === undefined) throw new Error('the book is open')
    shown(kept)
    for (const each of steps) {
      eventsOf(each, orders).forEach(tell)
      if (each.does === 'look') shown(kept)
    }
    expect(shown(kept)).toBe(shown(fresh))
  },
)
