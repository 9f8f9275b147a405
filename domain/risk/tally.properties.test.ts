import { expect } from 'vitest'
import { isHolding } from '#domain/risk/holdings'
import { claimOf } from '#domain/risk/load'
import { outlookIn, outlookWith } from '#domain/risk/outlook'
import { rulesInForce } from '#domain/risk/rules'
import { isRiskEvent, type StandingFold, standingsFold } from '#domain/risk/standing'
import { grossOf, netOf } from '#domain/risk/sums'
import { type Candidate, type Naive, naive } from '#domain/risk/testing/oracle'
import { type TestLog, testLog } from '#domain/risk/testing/log'
import {
  accepted,
  accountOpened,
  type Asked,
  bookOpened,
  btc,
  cancelled,
  filled,
  foreignFill,
  intent,
  lapsed,
  listed,
  main,
  markAt,
  marksTaken,
  noon,
  orderId,
  submitted,
  symbolOf,
  terms,
  unknown,
} from '#domain/risk/testing/words'
import type { RecordedEvent } from '#schemas/envelope'
import type { LedgerEvent } from '#schemas/events/ledger'
import type { RiskEvent } from '#schemas/events/risk'
import type { AccountId, OrderId, StrategyId } from '#schemas/values/ids'
import type { Scope, Terms } from '#schemas/values/trading'
import { fc, prop } from '#testing/prop'

const inverse = symbolOf('BTC/USD:BTC')
const linear = symbolOf('BTC/USDT:USDT')
const symbols = [btc, linear, inverse]
const accounts = ['main', 'second'] as readonly string[] as readonly AccountId[]
const strategies = ['alpha', 'beta'] as readonly string[] as readonly StrategyId[]
/** Every part of the book that these can make, the whole of it among them. */
const scopes: readonly Scope[] = [undefined, ...accounts].flatMap((account) =>
  [undefined, ...strategies].flatMap((strategy) =>
    [undefined, ...symbols].map(
      (symbol): Scope => ({
        ...(account === undefined ? {} : { account }),
        ...(strategy === undefined ? {} : { strategy }),
        ...(symbol === undefined ? {} : { symbol }),
      }),
    ),
  ),
)

const place = fc.record({
  account: fc.constantFrom(...accounts),
  strategy: fc.constantFrom(...strategies),
  symbol: fc.constantFrom(...symbols),
  side: fc.constantFrom('buy', 'sell'),
  quantity: fc.constantFrom('1', '2', '3', '0.7'),
})
const asked: fc.Arbitrary<Asked> = fc
  .record({
    place,
    at: fc.constantFrom('98', '103.3', undefined),
    stop: fc.constantFrom('97', '105.1', undefined, undefined, undefined),
  })
  .map(({ place: where, at, stop }) => ({
    ...where,
    ...(at === undefined ? {} : { at }),
    ...(stop === undefined ? {} : { stop }),
  }))
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ does: fc.constant('order'), asked, becomes: fc.nat({ max: 5 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      does: fc.constant('fill'),
      which: fc.nat({ max: 20 }),
      part: fc.constantFrom('0.3', '0.7', '1'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('foreign'), place }) },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant('mark'),
      symbol: fc.constantFrom(...symbols, symbolOf('BTC/USDT')),
      at: fc.constantFrom('99', '104', '101.7'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant('end'),
      which: fc.nat({ max: 20 }),
      how: fc.constantFrom('cancel', 'lapse'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ does: fc.constant('ask'), which: fc.nat({ max: scopes.length - 1 }) }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('limit') }) },
)
type Step = typeof step extends fc.Arbitrary<infer Each> ? Each : never

const beginning: readonly LedgerEvent[] = [
  bookOpened(),
  ...accounts.map((name) => accountOpened('1', name)),
  listed(btc),
  listed(linear, {}, '0.1'),
  listed(inverse, {}, '10'),
  marksTaken(noon, ...symbols.map((symbol) => markAt('100', noon, symbol))),
]
/** As if somebody had approved it, whatever the limits. */
const approved = (n: number, order: Asked): LedgerEvent => ({
  type: 'OrderApproved',
  orderId: orderId(n),
  book: main,
  rules: rulesInForce.version,
  basis: { count: 0 },
  at: noon,
  clock: noon,
  terms: terms(order),
  reducing: false,
  expiresAt: noon,
  checks: [],
})
const limited = (n: number): LedgerEvent => {
  const opened = bookOpened()
  if (opened.type !== 'BookOpened') throw new Error('a book')
  const { limits } = opened
  return {
    type: 'RiskLimitsSet',
    proposalId: orderId(n) as string as never,
    book: main,
    rules: rulesInForce.version,
    basis: { count: 0 },
    at: noon,
    clock: noon,
    limits,
  }
}
const stages = (n: number, order: Asked, becomes: number): readonly LedgerEvent[] => [
  intent(n, order),
  approved(n, order),
  ...(becomes > 0 ? [submitted(n, order)] : []),
  ...(becomes === 2 || becomes > 3 ? [accepted(n)] : []),
  ...(becomes === 3 ? [unknown(n)] : []),
]

