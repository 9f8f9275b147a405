/** What holds of an order whatever is asked of it and reported about it, in any sequence. */
import * as E from 'fp-ts/lib/Either.js'
import fc from 'fast-check'
import { expect } from 'vitest'
import { fold } from '#domain/kernel/decider'
import { amendableFields, type AmendmentStage, amendmentTransitions } from '#domain/order/amendment'
import type { OrderCommand } from '#domain/order/commands'
import {
  isActive,
  isEnded,
  type Order,
  orderDecider,
  type RecordedOrder,
  transitions,
  workingQuantity,
} from '#domain/order/order'
import { differingFields } from '#domain/order/terms'
import { anyHistory, anyKind, anyReport, anyRequest, ofKind } from '#domain/testing/any-order'
import { naiveOrder, type NaivePhase } from '#domain/testing/naive-order'
import { acceptance, expiry, fill, intent, submission } from '#domain/testing/orders'
import type { OrderEvent } from '#schemas/events/order'
import { prop } from '#testing/prop'

const { decide, evolve, initialState } = orderDecider

const amendable = new Set<string>(amendableFields)

interface Step {
  readonly command: OrderCommand
  readonly before: Order
  readonly events: readonly OrderEvent[]
  readonly after: Order
}
const stepsOf = (commands: readonly OrderCommand[]): readonly Step[] => {
  const steps: Step[] = []
  for (const command of commands) {
    const before = steps.at(-1)?.after ?? initialState
    const decision = decide(command, before)
    const events = E.isRight(decision) ? decision.right : []
    steps.push({ command, before, events, after: events.reduce(evolve, before) })
  }
  return steps
}
const eventsOf = (commands: readonly OrderCommand[]): readonly OrderEvent[] =>
  stepsOf(commands).flatMap(({ events }) => events)
/** What may be the last that was missing. */
const mayComplete = new Set(['OrderFilled', 'OrderAmended', 'OrderAmendRefused'])
const stagesOf = (order: Order): ReadonlyMap<string, AmendmentStage> =>
  new Map(
    order._tag === 'Unrecorded'
      ? []
      : order.amendments.map(({ amendmentId, stage }) => [amendmentId, stage]),
  )
/** As the table of amendments has it; a pair that is not there fails. */
const stagesAfter = (order: Order, event: OrderEvent): ReadonlyMap<string, AmendmentStage> => {
  const before = stagesOf(order)
  if (!('amendmentId' in event)) return before
  if (event.type === 'OrderAmendRequested')
    return new Map([...before, [event.amendmentId, 'requested' as const]])
  const stage = before.get(event.amendmentId) ?? 'refused'
  const to: Partial<Record<string, AmendmentStage>> = amendmentTransitions[stage]
  return new Map([...before, [event.amendmentId, to[event.type] ?? stage]])
}
const mostOf = (order: RecordedOrder): bigint =>
  order.amendments
    .filter(({ stage }) => stage === 'started' || stage === 'unknown')
    .reduce<bigint>(
      (most, amendment) => (amendment.terms.quantity > most ? amendment.terms.quantity : most),
      order.terms.quantity,
    )
const filledOf = (order: Order) => (order._tag === 'Unrecorded' ? 0n : order.filledQuantity)
const withoutNotes = (order: Order) => ({ ...order, noted: undefined })

prop(
  'every event is a legal step from where it stands, and leads where the table says',
  anyHistory,
  (history) => {
    for (const { before, events } of stepsOf(history)) {
      events.reduce((order, event) => {
        const next = evolve(order, event)
        if (event.type === 'OrderAnomalyObserved') {
          expect(withoutNotes(next)).toStrictEqual(withoutNotes(order))
          return next
        }
        const to = (transitions[order._tag] as Partial<Record<OrderEvent['type'], Order['_tag']>>)[
          event.type
        ]
        expect(to, `${order._tag} ${event.type}`).toBeDefined()
        const full = mayComplete.has(event.type) && to === 'Open' && next._tag === 'Filled'
        expect(next._tag).toBe(full ? 'Filled' : to)
        expect(stagesOf(next)).toStrictEqual(stagesAfter(order, event))
        return next
      }, before)
    }
  },
)

prop('what the table does not have changes nothing', fc.tuple(anyHistory, anyHistory), ([a, b]) => {
  const order = fold(orderDecider)(eventsOf(a))
  for (const event of eventsOf(b)) {
    const stage = 'amendmentId' in event ? stagesOf(order).get(event.amendmentId) : undefined
    const isNew = event.type === 'OrderAmendRequested' && stage === undefined
    const legal =
      'amendmentId' in event
        ? order._tag === 'Open' &&
          (isNew || (stage !== undefined && event.type in amendmentTransitions[stage]))
        : event.type in transitions[order._tag]
    const counted = event.type === 'OrderFilled' && order._tag !== 'Unrecorded'
    if (legal || counted || event.type === 'OrderAnomalyObserved') continue
    expect(evolve(order, event)).toStrictEqual(order)
  }
})

