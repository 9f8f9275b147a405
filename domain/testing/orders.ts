/** One order for tests, in domain words: a buy of 1 BTC at 60,000 on paper, and what may be said of it. */
import type {
  Approval,
  LapseOrder,
  RecordIntent,
  ReportAccepted,
  ReportCancelled,
  ReportExpired,
  ReportFill,
  ResolveAbsent,
  StartSubmission,
} from '#domain/order/commands'
import { clientOrderIdOf } from '#domain/order/order'
import { instant, uuidOf } from '#domain/testing/fixed'
import { plusMs } from '#domain/values/instant'
import type { OrderEvent } from '#schemas/events/order'
import {
  type Amount,
  parseDecimal,
  placesOfAmount,
  placesOfQuantity,
  type Price,
  type Quantity,
} from '#schemas/values/decimal'
import type {
  AccountId,
  BookId,
  Code,
  Currency,
  EventId,
  KillSwitchId,
  Line,
  MarketSymbol,
  OrderId,
  Sha256,
  StrategyId,
  TradeId,
  VenueId,
  VenueOrderId,
} from '#schemas/values/ids'
import type { Fee, InstrumentTerms, Reason, Terms } from '#schemas/values/trading'

const decimal = (text: string, places: number): bigint => {
  const parsed = parseDecimal(text, places)
  if (parsed._tag === 'Left') throw new Error(`not a decimal: ${text}`)
  return parsed.right
}
export const quantity = (text: string): Quantity => decimal(text, placesOfQuantity) as Quantity
export const price = (text: string): Price => decimal(text, placesOfQuantity) as Price
export const amount = (text: string): Amount => decimal(text, placesOfAmount) as Amount
export const fee = (text: string, currency = 'USDT'): Fee => ({
  currency: currency as Currency,
  amount: amount(text),
})
export const reason = (code: string, message: string): Reason => ({
  code: code as Code,
  message: message as Line,
})

export const at = instant('2026-01-05T09:00:00Z')
export const orderId = uuidOf<OrderId>(0xa1)
export const book = 'main' as BookId
export const approvalId = uuidOf<EventId>(0xb1)
export const venueOrderId = 'P1' as VenueOrderId
export const killSwitchId = uuidOf<KillSwitchId>(0xc1)
export const payloadHash = 'ab'.repeat(32) as Sha256
export const symbol = 'BTC/USDT' as MarketSymbol
export const terms: Terms = {
  account: 'main' as AccountId,
  strategy: 'manual' as StrategyId,
  venue: 'paper' as VenueId,
  symbol,
  side: 'buy',
  orderType: 'limit',
  quantity: quantity('1'),
  timeInForce: 'gtc',
  postOnly: false,
  reduceOnly: false,
  limitPrice: price('60000'),
}
export const instrument: InstrumentTerms = {
  kind: 'spot',
  base: 'BTC' as Currency,
  quote: 'USDT' as Currency,
  settle: 'USDT' as Currency,
  contractSize: quantity('1'),
}

