/** What guard, gateway and market say in tests of the api: one of each, with what matters given. */
import { instant } from '#domain/testing/fixed'
import { price, quantity } from '#domain/testing/paper'
import { clientOrderIdOf } from '#domain/order/order'
import type { InstrumentListed } from '#schemas/events/instrument'
import type {
  OrderAccepted,
  OrderCancelled,
  OrderFilled,
  OrderSubmissionStarted,
} from '#schemas/events/order'
import type { OrderApproved, OrderDenied } from '#schemas/events/risk'
import { type Amount, formatDecimal, parseDecimal, placesOfAmount } from '#schemas/values/decimal'
import type {
  AccountId,
  BookId,
  Code,
  Currency,
  EventId,
  Line,
  MarketSymbol,
  OrderId,
  Sha256,
  StrategyId,
  TradeId,
  VenueId,
  VenueOrderId,
} from '#schemas/values/ids'
import type { InstrumentTerms, Terms } from '#schemas/values/trading'
import * as E from 'fp-ts/lib/Either.js'

export const btc = 'BTC/USDT' as MarketSymbol
export const main = 'main' as BookId
const account = 'main' as AccountId
const venue = 'paper' as VenueId
const strategy = 'manual' as StrategyId
const at = instant('2026-01-05T09:00:00Z')
const payloadHash = '0'.repeat(64) as Sha256
const report = { venueAt: at, receivedAt: at, payloadHash }

export const money = (text: string): Amount => {
  const parsed = parseDecimal(text, placesOfAmount)
  if (E.isLeft(parsed)) throw new Error(`${text} is no money`)
  return parsed.right as Amount
}
export const text = (amount: Amount): string => formatDecimal(amount, placesOfAmount)

const instrument: InstrumentTerms = {
  kind: 'spot',
  base: 'BTC' as Currency,
  quote: 'USDT' as Currency,
  settle: 'USDT' as Currency,
  contractSize: quantity('1'),
}
export const listed = (symbol: MarketSymbol = btc): InstrumentListed => ({
  type: 'InstrumentListed',
  venue,
  symbol,
  terms: instrument,
  rules: {
    tickSize: price('0.01'),
    lotSize: quantity('0.00001'),
    quantityMin: quantity('0.00001'),
    notionalMin: money('5'),
    orderTypes: ['market', 'limit'],
  },
})

export const terms = (size = '1'): Terms => ({
  account,
  strategy,
  venue,
  symbol: btc,
  side: 'buy',
  orderType: 'limit',
  quantity: quantity(size),
  timeInForce: 'gtc',
  postOnly: false,
  reduceOnly: false,
  limitPrice: price('60000'),
})

export const approved = (orderId: OrderId): OrderApproved => ({
  type: 'OrderApproved',
  orderId,
  book: main,
  rules: 1,
  basis: { count: 1 },
  at,
  clock: at,
  terms: terms(),
  reducing: false,
  expiresAt: at,
  checks: [
    ['killSwitch' as Code, '', ''],
    ['orderNotional' as Code, '600', '50000'],
  ],
  mark: { symbol: btc, price: price('60000'), at },
})
export const denied = (orderId: OrderId): OrderDenied => ({
  type: 'OrderDenied',
  orderId,
  book: main,
  rules: 1,
  basis: { count: 1 },
  at,
  clock: at,
  reducing: false,
  reason: { code: 'orderNotional' as Code, message: 'Too much.' as Line },
  checks: [
    {
      code: 'orderNotional' as Code,
      outcome: 'failed',
      unit: 'USDT',
      observed: '60000',
      limit: '50000',
      message: 'Too much.' as Line,
    },
  ],
})

export const submitted = (orderId: OrderId): OrderSubmissionStarted => ({
  type: 'OrderSubmissionStarted',
  orderId,
  clientOrderId: clientOrderIdOf(orderId),
  approvalId: '00000000-0000-7000-8000-000000000001' as EventId,
  terms: terms(),
  riskRevision: 1n,
  sendBy: at,
})
export const accepted = (orderId: OrderId): OrderAccepted => ({
  type: 'OrderAccepted',
  orderId,
  venueOrderId: `v${orderId.slice(0, 8)}` as VenueOrderId,
  ...report,
})
export const filled = (orderId: OrderId, size: string, trade = 't1'): OrderFilled => ({
  type: 'OrderFilled',
  orderId,
  book: main,
  account,
  strategy,
  venue,
  symbol: btc,
  side: 'buy',
  tradeId: trade as TradeId,
  quantity: quantity(size),
  price: price('60000'),
  fee: { currency: 'USDT' as Currency, amount: money('1.2') },
  liquidity: 'taker',
  instrument,
  ...report,
})
export const cancelled = (orderId: OrderId, filledTotal = '0'): OrderCancelled => ({
  type: 'OrderCancelled',
  orderId,
  filledTotal: quantity(filledTotal),
  ...report,
})
