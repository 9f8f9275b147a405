import { expect } from 'vitest'
import { fold } from '#domain/kernel/decider'
import { type Order, orderDecider, workingQuantity } from '#domain/order/order'
import { worstClaimOf } from '#domain/risk/claims'
import { holdingsFold, isHolding } from '#domain/risk/holdings'
import { play } from '#domain/risk/testing/history'
import { history } from '#domain/risk/testing/steps'
import { isRiskEvent } from '#domain/risk/standing'
import type { OrderEvent } from '#schemas/events/order'
import { prop } from '#testing/prop'

/** Nobody may ask so before the venue has taken an order: the order itself takes no notice of it. */
const isAmendedTooSoon = (order: Order, own: readonly OrderEvent[]): boolean =>
  order._tag !== 'Unrecorded' &&
  own.some(
    (event) =>
      event.type === 'OrderAmendRequested' &&
      !order.amendments.some(({ amendmentId }) => amendmentId === event.amendmentId),
  )

/** What is approved and unsent is not at the venue. */
const nobodyApproves = { amendOutcomeOf: () => undefined }

prop(
  'what may still fill of an order that was sent is what the order itself says',
  history,
  (each) => {
    const { log } = play(each, () => undefined)
    const holdings = holdingsFold()
    for (const recorded of log.events) if (isHolding(recorded.stream)) holdings.apply(recorded)
    const intents = log.events
      .map(({ event }) => event)
      .filter((event) => event.type === 'OrderIntentRecorded')
    for (const { orderId } of intents) {
      const own = log.events.flatMap(({ event }) =>
        'orderId' in event && event.orderId === orderId && !isRiskEvent(event)
          ? [event as OrderEvent]
          : [],
      )
      const order = fold(orderDecider)(own)
      if (order._tag === 'Intended' || isAmendedTooSoon(order, own)) continue
      const held = holdings.order(orderId)
      const most = held === undefined ? 0n : worstClaimOf(nobodyApproves, holdings, held).quantity
      expect(most).toBe(workingQuantity(order))
    }
  },
  { numRuns: 300 },
)
