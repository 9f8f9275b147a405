/** Generated logs of orders as guard and gateway write them, for whoever follows them one by one. */
import { anyQuantity } from '#domain/testing/fills'
import { plusMs } from '#domain/values/instant'
import { anyStory } from '#projections/testing/any-story'
import {
  fillOf,
  orderId,
  said,
  type Saying,
  started,
  type Told,
} from '#projections/testing/stories'
import { orderStream } from '#schemas/streams'
import type { Price, Quantity } from '#schemas/values/decimal'
import { fc } from '#testing/prop'

const later = [
  'submitted',
  'accepted',
  'unknown',
  'found',
  'cancelAsked',
  'cancelRefused',
  'cancelled',
  'expired',
  'lapsed',
  'odd',
] as const satisfies readonly Saying[]

/**
 * Orders side by side, each from its intent through at most one decision to whatever the venue says of it; the
 * clocks of those who write do not agree, so that every event shows in the order's time.
 */
const anyOrders: fc.Arbitrary<readonly Told[]> = fc
  .array(
    fc.record({
      n: fc.nat({ max: 9 }),
      decision: fc.constantFrom('approved' as const, 'denied' as const, undefined),
      saying: fc.constantFrom(...later),
      fill: fc.option(anyQuantity, { freq: 3 }),
      seconds: fc.integer({ min: -30, max: 30 }),
    }),
    { minLength: 20, maxLength: 120 },
  )
  .map((steps) => {
    const stages = new Map<number, number>()
    return steps.flatMap(({ n, decision, saying, fill, seconds }, trade): readonly Told[] => {
      const asked = { n, side: 'buy' as const, quantity: (5n * 10n ** 18n) as Quantity }
      const stage = stages.get(n) ?? 0
      const at = plusMs(started, trade + seconds * 1_000)
      if (stage === 0) {
        stages.set(n, 1)
        return [{ ...said('intent', asked), at }]
      }
      // Somebody may want to cancel before it is decided.
      if (stage === 1 && decision === undefined) return [{ ...said('cancelAsked', asked), at }]
      stages.set(n, stage + 1)
      if (stage === 1 && decision !== undefined) return [{ ...said(decision, asked), at }]
      if (fill === null) return [{ ...said(saying, asked), at }]
      const price = (64_000n * 10n ** 18n) as Price
      const event = fillOf(asked, { quantity: fill, price, trade })
      return [{ stream: orderStream(orderId(n)), event, at }]
    })
  })

/** Facts in any order, though a decision is made once, and of an order that was asked for. */
const decidedOnce = (story: readonly Told[]): readonly Told[] => {
  const asked = new Set<string>()
  const decided = new Set<string>()
  return story.filter(({ event }) => {
    if (event.type === 'OrderIntentRecorded') asked.add(event.orderId)
    if (event.type !== 'OrderApproved' && event.type !== 'OrderDenied') return true
    if (!asked.has(event.orderId) || decided.has(event.orderId)) return false
    decided.add(event.orderId)
    return true
  })
}
export const anyLog = fc.oneof(
  { weight: 4, arbitrary: anyOrders },
  { weight: 1, arbitrary: anyStory.map(decidedOnce) },
)
