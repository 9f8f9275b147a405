/** The words of an order: what may be traded, how, and on which terms. */
import * as t from 'io-ts'
import { notYet } from '#schemas/codec'
import { Count } from '#schemas/values/count'
import { Amount, Price, Quantity, Ratio } from '#schemas/values/decimal'
import {
  AccountId,
  Code,
  Currency,
  Line,
  MarketSymbol,
  StrategyId,
  VenueId,
} from '#schemas/values/ids'
import { Instant } from '#schemas/values/instant'

const oneOf = <K extends string>(name: string, ...words: readonly [K, ...K[]]) =>
  t.keyof(Object.fromEntries(words.map((word) => [word, null])) as Record<K, null>, name)

export const Side = oneOf('Side', 'buy', 'sell')
export type Side = t.TypeOf<typeof Side>
/** FIX OrdType (40). */
export const OrderType = oneOf('OrderType', 'market', 'limit', 'stop', 'stopLimit')
export type OrderType = t.TypeOf<typeof OrderType>
/** FIX TimeInForce (59). */
export const TimeInForce = oneOf('TimeInForce', 'gtc', 'ioc', 'fok', 'gtd')
export type TimeInForce = t.TypeOf<typeof TimeInForce>
export const Liquidity = oneOf('Liquidity', 'maker', 'taker')
export type Liquidity = t.TypeOf<typeof Liquidity>
export const InstrumentKind = oneOf('InstrumentKind', 'spot', 'linear', 'inverse')
export type InstrumentKind = t.TypeOf<typeof InstrumentKind>
export const KillSwitchMode = oneOf('KillSwitchMode', 'reduce', 'halt')
export type KillSwitchMode = t.TypeOf<typeof KillSwitchMode>
export const CostBasisMethod = notYet(oneOf('CostBasisMethod', 'average'), 'fifo', 'lifo')
export type CostBasisMethod = t.TypeOf<typeof CostBasisMethod>
export const BookControl = oneOf('BookControl', 'single', 'dual')
export type BookControl = t.TypeOf<typeof BookControl>
export const Role = oneOf('Role', 'trader', 'risk', 'operator', 'auditor', 'admin')
export type Role = t.TypeOf<typeof Role>

/** A reason with a stable code for programs and a sentence for people. */
export const Reason = t.strict({ code: Code, message: Line }, 'Reason')
export type Reason = Readonly<t.TypeOf<typeof Reason>>

/** What an order says it may do; the approval and the submission repeat it, and each field is compared. */
export const Terms = t.exact(
  t.intersection([
    t.type({
      account: AccountId,
      strategy: StrategyId,
      venue: VenueId,
      symbol: MarketSymbol,
      side: Side,
      orderType: OrderType,
      quantity: Quantity,
      timeInForce: TimeInForce,
      postOnly: t.boolean,
      reduceOnly: t.boolean,
    }),
    t.partial({
      limitPrice: Price,
      /** At which a stop order becomes a market order, and a stop-limit order a limit order. */
      stopPrice: Price,
      /** When a `gtd` order ends by itself. */
      expireAt: Instant,
    }),
  ]),
  'Terms',
)
export type Terms = Readonly<t.TypeOf<typeof Terms>>

/** What the value of a holding depends on. Contract size is 1 for spot; in base units for linear, in quote units for inverse. */
export const InstrumentTerms = t.strict(
  {
    kind: InstrumentKind,
    base: Currency,
    quote: Currency,
    settle: Currency,
    contractSize: Quantity,
  },
  'InstrumentTerms',
)
export type InstrumentTerms = Readonly<t.TypeOf<typeof InstrumentTerms>>

/** What a venue accepts of an order for this instrument. */
export const InstrumentRules = t.exact(
  t.intersection([
    t.type({
      tickSize: Price,
      lotSize: Quantity,
      quantityMin: Quantity,
      notionalMin: Amount,
      orderTypes: t.readonlyArray(OrderType),
    }),
    t.partial({ quantityMax: Quantity }),
  ]),
  'InstrumentRules',
)
export type InstrumentRules = Readonly<t.TypeOf<typeof InstrumentRules>>

