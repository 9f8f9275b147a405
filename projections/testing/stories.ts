/** Logs for tests of read models: a few accounts that trade, told sensibly or in any order. */
import { instruments } from '#domain/testing/fills'
import { instant, uuidOf } from '#domain/testing/fixed'
import { plusMs } from '#domain/values/instant'
import type { ProposedEvent, RecordedEvent } from '#schemas/envelope'
import type { EventNamed, LedgerEvent } from '#schemas/events/ledger'
import { orderStream, riskStream, type StreamName, venueStream } from '#schemas/streams'
import { type Amount, parseDecimal, type Price, type Quantity } from '#schemas/values/decimal'
import type {
  AccountId,
  BookId,
  BreakId,
  ClientOrderId,
  Code,
  CorrelationId,
  EventId,
  KillSwitchId,
  Line,
  MarketSymbol,
  Nonce,
  OrderId,
  PersonId,
  Sha256,
  StrategyId,
  TradeId,
  VenueId,
  VenueOrderId,
} from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'
import type { InstrumentTerms, Reason, Side, Terms } from '#schemas/values/trading'

export const started = instant('2026-01-05T09:00:00.123456Z')
export const venue = 'paper' as VenueId
export const book = 'main' as BookId

export const account = (n: number): AccountId =>
  (n === 0 ? 'main' : `desk_${String(n)}`) as AccountId
export const strategy = (n: number): StrategyId => ['manual', 'grid', 'arb'][n % 3] as StrategyId
const markets: readonly (readonly [string, InstrumentTerms])[] = [
  ['BTC/USDT', instruments.spot],
  ['BTC/USDT:USDT', instruments.linear],
  ['BTC/USD:BTC', instruments.inverse],
]
export const market = (n: number): readonly [MarketSymbol, InstrumentTerms] =>
  (markets[n % markets.length] ?? ['BTC/USDT', instruments.spot]) as [MarketSymbol, InstrumentTerms]

export const orderId = (n: number): OrderId => uuidOf<OrderId>(0xa0_0000_0000 + n)

/** A fact, the stream it belongs to, and when its writer says that it happened, where that matters. */
export interface Told {
  readonly stream: StreamName
  readonly event: LedgerEvent
  readonly at?: Instant
}
/** What one order asks for; the number decides who, what and which way. */
export interface Asked {
  readonly n: number
  readonly side: Side
  readonly quantity: Quantity
}
export const termsOf = ({ n, side, quantity }: Asked): Terms => ({
  account: account(n % 2),
  strategy: strategy(n),
  venue,
  symbol: market(n >> 1)[0],
  side,
  orderType: n % 4 === 0 ? 'market' : 'limit',
  quantity,
  timeInForce: n % 4 === 0 ? 'ioc' : 'gtc',
  postOnly: false,
  reduceOnly: false,
  ...(n % 4 === 0 ? {} : { limitPrice: fixed('64000.5') as Price }),
})

export const fixed = (text: string, places = 18): bigint => {
  const parsed = parseDecimal(text, places)
  if (parsed._tag === 'Left') throw new Error(`not a decimal: ${text}`)
  return parsed.right
}
const reason = (code: string): Reason => ({
  code: code as Code,
  message: `It is so: ${code}.` as Line,
})
export const report = {
  venueAt: started,
  receivedAt: plusMs(started, 1),
  payloadHash: 'ab'.repeat(32) as Sha256,
}
const decided = {
  book,
  rules: 1,
  basis: { count: 3, eventId: uuidOf<EventId>(7) },
  at: started,
  clock: started,
}
const zero = 0n as Quantity

