/** What must hold between the orders of every generated history, by the oracle alone. */
import { expect } from 'vitest'
import { limitsInForce } from '#domain/risk/testing/oracle'
import { type OpenOrder, openOrdersOf } from '#domain/risk/testing/oracle-orders'
import { main } from '#domain/risk/testing/words'
import { isEqual } from '#domain/values/equal'
import type { LedgerEvent } from '#schemas/events/ledger'
import type { AmendApproved, OrderApproved, RiskEvent } from '#schemas/events/risk'
import type { Terms } from '#schemas/values/trading'

/** No approval that increases could trade with another order of the book, or is one that came a moment ago. */
export const ordersKeepApart = (
  risk: readonly RiskEvent[],
  others: readonly LedgerEvent[],
): void => {
  for (const [index, event] of risk.entries()) {
    if ((event.type !== 'OrderApproved' && event.type !== 'AmendApproved') || event.reducing)
      continue
    const before = risk.slice(0, index)
    const open = openOrdersOf(main, before, others.slice(0, event.basis.count)).counted
    const met = open.filter(
      (order) => order.orderId !== event.orderId && meets(event, order, before),
    )
    expect(met).toStrictEqual([])
    const windowMs = limitsInForce(before).duplicateWindowMs ?? 0
    const again = before.filter(
      (earlier) =>
        event.type === 'OrderApproved' &&
        earlier.type === 'OrderApproved' &&
        isEqual(earlier.terms, event.terms) &&
        event.at - earlier.at < windowMs * 1000,
    )
    expect(again).toStrictEqual([])
  }
}

const meets = (
  { terms, mark }: OrderApproved | AmendApproved,
  { shapes, isOpen }: OpenOrder,
  risk: readonly RiskEvent[],
): boolean => {
  if (!isOpen || terms.stopPrice !== undefined) return false
  const collar = limitsInForce(risk).priceCollar ?? 0n
  const reach = (of: Terms): bigint => {
    if (of.limitPrice !== undefined) return of.limitPrice
    const [price, by] = [mark?.price ?? 0n, ((mark?.price ?? 0n) * collar) / 10n ** 18n]
    return of.side === 'buy' ? price + by : price - by
  }
  return shapes
    .filter(({ remaining }) => remaining > 0n)
    .map((shape) => shape.terms)
    .filter(({ venue, symbol, side, stopPrice }) => {
      const isThere = venue === terms.venue && symbol === terms.symbol
      return isThere && side !== terms.side && stopPrice === undefined
    })
    .filter((other) => rests(other) || rests(terms))
    .some((other) => {
      const [buy, sell] = terms.side === 'buy' ? [terms, other] : [other, terms]
      return reach(buy) >= reach(sell)
    })
}
const rests = ({ limitPrice, timeInForce }: Terms): boolean =>
  limitPrice !== undefined && ['gtc', 'gtd'].includes(timeInForce)
