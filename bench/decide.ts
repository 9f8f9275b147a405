/** T10: deciding alone, with 10,000 open orders over 500 symbols: each decision folded before the next one. */
import { performance } from 'node:perf_hooks'
import * as E from 'fp-ts/lib/Either.js'
import { decide, type Question } from '#domain/risk/decide'
import { type StandingFold, standingsFold } from '#domain/risk/standing'
import { openDayIfDue } from '#domain/risk/testing/day-words'
import { opening } from '#domain/risk/testing/desk-of'
import { streamOf } from '#domain/risk/testing/log'
import { settledAt } from '#domain/risk/testing/venue-words'
import {
  accepted,
  accountOpened,
  amount,
  type Asked,
  deposited,
  intent,
  listed,
  main,
  markAt,
  marksTaken,
  noon,
  orderId,
  price,
  quantity,
  refused,
  submitted,
  symbolOf,
} from '#domain/risk/testing/words'
import { uuidOf } from '#domain/testing/fixed'
import type { RecordedEvent } from '#schemas/envelope'
import type { LedgerEvent } from '#schemas/events/ledger'
import type { OrderApproved } from '#schemas/events/risk'
import type { StreamName } from '#schemas/streams'
import { formatDecimal, type Price, placesOfQuantity } from '#schemas/values/decimal'
import type { AccountId, CorrelationId, MarketSymbol, Nonce, StrategyId } from '#schemas/values/ids'
import type { LimitOverride, Limits, Mark } from '#schemas/values/trading'
import {
  atMost,
  figure,
  type Figure,
  percentile,
  repetitions,
  type Result,
  spreadOf,
} from './harness.ts'

const openOrders = 10_000
const batch = 100
const symbols = Array.from({ length: 500 }, (_, n) =>
  symbolOf(`C${String(n)}/USDT${n % 2 === 0 ? '' : ':USDT'}`),
)
const first = symbolOf('C0/USDT')
const accounts = ['main', 'second', 'third', 'fourth'] as readonly string[] as readonly AccountId[]
const strategies = ['manual', 'alpha', 'beta', 'gamma', 'delta']

interface Desk {
  readonly standing: StandingFold
  /** As the log would have it next; it is not kept. */
  readonly next: <Event extends LedgerEvent>(event: Event) => RecordedEvent<Event>
  readonly apply: (recorded: RecordedEvent) => void
  asked: number
}

const wide = amount('1000000000000')
const limitsWith = (overrides: readonly LimitOverride[]): Limits => ({
  maxOrderNotional: wide,
  maxPositionNotional: wide,
  maxGrossExposure: wide,
  maxNetExposure: wide,
  maxOpenOrders: 1_000_000,
  maxOrdersPerSecond: 10_000_000,
  maxOrdersPerMinute: 10_000_000,
  maxOrdersPerHour: 10_000_000,
  maxDailyLoss: wide,
  maxDrawdown: quantity('1') as bigint as NonNullable<Limits['maxDrawdown']>,
  ...(overrides.length === 0 ? {} : { overrides }),
})
/** One limit for each account, strategy and symbol: three of them bind each order. */
const everywhere: readonly LimitOverride[] = [
  ...accounts.map((account) => ({ account, maxGrossExposure: wide })),
  ...strategies.map((strategy) => ({ strategy: strategy as StrategyId, maxGrossExposure: wide })),
  ...symbols.map((symbol) => ({ symbol, maxPositionNotional: wide })),
]