/** Paid above 0, received below 0 (a maker's rebate). */
export const Fee = t.strict({ currency: Currency, amount: Amount }, 'Fee')
export type Fee = Readonly<t.TypeOf<typeof Fee>>

/**
 * A price to value by, and when it was received here. `against` is there where the price has just jumped: the
 * price that was believed until then, and is until the new one has stood for a while.
 */
export const Mark = t.exact(
  t.intersection([
    t.type({ symbol: MarketSymbol, price: Price, at: Instant }),
    t.partial({ against: Price }),
  ]),
  'Mark',
)
export type Mark = Readonly<t.TypeOf<typeof Mark>>

/** Which part of a book a kill switch or limit is about; empty is the whole book. */
export const Scope = t.exact(
  t.partial({ account: AccountId, strategy: StrategyId, symbol: MarketSymbol }),
  'Scope',
)
export type Scope = Readonly<t.TypeOf<typeof Scope>>

export const Weekday = oneOf('Weekday', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun')
export type Weekday = t.TypeOf<typeof Weekday>
/**
 * When a venue may be traded at: on these days from one local time of day (HH:MM) until just before another, of
 * the next day where that is not later. A session belongs to the day on which it opens; `except` are local dates
 * (YYYY-MM-DD) on which none does.
 */
export const TradingWindow = t.exact(
  t.intersection([
    t.type({ zone: t.string, days: t.readonlyArray(Weekday), from: t.string, to: t.string }),
    t.partial({ except: t.readonlyArray(t.string) }),
  ]),
  'TradingWindow',
)
export type TradingWindow = Readonly<t.TypeOf<typeof TradingWindow>>
/** One session of a venue in UTC, as the time-zone tables had it when it was looked up: from `opensAt` until just before `closesAt`. */
export const TradingSession = t.strict({ opensAt: Instant, closesAt: Instant }, 'TradingSession')
export type TradingSession = Readonly<t.TypeOf<typeof TradingSession>>

/** Limits that can be measured over a part of a book as well as over the whole. */
const scopedLimits = {
  maxOrderNotional: Amount,
  maxOrderQuantity: t.record(t.string, Quantity),
  maxPosition: t.record(t.string, Quantity),
  maxPositionNotional: Amount,
  maxGrossExposure: Amount,
  maxNetExposure: Amount,
  maxOpenOrders: Count,
  maxUnknownOrders: Count,
  maxOrdersPerSecond: Count,
  maxOrdersPerMinute: Count,
  maxOrdersPerHour: Count,
  priceCollar: Ratio,
  maxMarkAgeMs: Count,
}
/** Further limits for one account, strategy or symbol, or for where they meet; the book's own go on binding beside them. */
export const LimitOverride = t.exact(
  t.partial({
    account: AccountId,
    strategy: StrategyId,
    symbol: MarketSymbol,
    ...scopedLimits,
  }),
  'LimitOverride',
)
export type LimitOverride = Readonly<t.TypeOf<typeof LimitOverride>>

/** Each limit of a book, by name. */
export const limitFields = {
  ...scopedLimits,
  maxLeverage: Ratio,
  maxConcentration: Ratio,
  maxLogLagMs: Count,
  /** By which a mark may differ from the one believed before it. */
  maxMarkJump: Ratio,
  /** Of a trading day: realised, unrealised, fees and funding together. */
  maxDailyLoss: Amount,
  /** From the highest equity, as a part of it. */
  maxDrawdown: Ratio,
  /** So long the same order again counts as sent twice by mistake; 0 never. */
  duplicateWindowMs: Count,
  maxStrategyCapital: t.record(t.string, Amount),
  maxStrategyPositions: t.record(t.string, Count),
  /** By venue; a venue that is not in here may always be traded at. */
  tradingWindows: t.record(t.string, t.readonlyArray(TradingWindow)),
  overrides: t.readonlyArray(LimitOverride),
}
/** What a book allows, in its own currency where it is money. A limit that is absent does not bind. */
export const Limits = t.exact(t.partial(limitFields), 'Limits')
export type Limits = Readonly<t.TypeOf<typeof Limits>>
