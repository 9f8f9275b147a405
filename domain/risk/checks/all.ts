/** Every check, and which orders it stops. */
import { accountOpen } from '#domain/risk/checks/account-open'
import { bookOpen } from '#domain/risk/checks/book-open'
import { buyingPower } from '#domain/risk/checks/buying-power'
import type { Check } from '#domain/risk/checks/check'
import { concentration } from '#domain/risk/checks/concentration'
import { duplicateIntent } from '#domain/risk/checks/duplicate-intent'
import { grossExposure } from '#domain/risk/checks/gross-exposure'
import { dailyLoss } from '#domain/risk/checks/daily-loss'
import { drawdown } from '#domain/risk/checks/drawdown'
import { instrumentListed } from '#domain/risk/checks/instrument-listed'
import { killSwitch, terseKillSwitch } from '#domain/risk/checks/kill-switch'
import { logLag } from '#domain/risk/checks/log-lag'
import { markFresh } from '#domain/risk/checks/mark-fresh'
import { markPlausible } from '#domain/risk/checks/mark-plausible'
import { netExposure } from '#domain/risk/checks/net-exposure'
import { notionalMin, notionalMinOfAll } from '#domain/risk/checks/notional-min'
import { openOrders } from '#domain/risk/checks/open-orders'
import { opposingAsTheyCame, opposingStrategies } from '#domain/risk/checks/opposing-strategies'
import { orderNotional } from '#domain/risk/checks/order-notional'
import { orderQuantity } from '#domain/risk/checks/order-quantity'
import { orderTypeNative, plainTypeNative } from '#domain/risk/checks/order-type-native'
import { ordersPerHour } from '#domain/risk/checks/orders-per-hour'
import { ordersPerMinute } from '#domain/risk/checks/orders-per-minute'
import { ordersPerSecond } from '#domain/risk/checks/orders-per-second'
import { positionNotional } from '#domain/risk/checks/position-notional'
import { positionQuantity } from '#domain/risk/checks/position-quantity'
import { priceCollar } from '#domain/risk/checks/price-collar'
import { priceIncrement } from '#domain/risk/checks/price-increment'
import { quantityIncrement } from '#domain/risk/checks/quantity-increment'
import { quantityMax } from '#domain/risk/checks/quantity-max'
import { quantityMin } from '#domain/risk/checks/quantity-min'
import { reduceOnly, terseReduceOnly } from '#domain/risk/checks/reduce-only'
import { selfTrade } from '#domain/risk/checks/self-trade'
import { strategyCapital } from '#domain/risk/checks/strategy-capital'
import { strategyPositions } from '#domain/risk/checks/strategy-positions'
import { timeInForce } from '#domain/risk/checks/time-in-force'
import { tradingWindow } from '#domain/risk/checks/trading-window'
import { unknownOrders } from '#domain/risk/checks/unknown-orders'
import { venueReconciled } from '#domain/risk/checks/venue-reconciled'
import type { CheckCode } from '#schemas/codes'
import type { CheckOutcome } from '#schemas/events/risk'

/** Those of rules 2. */
export const secondChecks: readonly Check[] = [
  bookOpen,
  accountOpen,
  terseKillSwitch,
  instrumentListed,
  orderTypeNative,
  timeInForce,
  priceIncrement,
  quantityIncrement,
  quantityMin,
  quantityMax,
  notionalMin,
  terseReduceOnly,
  markFresh,
  priceCollar,
  orderQuantity,
  orderNotional,
  positionQuantity,
  positionNotional,
  grossExposure,
  netExposure,
  concentration,
  buyingPower,
  openOrders,
  unknownOrders,
  ordersPerSecond,
  ordersPerMinute,
  ordersPerHour,
  logLag,
]
/** Those of rules 3. */
export const thirdChecks: readonly Check[] = secondChecks.flatMap((check) =>
  check === terseReduceOnly ? [check, opposingAsTheyCame] : [check],
)
/** In the order in which the first failure is named as the reason of a denial. */
export const checks: readonly Check[] = [
  bookOpen,
  accountOpen,
  killSwitch,
  instrumentListed,
  orderTypeNative,
  timeInForce,
  priceIncrement,
  quantityIncrement,
  quantityMin,
  quantityMax,
  notionalMin,
  reduceOnly,
  opposingStrategies,
  venueReconciled,
  tradingWindow,
  markFresh,
  markPlausible,
  priceCollar,
  orderQuantity,
  orderNotional,
  positionQuantity,
  positionNotional,
  grossExposure,
  netExposure,
  concentration,
  buyingPower,
  strategyCapital,
  strategyPositions,
  dailyLoss,
  drawdown,
  duplicateIntent,
  selfTrade,
  openOrders,
  unknownOrders,
  ordersPerSecond,
  ordersPerMinute,
  ordersPerHour,
  logLag,
]
/** Those of rules 1, which knew market and limit orders and nothing else. */
export const firstChecks: readonly Check[] = [
  bookOpen,
  accountOpen,
  terseKillSwitch,
  instrumentListed,
  plainTypeNative,
  priceIncrement,
  quantityIncrement,
  quantityMin,
  quantityMax,
  notionalMinOfAll,
  markFresh,
  priceCollar,
  orderQuantity,
  orderNotional,
  positionQuantity,
  positionNotional,
  grossExposure,
  netExposure,
  concentration,
  buyingPower,
  openOrders,
  unknownOrders,
  ordersPerSecond,
  ordersPerMinute,
  ordersPerHour,
  logLag,
]

type Columns = { readonly increasing: boolean; readonly reducing: boolean }
const both: Columns = { increasing: true, reducing: true }
const increasing: Columns = { increasing: true, reducing: false }

/** Which orders a check stops: those that may increase a position, or also those that only reduce one. */
export const stops: Readonly<Record<CheckCode, Columns>> = {
  bookOpen: both,
  accountOpen: both,
  killSwitch: both,
  instrumentListed: both,
  orderTypeNative: both,
  timeInForce: both,
  priceIncrement: both,
  quantityIncrement: both,
  quantityMin: both,
  quantityMax: both,
  notionalMin: both,
  reduceOnly: both,
  opposingStrategies: increasing,
  venueReconciled: increasing,
  tradingWindow: increasing,
  markFresh: increasing,
  markPlausible: increasing,
  priceCollar: increasing,
  orderQuantity: increasing,
  orderNotional: increasing,
  positionQuantity: increasing,
  positionNotional: increasing,
  grossExposure: increasing,
  netExposure: increasing,
  concentration: increasing,
  buyingPower: increasing,
  strategyCapital: increasing,
  strategyPositions: increasing,
  dailyLoss: increasing,
  drawdown: increasing,
  duplicateIntent: increasing,
  selfTrade: increasing,
  openOrders: increasing,
  unknownOrders: increasing,
  ordersPerSecond: increasing,
  ordersPerMinute: increasing,
  ordersPerHour: increasing,
  logLag: increasing,
}
/** Whether what a check found stands against an order: what cannot be evaluated stops only what may increase a position. */
export const stopsOrder = (code: string, outcome: CheckOutcome, reducing: boolean): boolean => {
  if (outcome === 'passed' || !Object.hasOwn(stops, code)) return false
  const columns = stops[code as CheckCode]
  return reducing ? columns.reducing && outcome === 'failed' : columns.increasing
}
