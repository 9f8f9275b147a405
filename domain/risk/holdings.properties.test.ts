import { expect } from 'vitest'
import { fold } from '#domain/kernel/decider'
import { orderDecider, workingQuantity } from '#domain/order/order'
import { holdingsFold, isHolding, remainingOf } from '#domain/risk/holdings'
import { play } from '#domain/risk/testing/history'
import { history } from '#domain/risk/testing/steps'
import { isRiskEvent } from '#domain/risk/standing'
import type { OrderEvent } from '#schemas/events/order'
import { prop } from '#testing/prop'

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
      if (order._tag === 'Intended') continue
      const held = holdings.order(orderId)
      expect(held === undefined ? 0n : remainingOf(held)).toBe(workingQuantity(order))
    }
  },
  { numRuns: 300 },
)
