/** Open orders by plain recomputation; a part of the oracle. */
import { isFill, max } from '#domain/risk/testing/oracle-books'
import type { LedgerEvent } from '#schemas/events/ledger'
import type { OrderAmendRequested, OrderIntentRecorded } from '#schemas/events/order'
import type { RiskEvent } from '#schemas/events/risk'
import type { AmendmentId, OrderId } from '#schemas/values/ids'
import type { Terms } from '#schemas/values/trading'

/** What an order may be, and how much of that may still fill. */
export interface Shape {
  readonly terms: Terms
  readonly remaining: bigint
}
export interface OpenOrder {
  readonly orderId: OrderId
  /** Its own terms as far as the venue has said. */
  readonly terms: Terms
  /** First what it is, then whatever its amendments may have made of it: nobody knows which. */
  readonly shapes: readonly Shape[]
  /** At worst. */
  readonly remaining: bigint
  readonly filled: bigint
  readonly isOpen: boolean
  readonly isUnknown: boolean
}
export interface OpenOrders {
  readonly counted: readonly OpenOrder[]
  readonly waiting: readonly (OrderId | AmendmentId)[]
}

/** Each order by itself, from all events that name it. */
export const openOrdersOf = (
  book: string,
  risk: readonly RiskEvent[],
  events: readonly LedgerEvent[],
): OpenOrders => {
  const about = grouped([...events, ...risk])
  const stories = events
    .filter((event) => event.type === 'OrderIntentRecorded')
    .filter((intent) => intent.book === book)
    .map((intent) => storyOf(intent, about.get(intent.orderId) ?? []))
  const undecided = new Set(stories.flatMap(({ waiting }) => waiting))
  return {
    counted: stories.flatMap(({ open }) => open ?? []),
    waiting: events.flatMap((event) => {
      const asked = askedIn(event)
      return asked !== undefined && undecided.has(asked) ? [asked] : []
    }),
  }
}

const grouped = (events: readonly (LedgerEvent | RiskEvent)[]) => {
  const groups = new Map<string, LedgerEvent[]>()
  for (const event of events) {
    if (!('orderId' in event)) continue
    const group = groups.get(event.orderId)
    if (group === undefined) groups.set(event.orderId, [event])
    else group.push(event)
  }
  return groups
}
const askedIn = (event: LedgerEvent): OrderId | AmendmentId | undefined => {
  if (event.type === 'OrderIntentRecorded') return event.orderId
  return event.type === 'OrderAmendRequested' ? event.amendmentId : undefined
}

interface Story {
  readonly open: OpenOrder | undefined
  readonly waiting: readonly (OrderId | AmendmentId)[]
}
const ends = ['OrderRefused', 'OrderLapsed', 'OrderCancelled', 'OrderExpired']
const sent = [
  'OrderSubmissionStarted',
  'OrderAccepted',
  'OrderOutcomeUnknown',
  'OrderOutcomeResolved',
]
const storyOf = (intent: OrderIntentRecorded, own: readonly LedgerEvent[]): Story => {
  const { orderId } = intent
  const end = own.find(({ type }) => ends.includes(type))
  const state = own.findLast(({ type }) => sent.includes(type))?.type
  const decision = own.find(({ type }) => type === 'OrderApproved' || type === 'OrderDenied')?.type
  const approved = decision === 'OrderApproved' || state !== undefined
  const isDenied = decision === 'OrderDenied' && state === undefined
  const filled = own.reduce((all, event) => all + (isFill(event) ? event.quantity : 0n), 0n)
  const done = own.findLast((event) => event.type === 'OrderAmended')
  const terms = done?.type === 'OrderAmended' ? done.terms : intent.terms
  const total = end !== undefined && 'filledTotal' in end ? end.filledTotal : filled
  const ownRemaining = max((end === undefined ? terms.quantity : total) - filled, 0n)

  const asked = own.filter((event) => event.type === 'OrderAmendRequested')
  const amendments = asked.map((each) => amendmentOf(each, own))
  const sentShapes = amendments.filter(({ stage }) => stage === 'sent' || stage === 'unknown')
  const left = [ownRemaining, ...sentShapes.map((each) => each.terms.quantity - filled)]
  const isFilled = state === 'OrderAccepted' && left.every((each) => each <= 0n)
  const isOver = end !== undefined || isFilled
  const waiting = [
    ...(decision === undefined && state === undefined && end === undefined ? [orderId] : []),
    ...(isOver || isDenied ? [] : amendments)
      .filter(({ stage }) => stage === 'waits')
      .map(({ amendmentId }) => amendmentId),
  ]
  if (!approved || (isOver && ownRemaining === 0n)) return { open: undefined, waiting }
  const may = end === undefined ? amendments.filter(({ stage }) => mayBe.includes(stage)) : []
  const shapes = [
    { terms, remaining: ownRemaining },
    ...may.map((each) => ({ terms: each.terms, remaining: max(each.terms.quantity - filled, 0n) })),
  ]
  const isUnknown = state === 'OrderOutcomeUnknown' || may.some(({ stage }) => stage === 'unknown')
  return {
    open: {
      orderId,
      terms,
      shapes,
      remaining: mostOf(shapes),
      filled,
      isOpen: end === undefined,
      isUnknown: end === undefined && isUnknown,
    },
    waiting,
  }
}
export const mostOf = (shapes: readonly Shape[]): bigint =>
  shapes.reduce((most, { remaining }) => max(most, remaining), 0n)

type Stage = 'waits' | 'approved' | 'sent' | 'unknown' | 'over'
const mayBe: readonly Stage[] = ['approved', 'sent', 'unknown']
interface Amendment {
  readonly amendmentId: AmendmentId
  readonly terms: Terms
  readonly stage: Stage
}
const amendmentOf = (
  { amendmentId, terms }: OrderAmendRequested,
  own: readonly LedgerEvent[],
): Amendment => {
  const types = own.flatMap((event) =>
    'amendmentId' in event && event.amendmentId === amendmentId ? [event.type as string] : [],
  )
  const has = (type: string): boolean => types.includes(type)
  const stage = (): Stage => {
    if (has('OrderAmended') || has('OrderAmendRefused')) return 'over'
    if (has('OrderAmendOutcomeUnknown')) return 'unknown'
    if (has('OrderAmendStarted')) return 'sent'
    if (has('AmendApproved')) return 'approved'
    return has('AmendDenied') ? 'over' : 'waits'
  }
  return { amendmentId, terms, stage: stage() }
}