/** What happens next; undefined where nothing can. */
const eventsOf = (each: Step, orders: Map<number, Asked>): readonly LedgerEvent[] => {
  const nth = (which: number) => [...orders][which % Math.max(1, orders.size)]
  switch (each.does) {
    case 'order': {
      const n = orders.size + 1
      orders.set(n, each.asked)
      return stages(n, each.asked, each.becomes)
    }
    case 'fill': {
      const [n, order] = nth(each.which) ?? []
      if (n === undefined || order === undefined) return []
      return [
        filled(n, { ...order, quantity: each.part, at: '100.5', contractSize: sizeOf(order) }),
      ]
    }
    case 'foreign':
      return [foreignFill({ ...each.place, at: '100.25', contractSize: sizeOf(each.place) })]
    case 'mark':
      return [marksTaken(noon, markAt(each.at, noon, each.symbol))]
    case 'end': {
      const [n] = nth(each.which) ?? []
      if (n === undefined) return []
      return [each.how === 'lapse' ? lapsed(n) : cancelled(n, '0.5')]
    }
    case 'limit':
      return [limited(orders.size + 1000)]
    case 'ask':
      return []
  }
}
const sizeOf = ({ symbol }: Asked): string =>
  symbol === inverse ? '10' : symbol === linear ? '0.1' : '1'

/** The same log, if nobody had ever done anything outside the part. */
const within = (scope: Scope, { events }: TestLog): readonly RecordedEvent[] => {
  const inside = new Set<OrderId>()
  return events.flatMap((recorded): readonly RecordedEvent[] => {
    const { event } = recorded
    if (event.type === 'OrderIntentRecorded') {
      if (!isIn(scope, event.terms)) return []
      inside.add(event.orderId)
    } else if (event.type === 'ForeignFillObserved') return isIn(scope, event) ? [recorded] : []
    else if ('orderId' in event && !inside.has(event.orderId)) return []
    return [recorded]
  })
}
const isIn = (scope: Scope, at: Pick<Terms, 'account' | 'strategy' | 'symbol'>): boolean =>
  (scope.account ?? at.account) === at.account &&
  (scope.strategy ?? at.strategy) === at.strategy &&
  (scope.symbol ?? at.symbol) === at.symbol
const naiveIn = (scope: Scope, log: TestLog, candidate?: Candidate): Naive => {
  const inside = within(scope, log)
  const risk = inside.flatMap(({ event }): readonly RiskEvent[] =>
    isRiskEvent(event) ? [event] : [],
  )
  const others = inside.filter(({ stream }) => isHolding(stream)).map(({ event }) => event)
  return naive(main, risk, others, candidate)
}

const scopedRightly = ({ exposure }: StandingFold, log: TestLog): void => {
  // Nothing is left of parts that were asked for under other limits.
  const cells = symbols.flatMap((symbol) => [...exposure.cellsOf(symbol)])
  for (const { shares } of cells) expect(shares.length).toBeLessThanOrEqual(scopes.length)
  for (const scope of scopes) {
    const tally = exposure.of(scope)
    const expected = naiveIn(scope, log)
    expect({
      scope,
      gross: grossOf(tally.total),
      net: netOf(tally.total),
      open: tally.openOrders,
      unknown: tally.unknownOrders,
      symbols: symbols.map((symbol) => netOf(tally.line(symbol).sum)),
    }).toStrictEqual({
      scope,
      gross: expected.gross,
      net: expected.net,
      open: expected.openOrders,
      unknown: expected.unknownOrders,
      symbols: symbols.map((symbol) => expected.positionNotional(symbol)),
    })
  }
}
const orderedRightly = ({ exposure }: StandingFold, log: TestLog, order: Asked): void => {
  const asOrdered = terms(order)
  const mark = markAt('102.9', noon, asOrdered.symbol)
  for (const scope of scopes) {
    if (!isIn(scope, asOrdered)) continue
    const pricing = exposure.pricing(asOrdered, mark.price)
    const claim = claimOf(asOrdered, asOrdered.quantity)
    const seen = { cell: exposure.cell(asOrdered), mark: mark.price, pricing }
    const { own } = outlookWith(exposure, asOrdered, claim, seen)
    const outlook = outlookIn(exposure, exposure.of(scope), asOrdered, claim, { ...seen, own })
    const expected = naiveIn(scope, log, { terms: asOrdered, mark })
    expect({ scope, ...outlook }).toStrictEqual({
      scope,
      positionQuantity: expected.positionQuantity(asOrdered.symbol),
      positionNotional: expected.positionNotional(asOrdered.symbol),
      gross: expected.gross,
      net: expected.net,
      openOrders: expected.openOrders,
      unknownOrders: expected.unknownOrders,
      spokenFor: undefined,
    })
  }
}

const history = fc.record({
  steps: fc.array(step, { minLength: 8, maxLength: 25, size: 'max' }),
  asked,
})
/** In parts that end in time on a busy machine. */
for (const part of ['first', 'second', 'third', 'fourth'])
  prop(
    `what a part of a book adds up to is what naive recomputation over its events alone says, ${part} part`,
    history,
    ({ steps, asked: next }) => {
      const log = testLog()
      const standings = standingsFold()
      const tell = (event: LedgerEvent): void => {
        standings.apply(log.append(event))
      }
      beginning.forEach(tell)
      const standing = standings.of(main)
      if (standing === undefined) throw new Error('the book is open')
      const orders = new Map<number, Asked>()
      for (const each of steps) {
        eventsOf(each, orders).forEach(tell)
        // Some parts are asked for early, and have to go along; the others are added up at the end.
        const scope = each.does === 'ask' ? scopes[each.which] : undefined
        if (scope !== undefined) standing.exposure.of(scope)
      }
      scopedRightly(standing, log)
      orderedRightly(standing, log, next)
    },
    { numRuns: 60 },
  )
