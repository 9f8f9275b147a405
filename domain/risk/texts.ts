/** Limits and venue rules as text. They change seldom and are written into every decision, so each is put into words once. */
import {
  formatDecimal,
  placesOfAmount,
  placesOfQuantity,
  type Amount,
  type Quantity,
  type Ratio,
} from '#schemas/values/decimal'
import type { InstrumentRules, Limits } from '#schemas/values/trading'

export const quantityText = (value: bigint): string => formatDecimal(value, placesOfQuantity)
export const amountText = (value: bigint): string => formatDecimal(value, placesOfAmount)
/** A ratio in per cent, exact. */
export const perCentText = (ratio: Ratio): string => formatDecimal(ratio, placesOfQuantity - 2)
/** part ÷ whole in per cent with at most four decimals, for reading; the whole is above 0. */
export const perCentOf = (part: bigint, whole: bigint, rounding: 'up' | 'toZero'): string =>
  formatDecimal((part * 1_000_000n + (rounding === 'up' ? whole - 1n : 0n)) / whole, 4)

/** The same keys as the limits that are figures; empty or absent: there is none. */
export type LimitTexts = {
  readonly [Key in Exclude<keyof Limits, 'tradingWindows' | 'overrides'>]-?: Limits[Key] extends
    | Readonly<Record<string, Quantity | Amount | number>>
    | undefined
    ? Readonly<Record<string, string>>
    : string
}
export type RuleTexts = {
  readonly [Key in keyof InstrumentRules]-?: string
}

export const limitTextsOf = (limits: Limits): LimitTexts => ({
  maxOrderNotional: said(limits.maxOrderNotional, amountText),
  maxOrderQuantity: each(limits.maxOrderQuantity, quantityText),
  maxPosition: each(limits.maxPosition, quantityText),
  maxPositionNotional: said(limits.maxPositionNotional, amountText),
  maxGrossExposure: said(limits.maxGrossExposure, amountText),
  maxNetExposure: said(limits.maxNetExposure, amountText),
  maxLeverage: said(limits.maxLeverage, quantityText),
  maxConcentration: said(limits.maxConcentration, quantityText),
  maxOpenOrders: said(limits.maxOpenOrders, String),
  maxUnknownOrders: said(limits.maxUnknownOrders, String),
  maxOrdersPerSecond: said(limits.maxOrdersPerSecond, String),
  maxOrdersPerMinute: said(limits.maxOrdersPerMinute, String),
  maxOrdersPerHour: said(limits.maxOrdersPerHour, String),
  priceCollar: said(limits.priceCollar, quantityText),
  maxMarkAgeMs: said(limits.maxMarkAgeMs, String),
  maxLogLagMs: said(limits.maxLogLagMs, String),
  maxMarkJump: said(limits.maxMarkJump, quantityText),
  maxDailyLoss: said(limits.maxDailyLoss, amountText),
  maxDrawdown: said(limits.maxDrawdown, quantityText),
  duplicateWindowMs: said(limits.duplicateWindowMs, String),
  maxStrategyCapital: each(limits.maxStrategyCapital, amountText),
  maxStrategyPositions: each(limits.maxStrategyPositions, String),
})
export const ruleTextsOf = (rules: InstrumentRules): RuleTexts => ({
  tickSize: quantityText(rules.tickSize),
  lotSize: quantityText(rules.lotSize),
  quantityMin: quantityText(rules.quantityMin),
  quantityMax: said(rules.quantityMax, quantityText),
  notionalMin: amountText(rules.notionalMin),
  orderTypes: rules.orderTypes.join(' '),
})

const said = <Value>(value: Value | undefined, text: (value: Value) => string): string =>
  value === undefined ? '' : text(value)
const each = <Value>(
  limits: Readonly<Record<string, Value>> | undefined,
  text: (value: Value) => string,
): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(limits ?? {}).map(([name, limit]) => [name, text(limit)]))
