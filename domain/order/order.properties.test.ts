/** What holds of an order whatever is asked of it and reported about it, in any sequence. */
import * as E from 'fp-ts/lib/Either.js'
import fc from 'fast-check'
import { expect } from 'vitest'
import { fold } from '#domain/kernel/decider'
import type { OrderCommand } from '#domain/order/commands'
import {
  isActive,
  isEnded,
  type Order,
  orderDecider,
  transitions,
  workingQuantity,
} from '#domain/order/order'
import { anyHistory, anyKind, anyReport, anyRequest, ofKind } from '#domain/testing/any-order'
import { acceptance, expiry, fill, intent, submission, terms } from '#domain/testing/orders'
import type { OrderEvent } from '#schemas/events/order'
import { prop } from '#testing/prop'

const { decide, evolve, initialState } = orderDecider

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
        const full = event.type === 'OrderFilled' && to === 'Open' && next._tag === 'Filled'
        expect(next._tag).toBe(full ? 'Filled' : to)
        return next
      }, before)
    }
  },
)

prop('what the table does not have changes nothing', fc.tuple(anyHistory, anyHistory), ([a, b]) => {
  const order = fold(orderDecider)(eventsOf(a))
  for (const event of eventsOf(b)) {
    const legal = event.type in transitions[order._tag]
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
        expect(workingQuantity(after) + filledOf(after)).toBeGreaterThanOrEqual(terms.quantity)
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

/** A naive order: one mutable record that is told things, and knows no events. */
const naive = () => {
  const trades = new Map<string, bigint>()
  let phase: 'none' | 'unsent' | 'flying' | 'live' | 'over' = 'none'
  const filledTotal = () => [...trades.values()].reduce((sum, each) => sum + each, 0n)
  const whenLive = () => {
    if (phase === 'live' && filledTotal() >= terms.quantity) phase = 'over'
  }
  const seen = () => {
    if (phase === 'flying') phase = 'live'
  }
  return {
    phase: () => phase,
    filledTotal,
    tell: (event: OrderCommand, acceptedRequest: boolean) => {
      switch (event.type) {
        case 'RecordIntent':
          if (phase === 'none') phase = 'unsent'
          return
        case 'StartSubmission':
          if (acceptedRequest) phase = 'flying'
          return
        case 'LapseOrder':
        case 'ResolveAbsent':
          if (acceptedRequest) phase = 'over'
          return
        case 'ReportAccepted':
          seen()
          return
        case 'ReportFill':
          if (phase === 'none' || event.quantity === 0n || trades.has(event.tradeId)) return
          seen()
          trades.set(event.tradeId, event.quantity)
          whenLive()
          return
        case 'ReportCancelled':
        case 'ReportExpired':
          if (phase === 'flying' || phase === 'live') phase = 'over'
          return
        case 'ReportRefused':
          if (phase === 'flying' || (phase === 'live' && trades.size === 0)) phase = 'over'
          return
        case 'ReportNotSent':
          if (phase === 'flying' && acceptedRequest) phase = 'over'
          return
        case 'RequestCancel':
        case 'ReportUnknown':
        case 'ReportCancelRefused':
          return
      }
    },
  }
}
const phaseOf: Record<Order['_tag'], ReturnType<ReturnType<typeof naive>['phase']>> = {
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
  const model = naive()
  for (const { command, events, after } of stepsOf(history)) {
    model.tell(command, events.length > 0)
    expect(model.filledTotal()).toBe(filledOf(after))
    expect(phaseOf[after._tag], command.type).toBe(model.phase())
  }
})