/** Spot and contracts; seven in ten limit orders, two market orders, one stop. */
const orderOf = (n: number): Asked => {
  const symbol = symbols[n % symbols.length] ?? first
  const place = Math.floor(n / symbols.length) % accounts.length
  const isShort = place % 2 === 1 && symbol.includes(':')
  return {
    symbol,
    account: accounts[place] ?? ('main' as AccountId),
    // The venue nets the strategies of an account in a contract: they may not stand against each other there.
    strategy: strategies[(n % 7) % strategies.length] ?? 'manual',
    side: isShort ? 'sell' : 'buy',
    quantity: formatDecimal(quantity('0.1') * BigInt(1 + (n % 9)), placesOfQuantity),
    ...pricesOf(n, isShort),
  }
}
const pricesOf = (n: number, isShort: boolean): Partial<Asked> => {
  const away = isShort ? 10 : 0
  if (n % 10 < 7) return { at: `${String(90 + away + (n % 10))}.5` }
  return n % 10 < 9 ? {} : { stop: String(isShort ? 99 - (n % 9) : 102 + (n % 9)) }
}
/** All in one account and symbol, at two thousand prices. */
const stopOf = (n: number): Asked => ({
  symbol: first,
  quantity: formatDecimal(quantity('0.1') + quantity('0.001') * BigInt(n % 97), placesOfQuantity),
  stop: `${String(101 + (n % 211))}.${String(n % 10)}`,
})
/** A market that moves with every order. */
const markNow = (symbol: MarketSymbol, n: number): Mark => ({
  symbol,
  price: (price('100') + BigInt(n % 41) * 10n ** 16n) as Price,
  at: noon,
})

const furnished = (orders: readonly Asked[], overrides: readonly LimitOverride[]): Desk => {
  const standings = standingsFold()
  const revisions = new Map<StreamName, bigint>()
  let events = 0
  const desk = {
    asked: 0,
    next: <Event extends LedgerEvent>(event: Event): RecordedEvent<Event> => {
      events += 1
      const stream = streamOf(event)
      const revision = (revisions.get(stream) ?? -1n) + 1n
      revisions.set(stream, revision)
      const position = BigInt(events)
      return {
        event,
        stream,
        revision,
        position,
        recordedAt: noon,
        metadata: metadataOf(event, events),
      }
    },
    apply: (recorded: RecordedEvent): void => {
      const forked = standings.apply(recorded)
      if (forked !== undefined) throw new Error(forked.found)
    },
  }
  const beginning = [
    ...opening(limitsWith(overrides)),
    ...accounts.flatMap((name) => [
      accountOpened('1', name),
      deposited('1000000000', 'USDT', name),
      ...settledAt(name),
    ]),
    ...symbols.map((symbol) => listed(symbol, everyType)),
    marksTaken(noon, ...symbols.map((symbol) => markAt('100', noon, symbol))),
  ]
  for (const event of beginning) desk.apply(desk.next(event))
  const standing = standings.of(main)
  if (standing === undefined) throw new Error('the book is open')
  openDayIfDue(standing, noon, (event) => desk.apply(desk.next(event)))
  const open = { ...desk, standing }
  for (const asked of orders) placed(open, asked)
  return open
}
const everyType = { orderTypes: ['market', 'limit', 'stop', 'stopLimit'] } as const
const metadataOf = (event: LedgerEvent, n: number): RecordedEvent['metadata'] => ({
  id: uuidOf(n),
  type: event.type,
  version: 1,
  correlationId: uuidOf<CorrelationId>(1),
  actor: { app: 'bench' },
  occurredAt: noon,
  nonce: '0'.repeat(32) as Nonce,
})
const tell = ({ next, apply }: Desk, event: LedgerEvent): void => apply(next(event))
const placed = (desk: Desk, asked: Asked): void => {
  const mark = markAt('100', noon, asked.symbol)
  tell(desk, approvalOf(desk.standing, questionOf(desk, asked, mark)))
  tell(desk, submitted(desk.asked, asked))
  tell(desk, accepted(desk.asked))
}
const questionOf = (desk: Desk, asked: Asked, mark: Mark): Question => {
  desk.asked += 1
  tell(desk, intent(desk.asked, asked))
  const order = desk.standing.holdings.order(orderId(desk.asked))
  if (order === undefined) throw new Error('it was asked for')
  return { intent: order.intent.event, mark, clock: noon }
}
const approvalOf = (standing: StandingFold, question: Question): OrderApproved => {
  const decision = decide(standing, question)
  if (E.isLeft(decision)) throw new Error(decision.left._tag)
  const [decided] = decision.right
  if (decided?.type === 'OrderApproved') return decided
  throw new Error(decided === undefined ? 'nothing was decided' : decided.reason.message)
}

