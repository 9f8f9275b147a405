/**
 * What the further limits of parts of a book find of an order. The book's own go on binding beside them, so that
 * an override narrows and never widens.
 */
import type { Check, Finding, View } from '#domain/risk/checks/check'
import { grossExposure } from '#domain/risk/checks/gross-exposure'
import { markFresh } from '#domain/risk/checks/mark-fresh'
import { netExposure } from '#domain/risk/checks/net-exposure'
import { openOrders } from '#domain/risk/checks/open-orders'
import { orderNotional } from '#domain/risk/checks/order-notional'
import { orderQuantity } from '#domain/risk/checks/order-quantity'
import { ordersPerHour } from '#domain/risk/checks/orders-per-hour'
import { ordersPerMinute } from '#domain/risk/checks/orders-per-minute'
import { ordersPerSecond } from '#domain/risk/checks/orders-per-second'
import { positionNotional } from '#domain/risk/checks/position-notional'
import { positionQuantity } from '#domain/risk/checks/position-quantity'
import { priceCollar } from '#domain/risk/checks/price-collar'
import { unknownOrders } from '#domain/risk/checks/unknown-orders'
import { type Override, overridesOn, scopeInWords } from '#domain/risk/limit-overrides'
import { outlookIn } from '#domain/risk/outlook'
import type { MarketSymbol } from '#schemas/values/ids'
import type { LimitOverride, Limits, Scope } from '#schemas/values/trading'

/** What one check found in one part of the book. */
export interface Overridden {
  readonly check: Check
  readonly finding: Finding
  readonly scope: Scope
  /** The order in its book, with the limits and the figures of the part. */
  readonly view: View
}
/** Every limit of every override that covers the order. */
export const judgeOverrides = (view: View): readonly Overridden[] =>
  view.opened === undefined
    ? []
    : overridesOn(view.opened.overrides, view.terms).flatMap((override) => {
        const part = inPart(view, override)
        return bindingIn(override, view.terms.symbol).map(
          (check): Overridden => ({
            check,
            finding: check.evaluate(part),
            scope: override.scope,
            view: part,
          }),
        )
      })

/** What the check says, and of which part. */
export const overriddenInWords = ({ check, finding, scope, view }: Overridden): string => {
  const said = check.inWords(view, finding)
  const where = scopeInWords(scope)
  return `${where.charAt(0).toUpperCase()}${where.slice(1)}, ${said.charAt(0).toLowerCase()}${said.slice(1)}`
}

type Name = Exclude<keyof LimitOverride, keyof Scope>
/** What holds each limit; the compiler refuses this record when one is missing. In the order of the checks. */
const checkOf: Readonly<Record<Name, Check>> = {
  maxMarkAgeMs: markFresh,
  priceCollar,
  maxOrderQuantity: orderQuantity,
  maxOrderNotional: orderNotional,
  maxPosition: positionQuantity,
  maxPositionNotional: positionNotional,
  maxGrossExposure: grossExposure,
  maxNetExposure: netExposure,
  maxOpenOrders: openOrders,
  maxUnknownOrders: unknownOrders,
  maxOrdersPerSecond: ordersPerSecond,
  maxOrdersPerMinute: ordersPerMinute,
  maxOrdersPerHour: ordersPerHour,
}
const names = Object.keys(checkOf) as readonly Name[]
const bindingIn = ({ limits }: Override, symbol: MarketSymbol): readonly Check[] =>
  names.filter((name) => binds(limits, name, symbol)).map((name) => checkOf[name])
const binds = (limits: Limits, name: Name, symbol: MarketSymbol): boolean =>
  name === 'maxOrderQuantity' || name === 'maxPosition'
    ? limits[name]?.[symbol] !== undefined
    : limits[name] !== undefined

const inPart = (view: View, { scope, limits, limitTexts }: Override): View => {
  const { exposure, terms, claim, mark, pricing, own } = view
  const tally = exposure.of(scope)
  const outlook = outlookIn(exposure, tally, terms, claim, { mark: mark?.price, pricing, own })
  return { ...view, scope, limits, limitTexts, outlook }
}
