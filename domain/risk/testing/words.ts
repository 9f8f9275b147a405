/** The words of the tests of risk: events with everything that does not matter filled in. */
import { plusMs } from '#domain/values/instant'
import { instant, uuidOf } from '#domain/testing/fixed'
import type { LedgerEvent } from '#schemas/events/ledger'
import {
  type Amount,
  parseDecimal,
  placesOfAmount,
  placesOfQuantity,
  type Price,
  type Quantity,
  type Ratio,
} from '#schemas/values/decimal'
import type {
  AccountId,
  BookId,
  BreakId,
  ClientOrderId,
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
import type { Instant } from '#schemas/values/instant'
import type {
  InstrumentRules,
  InstrumentTerms,
  KillSwitchMode,
  Limits,
  Mark,
  OrderType,
  Scope,
  Terms,
  TimeInForce,
} from '#schemas/values/trading'

const scaled = (text: string, places: number): bigint => {
  const parsed = parseDecimal(text, places)
  if (parsed._tag === 'Left') throw new Error(`not a decimal: ${text}`)
  return parsed.right
}
export const price = (text: string) => scaled(text, placesOfQuantity) as Price
export const quantity = (text: string) => scaled(text, placesOfQuantity) as Quantity
export const ratio = (text: string) => scaled(text, placesOfQuantity) as Ratio
export const amount = (text: string) => scaled(text, placesOfAmount) as Amount

export const main = 'main' as BookId
export const account = 'main' as AccountId
export const paper = 'paper' as VenueId
export const symbolOf = (text: string) => text as MarketSymbol
export const btc = symbolOf('BTC/USDT')
export const noon = instant('2026-01-05T12:00:00Z')
export const later = (milliseconds: number): Instant => plusMs(noon, milliseconds)
export const orderId = (n: number): OrderId => uuidOf<OrderId>(n)

export const limits = (some: Limits = {}): Limits => ({
  maxOrderNotional: amount('50000'),
  maxOrderQuantity: {},
  maxPosition: {},
  maxPositionNotional: amount('200000'),
  maxGrossExposure: amount('500000'),
  maxNetExposure: amount('500000'),
  maxLeverage: ratio('1'),
  maxConcentration: ratio('1'),
  maxOpenOrders: 200,
  maxUnknownOrders: 5,
  maxOrdersPerSecond: 20,
  maxOrdersPerMinute: 300,
  maxOrdersPerHour: 5000,
  priceCollar: ratio('0.05'),
  maxMarkAgeMs: 5000,
  maxLogLagMs: 2000,
  ...some,
})
export const bookOpened = (some: Limits = {}, book = main): LedgerEvent => ({
  type: 'BookOpened',
  book,
  currency: 'USDT' as Currency,
  control: 'single',
  tradingDay: { time: '00:00', zone: 'UTC' },
  limits: limits(some),
})
export const accountOpened = (leverage = '1', name = account, book = main): LedgerEvent => ({
  type: 'AccountOpened',
  account: name,
  book,
  currency: 'USDT' as Currency,
  leverage: ratio(leverage),
  costBasis: 'average',
})
export const deposited = (value: string, currency = 'USDT', name = account): LedgerEvent => ({
  type: 'FundsDeposited',
  account: name,
  book: main,
  currency: currency as Currency,
  amount: amount(value),
  reason: 'default' as Line,
})
/** Spot, linear or inverse by the form of the symbol, as ccxt writes them. */
export const instrumentTerms = (symbol: MarketSymbol, contractSize = '1'): InstrumentTerms => {
  const [base = '', rest = ''] = symbol.split('/')
  const [quote = '', settle] = rest.split(':')
  const kind = settle === undefined ? 'spot' : settle === base ? 'inverse' : 'linear'
  return {
    kind,
    base: base as Currency,
    quote: quote as Currency,
    settle: (settle ?? quote) as Currency,
    contractSize: quantity(contractSize),
  }
}
export const rules = (some: Partial<InstrumentRules> = {}): InstrumentRules => ({
  tickSize: price('0.01'),
  lotSize: quantity('0.00001'),
  quantityMin: quantity('0.00001'),
  notionalMin: amount('5'),
  orderTypes: ['market', 'limit'],
  ...some,
})
export const listed = (
  symbol: MarketSymbol = btc,
  some: Partial<InstrumentRules> = {},
  contractSize = '1',
): LedgerEvent => ({
  type: 'InstrumentListed',
  venue: paper,
  symbol,
  terms: instrumentTerms(symbol, contractSize),
  rules: rules(some),
})

export interface Asked {
  readonly side?: 'buy' | 'sell'
  readonly quantity?: string
  /** Absent: a market order. */
  readonly at?: string
  readonly symbol?: MarketSymbol
  readonly account?: AccountId
  readonly strategy?: string
  readonly book?: BookId
  /** Absent: an order that is no stop. */
  readonly stop?: string
  readonly orderType?: OrderType
  readonly timeInForce?: TimeInForce
  readonly expireAt?: Instant
  readonly postOnly?: boolean
  readonly reduceOnly?: boolean
  readonly decideBy?: Instant
}
/** What type an order is, by the prices that it has. */
const typeOf = ({ at, stop }: Asked): OrderType => {
  if (stop === undefined) return at === undefined ? 'market' : 'limit'
  return at === undefined ? 'stop' : 'stopLimit'
}
export const terms = (asked: Asked = {}): Terms => {
  const orderType = asked.orderType ?? typeOf(asked)
  return {
    account: asked.account ?? account,
    strategy: (asked.strategy ?? 'manual') as StrategyId,
    venue: paper,
    symbol: asked.symbol ?? btc,
    side: asked.side ?? 'buy',
    orderType,
    quantity: quantity(asked.quantity ?? '0.1'),
    timeInForce: asked.timeInForce ?? (orderType === 'market' ? 'ioc' : 'gtc'),
    postOnly: asked.postOnly ?? false,
    reduceOnly: asked.reduceOnly ?? false,
    ...(asked.at === undefined ? {} : { limitPrice: price(asked.at) }),
    ...(asked.stop === undefined ? {} : { stopPrice: price(asked.stop) }),
    ...(asked.expireAt === undefined ? {} : { expireAt: asked.expireAt }),
  }
}
export const intent = (n: number, asked: Asked = {}): LedgerEvent => ({
  type: 'OrderIntentRecorded',
  orderId: orderId(n),
  book: asked.book ?? main,
  terms: terms(asked),
  decideBy: asked.decideBy ?? later(5000),
})

const report = { venueAt: noon, receivedAt: noon, payloadHash: 'a'.repeat(64) as Sha256 }
export const submitted = (n: number, asked: Asked = {}): LedgerEvent => ({
  type: 'OrderSubmissionStarted',
  orderId: orderId(n),
  clientOrderId: orderId(n).replaceAll('-', '') as string as ClientOrderId,
  approvalId: uuidOf<EventId>(n),
  terms: terms(asked),
  riskRevision: 0n,
  sendBy: later(2000),
})
export const accepted = (n: number): LedgerEvent => ({
  type: 'OrderAccepted',
  orderId: orderId(n),
  venueOrderId: String(n) as VenueOrderId,
  ...report,
})
const reason = { code: 'venueRefused' as Code, message: 'It says so.' as Line }
export const refused = (n: number): LedgerEvent => ({
  type: 'OrderRefused',
  orderId: orderId(n),
  reason,
})
export const lapsed = (n: number): LedgerEvent => ({
  type: 'OrderLapsed',
  orderId: orderId(n),
  reason,
})
export const unknown = (n: number): LedgerEvent => ({
  type: 'OrderOutcomeUnknown',
  orderId: orderId(n),
  reason,
})
export const resolved = (n: number, found: 'present' | 'absent'): LedgerEvent => ({
  type: 'OrderOutcomeResolved',
  orderId: orderId(n),
  found,
  evidence: ['openOrders' as Code],
  askedAt: noon,
})
export const cancelled = (n: number, filledTotal = '0'): LedgerEvent => ({
  type: 'OrderCancelled',
  orderId: orderId(n),
  filledTotal: quantity(filledTotal),
  ...report,
})
export const expired = (n: number, filledTotal = '0'): LedgerEvent => ({
  type: 'OrderExpired',
  orderId: orderId(n),
  filledTotal: quantity(filledTotal),
  ...report,
})

export interface Traded extends Asked {
  readonly fee?: string
  readonly feeIn?: string
  readonly trade?: number
  readonly contractSize?: string
}
const fill = (traded: Traded) => {
  const { account: of, strategy, venue, symbol, side } = terms(traded)
  const instrument = instrumentTerms(symbol, traded.contractSize)
  return {
    book: traded.book ?? main,
    account: of,
    strategy,
    venue,
    symbol,
    side,
    tradeId: String(traded.trade ?? 1) as TradeId,
    quantity: quantity(traded.quantity ?? '0.1'),
    price: price(traded.at ?? '65000'),
    fee: {
      currency: (traded.feeIn ?? instrument.settle) as Currency,
      amount: amount(traded.fee ?? '0'),
    },
    liquidity: 'taker' as const,
    instrument,
    ...report,
  }
}
export const filled = (n: number, traded: Traded = {}): LedgerEvent => ({
  type: 'OrderFilled',
  orderId: orderId(n),
  ...fill(traded),
})
/** A trade that no order of ours explains. */
export const foreignFill = (traded: Traded = {}): LedgerEvent => ({
  type: 'ForeignFillObserved',
  venueOrderId: 'foreign' as VenueOrderId,
  breakId: uuidOf<BreakId>(1),
  ...fill({ strategy: 'unassigned', ...traded }),
})

export const markAt = (value: string, at: Instant = noon, symbol = btc): Mark => ({
  symbol,
  price: price(value),
  at,
})
export const marksTaken = (at: Instant, ...marks: readonly Mark[]): LedgerEvent => ({
  type: 'MarksTaken',
  book: main,
  at,
  marks,
})
export const engaged = (
  n: number,
  mode: KillSwitchMode,
  scope: Scope = {},
  book = main,
): LedgerEvent => ({
  type: 'KillSwitchEngaged',
  book,
  killSwitchId: uuidOf<KillSwitchId>(n),
  scope,
  mode,
  reason: 'enough' as Line,
})