interface Run {
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
}
/**
 * Decided a hundred at a time, as the guard does it: each is entered before the next one is decided upon, then all
 * are confirmed, and come back from the log. They are ended again unmeasured, so that as many stay open.
 */
const run = (desk: Desk, orderAt: (n: number) => Asked, batches: number): Run => {
  const { standing } = desk
  const took: number[] = []
  let spent = 0
  for (let round = 0; round < batches; round += 1) {
    const questions = Array.from({ length: batch }, (_, n) => {
      const asked = orderAt(round * batch + n)
      return questionOf(desk, asked, markNow(asked.symbol ?? first, round * batch + n))
    })
    const events: OrderApproved[] = []
    const begun = performance.now()
    let last = begun
    for (const question of questions) {
      const event = approvalOf(standing, question)
      standing.enter(event)
      events.push(event)
      const now = performance.now()
      took.push((now - last) * 1000)
      last = now
    }
    spent += last - begun
    const recorded = events.map((event) => desk.next(event))
    const entered = performance.now()
    standing.confirm(recorded)
    recorded.forEach(desk.apply)
    spent += performance.now() - entered
    for (const { orderId: id } of events) tell(desk, { ...end, orderId: id })
  }
  const perSecond = (batches * batch) / (spent / 1000)
  return { perSecond, p50: percentile(took, 0.5), p99: percentile(took, 0.99) }
}
const end = refused(0) as Extract<LedgerEvent, { readonly type: 'OrderRefused' }>

interface Setting {
  readonly what: string
  readonly orders: readonly Asked[]
  readonly overrides: readonly LimitOverride[]
  readonly orderAt: (n: number) => Asked
  readonly batches: number
}
const many = Array.from({ length: openOrders }, (_, n) => orderOf(n))
const stops = Array.from({ length: openOrders / 2 }, (_, n) => stopOf(n))
const settings: readonly Setting[] = [
  { what: 'plain', orders: many, overrides: [], orderAt: orderOf, batches: 200 },
  { what: 'overrides', orders: many, overrides: everywhere, orderAt: orderOf, batches: 100 },
  { what: 'stops', orders: stops, overrides: [], orderAt: stopOf, batches: 50 },
]
interface Measured {
  readonly perSecond: Figure['value']
  readonly p50: Figure['value']
  readonly p99: Figure['value']
}
/** The first run is not counted: what is compiled while it runs is measured in the others. */
export const measured = ({ orders, overrides, orderAt, batches }: Setting): Measured => {
  const desk = furnished(orders, overrides)
  run(desk, orderAt, batches)
  const runs = Array.from({ length: repetitions }, () => run(desk, orderAt, batches))
  return {
    perSecond: spreadOf(runs.map(({ perSecond }) => perSecond)),
    p50: spreadOf(runs.map(({ p50 }) => p50)),
    p99: spreadOf(runs.map(({ p99 }) => p99)),
  }
}

export const decideResults = (): Promise<readonly Result[]> => {
  const [plain, overridden, stopped] = settings.map(measured)
  if (plain === undefined || overridden === undefined || stopped === undefined)
    throw new Error('three settings')
  const ours = figure('10,000 open orders, 500 symbols', 'decisions/s', plain.perSecond)
  const p99 = figure('p99', 'µs', plain.p99)
  return Promise.resolve([
    {
      target: 'T10',
      what: 'risk decision alone, folded before the next one',
      ours,
      limits: [
        figure('our p50', 'µs', plain.p50),
        p99,
        figure('with 509 overrides, three on each order', 'decisions/s', overridden.perSecond),
        figure('p99 with those', 'µs', overridden.p99),
        figure('5,000 stops in one account and symbol', 'decisions/s', stopped.perSecond),
        figure('p99 with those', 'µs', stopped.p99),
      ],
      goals: [
        {
          says: '≥ 100,000 decisions/s',
          reached: Math.round(plain.perSecond.median).toLocaleString('en-US'),
          met: plain.perSecond.median >= 100_000,
        },
        atMost(20, p99),
      ],
    },
  ])
}
