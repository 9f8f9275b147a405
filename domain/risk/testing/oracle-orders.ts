/** Open orders by plain recomputation; a part of the oracle. */
import { isFill, max } from '#domain/risk/testing/oracle-books'
import type { LedgerEvent } from '#schemas/events/ledger'
import type { RiskEvent } from '#schemas/events/risk'
import type { OrderId } from '#schemas/values/ids'
import type { Terms } from '#schemas/values/trading'

export interface OpenOrder {
  readonly orderId: OrderId
  readonly terms: Terms
  readonly remaining: bigint
  readonly isOpen: boolean
  readonly isUnknown: boolean
}
/** Each order by itself, from all events that name it. */
export const openOrdersOf = (
  book: string,
  risk: readonly RiskEvent[],
  events: readonly LedgerEvent[],
): { readonly counted: readonly OpenOrder[]; readonly waiting: readonly OrderId[] } => {
  const counted: OpenOrder[] = []
  const waiting: OrderId[] = []
  const intents = events.filter((event) => event.type === 'OrderIntentRecorded')
  for (const { orderId, terms, book: of } of intents) {
    if (of !== book) continue
    const own = events.filter((event) => 'orderId' in event && event.orderId === orderId)
    const decisions = risk.filter((event) => 'orderId' in event && event.orderId === orderId)
    const filled = own.reduce((all, event) => all + (isFill(event) ? event.quantity : 0n), 0n)
    const end = own.find(({ type }) =>
      ['OrderRefused', 'OrderLapsed', 'OrderCancelled', 'OrderExpired'].includes(type),
    )
    const state = own.findLast(({ type }) =>
      [
        'OrderSubmissionStarted',
        'OrderAccepted',
        'OrderOutcomeUnknown',
        'OrderOutcomeResolved',
      ].includes(type),
    )
    const approved = decisions.some(({ type }) => type === 'OrderApproved') || state !== undefined
    if (decisions.length === 0 && state === undefined && end === undefined) waiting.push(orderId)
    if (!approved) continue
    const total = end !== undefined && 'filledTotal' in end ? end.filledTotal : filled
    const most: bigint = end === undefined ? terms.quantity : total
    const remaining = max(most - filled, 0n)
    const isOver = end !== undefined || (state?.type === 'OrderAccepted' && remaining === 0n)
    if (isOver && remaining === 0n) continue
    counted.push({
      orderId,
      terms,
      remaining,
      isOpen: end === undefined,
      isUnknown: end === undefined && state?.type === 'OrderOutcomeUnknown',
    })
  }
  return { counted, waiting }
}
