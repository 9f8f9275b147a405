/** Every check, in the order in which the first failure is named as the reason of a denial. */
import { accountOpen } from '#domain/risk/checks/account-open'
import { bookOpen } from '#domain/risk/checks/book-open'
import { buyingPower } from '#domain/risk/checks/buying-power'
import type { Check } from '#domain/risk/checks/check'
import { concentration } from '#domain/risk/checks/concentration'
import { grossExposure } from '#domain/risk/checks/gross-exposure'
import { instrumentListed } from '#domain/risk/checks/instrument-listed'
import { killSwitch } from '#domain/risk/checks/kill-switch'
import { logLag } from '#domain/risk/checks/log-lag'
import { markFresh } from '#domain/risk/checks/mark-fresh'
import { netExposure } from '#domain/risk/checks/net-exposure'
import { notionalMin } from '#domain/risk/checks/notional-min'
import { openOrders } from '#domain/risk/checks/open-orders'
import { orderNotional } from '#domain/risk/checks/order-notional'
import { orderQuantity } from '#domain/risk/checks/order-quantity'
import { orderTypeNative } from '#domain/risk/checks/order-type-native'
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
import { unknownOrders } from '#domain/risk/checks/unknown-orders'
import type { CheckCode } from '#schemas/codes'

export const checks: readonly Check[] = [
  bookOpen,
  accountOpen,
  killSwitch,
  instrumentListed,
  orderTypeNative,
  priceIncrement,
  quantityIncrement,
  quantityMin,
  quantityMax,
  notionalMin,
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
  priceIncrement: both,
  quantityIncrement: both,
  quantityMin: both,
  quantityMax: both,
  notionalMin: both,
  markFresh: increasing,
  priceCollar: increasing,
  orderQuantity: increasing,
  orderNotional: increasing,
  positionQuantity: increasing,
  positionNotional: increasing,
  grossExposure: increasing,
  netExposure: increasing,
  concentration: increasing,
  buyingPower: increasing,
  openOrders: increasing,
  unknownOrders: increasing,
  ordersPerSecond: increasing,
  ordersPerMinute: increasing,
  ordersPerHour: increasing,
  logLag: increasing,
}