prop(
  'a report is never refused, and what it says is fact, known, or noted',
  fc.tuple(anyHistory, anyReport),
  ([history, report]) => {
    const order = fold(orderDecider)(eventsOf(history))
    const decision = decide(report, order)
    expect(E.isRight(decision)).toBe(true)
    if (E.isLeft(decision) || decision.right.length === 0) return
    const facts = decision.right.filter(({ type }) => type !== 'OrderAnomalyObserved')
    const after = decision.right.reduce(evolve, order)
    if (facts.length === 0) expect(withoutNotes(after)).toStrictEqual(withoutNotes(order))
  },
)

prop(
  'the same report again records nothing',
  fc.tuple(anyHistory, anyReport),
  ([history, report]) => {
    const once = eventsOf([...history, report])
    expect(eventsOf([...history, report, report])).toStrictEqual(once)
  },
)

prop(
  "a venue's whole history fed twice changes nothing",
  fc.array(anyReport, { maxLength: 20 }),
  (reports) => {
    const sent = [intent(), submission()]
    const once = stepsOf([...sent, ...reports]).at(-1)?.after ?? initialState
    const twice = stepsOf([...sent, ...reports, ...reports]).at(-1)?.after ?? initialState
    expect(filledOf(twice)).toBe(filledOf(once))
    // An order that was still in flight at the end of the first telling may learn its end from the second.
    if (isEnded(once)) expect(withoutNotes(twice)).toStrictEqual(withoutNotes(once))
  },
)

prop('what is filled never falls, and each trade counts once', anyHistory, (history) => {
  for (const { before, after } of stepsOf(history)) {
    expect(filledOf(after)).toBeGreaterThanOrEqual(filledOf(before))
  }
  const trades = eventsOf(history).flatMap((event) =>
    event.type === 'OrderFilled' ? [event.tradeId] : [],
  )
  expect(new Set(trades).size).toBe(trades.length)
})

prop('what was asked for and is told so is no anomaly', anyKind, (kind) => {
  const life = [intent(), submission(), acceptance(), fill('t1', '0.25'), expiry('0.25')]
  const types = eventsOf(life.map(ofKind(kind, true))).map(({ type }) => type)
  expect(types).toStrictEqual([
    'OrderIntentRecorded',
    'OrderSubmissionStarted',
    'OrderAccepted',
    'OrderFilled',
    'OrderExpired',
  ])
})

prop(
  'each amendment is sent at most once, one at a time, and never after it was refused',
  anyHistory,
  (history) => {
    const open = new Set<string>()
    const settled = new Set<string>()
    for (const event of eventsOf(history)) {
      if (!('amendmentId' in event)) continue
      const { type, amendmentId } = event
      if (type === 'OrderAmendStarted') {
        expect([...open]).toStrictEqual([])
        expect(settled.has(amendmentId)).toBe(false)
        open.add(amendmentId)
      }
      if (type !== 'OrderAmended' && type !== 'OrderAmendRefused') continue
      open.delete(amendmentId)
      settled.add(amendmentId)
    }
  },
)

prop('the terms change by OrderAmended alone, in what may be amended', anyHistory, (history) => {
  for (const { before, events, after } of stepsOf(history)) {
    if (before._tag === 'Unrecorded' || after._tag === 'Unrecorded') continue
    const fields = differingFields(before.terms, after.terms)
    if (!events.some(({ type }) => type === 'OrderAmended')) expect(fields).toStrictEqual([])
    expect(fields.filter((field) => !amendable.has(field))).toStrictEqual([])
  }
})

prop('it is sent at most once, and never after a lapse', anyHistory, (history) => {
  const types = eventsOf(history).map(({ type }) => type)
  expect(types.filter((type) => type === 'OrderSubmissionStarted').length).toBeLessThanOrEqual(1)
  if (types.includes('OrderLapsed')) expect(types).not.toContain('OrderSubmissionStarted')
})

prop(
  'an end is for ever, and what it holds back is what the venue filled and the fills lack',
  anyHistory,
  (history) => {
    for (const { before, after } of stepsOf(history)) {
      if (isEnded(before)) expect(after._tag).toBe(before._tag)
      if (isActive(after)) {
        // Whatever the venue may have made of it.
        expect(workingQuantity(after) + filledOf(after)).toBeGreaterThanOrEqual(mostOf(after))
      }
      if (after._tag === 'Cancelled' || after._tag === 'Expired') {
        const lacking = after.venueTotal - filledOf(after)
        expect(workingQuantity(after)).toBe(lacking > 0n ? lacking : 0n)
      }
    }
  },
)

prop('asking twice records once', fc.tuple(anyHistory, anyRequest), ([history, request]) => {
  const once = eventsOf([...history, request])
  expect(eventsOf([...history, request, request])).toStrictEqual(once)
})

const phaseOf: Record<Order['_tag'], NaivePhase> = {
  Unrecorded: 'none',
  Intended: 'unsent',
  Submitting: 'flying',
  Unknown: 'flying',
  Open: 'live',
  Filled: 'over',
  Cancelled: 'over',
  Expired: 'over',
  Refused: 'over',
  Lapsed: 'over',
}
prop('it is what a naive order would be', anyHistory, (history) => {
  const model = naiveOrder()
  for (const { command, events, after } of stepsOf(history)) {
    const isFact = events.some(({ type }) => type !== 'OrderAnomalyObserved')
    model.tell(command, events.length > 0, isFact)
    expect(model.filledTotal()).toBe(filledOf(after))
    expect(phaseOf[after._tag], command.type).toBe(model.phase())
  }
})