/** Commands. */
export const intent = (change: Partial<RecordIntent> = {}): RecordIntent => ({
  type: 'RecordIntent',
  orderId,
  book,
  terms,
  decideBy: plusMs(at, 5000),
  ...change,
})
export const approval: Approval = {
  approvalId,
  orderId,
  terms,
  reducing: false,
  expiresAt: plusMs(at, 5000),
}
export const submission = (change: Partial<StartSubmission> = {}): StartSubmission => ({
  type: 'StartSubmission',
  orderId,
  approval,
  killSwitches: [],
  riskRevision: 7n,
  clientOrderId: clientOrderIdOf(orderId),
  at,
  sendBy: plusMs(at, 2000),
  ...change,
})
export const lapse = (change: Partial<LapseOrder> = {}): LapseOrder => ({
  type: 'LapseOrder',
  orderId,
  killSwitches: [],
  at,
  ...change,
})
export const absent = (change: Partial<ResolveAbsent> = {}): ResolveAbsent => ({
  type: 'ResolveAbsent',
  orderId,
  evidence: ['openOrders', 'closedOrders', 'trades', 'orderByClientId'],
  askedAt: plusMs(at, 2001),
  requestWindowMs: 0,
  settlingMs: 0,
  notFoundIsFinal: true,
  ...change,
})
const word = {
  orderId,
  via: 'report',
  venueOrderId,
  venueAt: at,
  receivedAt: at,
  payloadHash,
} as const
export const acceptance = (change: Partial<ReportAccepted> = {}): ReportAccepted => ({
  type: 'ReportAccepted',
  ...word,
  terms: {
    symbol,
    side: 'buy',
    orderType: 'limit',
    timeInForce: 'gtc',
    quantity: terms.quantity,
    limitPrice: price('60000'),
  },
  ...change,
})
export const fill = (
  trade: string,
  size: string,
  change: Partial<ReportFill> = {},
): ReportFill => ({
  type: 'ReportFill',
  ...word,
  tradeId: trade as TradeId,
  symbol,
  side: 'buy',
  quantity: quantity(size),
  price: price('60000'),
  fee: fee('12'),
  liquidity: 'taker',
  instrument,
  ...change,
})
export const cancellation = (total: string): ReportCancelled => ({
  type: 'ReportCancelled',
  ...word,
  filledTotal: quantity(total),
})
export const expiry = (total: string): ReportExpired => ({
  type: 'ReportExpired',
  ...word,
  filledTotal: quantity(total),
})

/** Events. */
const said = { venueAt: at, receivedAt: at, payloadHash } as const
export const recorded = {
  intent: { type: 'OrderIntentRecorded', orderId, book, terms, decideBy: plusMs(at, 5000) },
  cancelRequested: { type: 'OrderCancelRequested', orderId },
  started: {
    type: 'OrderSubmissionStarted',
    orderId,
    clientOrderId: clientOrderIdOf(orderId),
    approvalId,
    terms,
    riskRevision: 7n,
    sendBy: plusMs(at, 2000),
  },
  accepted: { type: 'OrderAccepted', orderId, venueOrderId, ...said },
  refused: {
    type: 'OrderRefused',
    orderId,
    reason: reason('venueRefused', 'No.'),
  },
  unknown: { type: 'OrderOutcomeUnknown', orderId, reason: reason('venueSilent', 'No answer.') },
  present: {
    type: 'OrderOutcomeResolved',
    orderId,
    found: 'present',
    evidence: ['report' as Code],
    askedAt: at,
  },
  cancelRefused: {
    type: 'OrderCancelRefused',
    orderId,
    reason: reason('venueRefused', 'Too late.'),
  },
  lapsed: {
    type: 'OrderLapsed',
    orderId,
    reason: reason('cancelRequested', 'Cancelled before it was sent.'),
  },
} as const satisfies Record<string, OrderEvent>
export const filled = (trade: string, size: string): OrderEvent => ({
  type: 'OrderFilled',
  orderId,
  book,
  account: terms.account,
  strategy: terms.strategy,
  venue: terms.venue,
  symbol,
  side: 'buy',
  tradeId: trade as TradeId,
  quantity: quantity(size),
  price: price('60000'),
  fee: fee('12'),
  liquidity: 'taker',
  instrument,
  ...said,
})
export const cancelled = (total: string): OrderEvent => ({
  type: 'OrderCancelled',
  orderId,
  filledTotal: quantity(total),
  ...said,
})
export const expired = (total: string): OrderEvent => ({
  type: 'OrderExpired',
  orderId,
  filledTotal: quantity(total),
  ...said,
})
export const anomaly = (code: string, detail: string, trade?: string): OrderEvent => ({
  type: 'OrderAnomalyObserved',
  orderId,
  anomaly: code as Code,
  detail: detail as Line,
  ...(trade === undefined ? {} : { tradeId: trade as TradeId }),
  payloadHash,
})