/** Everything that may be said of an order, each by its name. */
export const sayings = {
  intent: (asked: Asked): LedgerEvent => ({
    type: 'OrderIntentRecorded',
    orderId: orderId(asked.n),
    book,
    terms: termsOf(asked),
    decideBy: plusMs(started, 5_000),
    ...(asked.n % 3 === 0 ? { clientTag: 'tag "é"' as Line } : {}),
  }),
  approved: (asked: Asked): LedgerEvent => ({
    type: 'OrderApproved',
    orderId: orderId(asked.n),
    ...decided,
    terms: termsOf(asked),
    reducing: false,
    expiresAt: plusMs(started, 5_000),
    checks: [['orderNotional' as Code, '32000', '50000']],
    mark: { symbol: market(asked.n >> 1)[0], price: fixed('64000') as Price, at: started },
  }),
  denied: ({ n }: Asked): LedgerEvent => ({
    type: 'OrderDenied',
    orderId: orderId(n),
    ...decided,
    reducing: false,
    reason: reason('orderNotional'),
    checks: [
      {
        code: 'orderNotional' as Code,
        outcome: 'failed',
        unit: 'USDT',
        message: 'Too much.' as Line,
        observed: '60000',
        limit: '50000',
      },
    ],
  }),
  submitted: (asked: Asked): LedgerEvent => ({
    type: 'OrderSubmissionStarted',
    orderId: orderId(asked.n),
    clientOrderId: orderId(asked.n).replaceAll('-', '') as ClientOrderId,
    approvalId: uuidOf<EventId>(9),
    terms: termsOf(asked),
    riskRevision: 4n,
    sendBy: plusMs(started, 2_000),
  }),
  accepted: ({ n }: Asked): LedgerEvent => ({
    type: 'OrderAccepted',
    orderId: orderId(n),
    venueOrderId: `v${String(n)}` as VenueOrderId,
    ...report,
  }),
  refused: ({ n }: Asked): LedgerEvent => ({
    type: 'OrderRefused',
    orderId: orderId(n),
    reason: reason('notAtVenue'),
  }),
  unknown: ({ n }: Asked): LedgerEvent => ({
    type: 'OrderOutcomeUnknown',
    orderId: orderId(n),
    reason: reason('venueSilent'),
  }),
  found: ({ n }: Asked): LedgerEvent => ({
    type: 'OrderOutcomeResolved',
    orderId: orderId(n),
    found: 'present',
    evidence: ['openOrders' as Code],
    askedAt: started,
  }),
  cancelAsked: ({ n }: Asked): LedgerEvent => ({
    type: 'OrderCancelRequested',
    orderId: orderId(n),
  }),
  killed: ({ n }: Asked): LedgerEvent => ({
    type: 'OrderCancelRequested',
    orderId: orderId(n),
    killSwitchId: uuidOf<KillSwitchId>(7),
  }),
  cancelRefused: ({ n }: Asked): LedgerEvent => ({
    type: 'OrderCancelRefused',
    orderId: orderId(n),
    reason: reason('venueRefused'),
  }),
  cancelled: ({ n }: Asked): LedgerEvent => ({
    type: 'OrderCancelled',
    orderId: orderId(n),
    filledTotal: zero,
    ...report,
  }),
  expired: ({ n }: Asked): LedgerEvent => ({
    type: 'OrderExpired',
    orderId: orderId(n),
    filledTotal: zero,
    ...report,
  }),
  lapsed: ({ n }: Asked): LedgerEvent => ({
    type: 'OrderLapsed',
    orderId: orderId(n),
    reason: reason('approvalExpired'),
  }),
  odd: ({ n }: Asked): LedgerEvent => ({
    type: 'OrderAnomalyObserved',
    orderId: orderId(n),
    anomaly: 'overfill' as Code,
    detail: 'More than was asked.' as Line,
  }),
} as const
export type Saying = keyof typeof sayings

export const fillOf = (
  asked: Asked,
  part: { readonly quantity: Quantity; readonly price: Price; readonly trade: number },
): EventNamed<'OrderFilled'> => {
  const terms = termsOf(asked)
  const [, instrument] = market(asked.n >> 1)
  const feeCurrency = asked.n % 5 === 0 ? instrument.base : instrument.settle
  return {
    type: 'OrderFilled',
    orderId: orderId(asked.n),
    book,
    account: terms.account,
    strategy: terms.strategy,
    venue,
    symbol: terms.symbol,
    side: terms.side,
    tradeId: `t${String(part.trade)}` as TradeId,
    quantity: part.quantity,
    price: part.price,
    fee: { currency: feeCurrency, amount: (10n ** 15n * 10n ** 18n) as Amount },
    liquidity: 'taker',
    instrument,
    ...report,
  }
}

/** A trade that nobody here asked for. */
export const foreign = (asked: Asked, trade: number, price: Price): Told => {
  const {
    type: _type,
    orderId: _order,
    ...fill
  } = fillOf(asked, {
    quantity: asked.quantity,
    price,
    trade,
  })
  return {
    stream: venueStream(venue, fill.account),
    event: {
      type: 'ForeignFillObserved',
      venueOrderId: 'v?' as VenueOrderId,
      breakId: uuidOf<BreakId>(11),
      ...fill,
      strategy: 'unassigned' as StrategyId,
    },
  }
}
export const said = (name: Saying, asked: Asked): Told => ({
  stream:
    name === 'approved' || name === 'denied' ? riskStream(book) : orderStream(orderId(asked.n)),
  event: sayings[name](asked),
})

/** In an envelope of its own; the n-th event has the n-th id. */
export const enveloped = (told: Told, n: number): ProposedEvent => ({
  event: told.event,
  metadata: {
    id: uuidOf<EventId>(n + 1),
    type: told.event.type,
    version: 1,
    correlationId: uuidOf<CorrelationId>(1),
    actor: { app: 'api', person: 'owner' as PersonId },
    occurredAt: told.at ?? ((started + n * 1001) as Instant),
    nonce: n.toString(16).padStart(32, '0') as Nonce,
  },
})
/** As a log would give them back. */
export const recorded = (story: readonly Told[]): readonly RecordedEvent[] => {
  const next = new Map<StreamName, bigint>()
  return story.map((told, n) => {
    const revision = next.get(told.stream) ?? 0n
    next.set(told.stream, revision + 1n)
    return {
      ...enveloped(told, n),
      position: BigInt(n + 1),
      stream: told.stream,
      revision,
      recordedAt: (started + n * 1001 + 500) as Instant,
    }
  })
}
