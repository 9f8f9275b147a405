/** What becomes of orders and their amendments: a part of the fold of holdings. */
import type { AmendEvent } from '#domain/order/amendment'
import {
  amendmentBecomes,
  amendmentOver,
  amendmentsOf,
  amendmentsOver,
  askAmendment,
} from '#domain/risk/amendments'
import {
  type HeldOrder,
  type HoldingsState,
  type Known,
  remainingOf,
  type Stage,
} from '#domain/risk/held'
import { addQuantity, zeroQuantity } from '#domain/values/decimal'
import type { RecordedEvent } from '#schemas/envelope'
import type { OrderFilled, OrderIntentRecorded } from '#schemas/events/order'
import type { Quantity } from '#schemas/values/decimal'
import type { AmendmentId, OrderId } from '#schemas/values/ids'

export interface OrderChange {
  readonly order?: HeldOrder
  /** Amendments that nobody will ask about again. */
  readonly over?: readonly AmendmentId[]
}
const nothing: OrderChange = {}

export const orderBecame = (state: HoldingsState, recorded: RecordedEvent): OrderChange => {
  const { event } = recorded
  switch (event.type) {
    case 'OrderIntentRecorded':
      return intended(state, { ...recorded, event })
    case 'OrderSubmissionStarted':
    // What the question brought to light follows as its own event.
    case 'OrderOutcomeResolved':
      return become(state, event.orderId, 'inFlight')
    case 'OrderAccepted':
      return become(state, event.orderId, 'working')
    case 'OrderOutcomeUnknown':
      return become(state, event.orderId, 'unknown')
    case 'OrderCancelled':
    case 'OrderExpired':
      return end(state, event.orderId, event.filledTotal)
    case 'OrderRefused':
    case 'OrderLapsed':
      return end(state, event.orderId, undefined)
    case 'OrderAmendRequested':
    case 'OrderAmendStarted':
    case 'OrderAmended':
    case 'OrderAmendRefused':
    case 'OrderAmendOutcomeUnknown':
      return amend(state, { ...recorded, event })
    // All other events count, and change nothing here.
    default:
      return nothing
  }
}
export const orderFilled = (state: HoldingsState, event: OrderFilled): OrderChange => {
  const order = state.orders.get(event.orderId)
  if (order === undefined) return nothing
  order.filled = addQuantity(order.filled, event.quantity)
  return settled(state, order)
}

const intended = (
  state: HoldingsState,
  intent: RecordedEvent<OrderIntentRecorded>,
): OrderChange => {
  const { orderId, book, terms } = intent.event
  if (state.orders.has(orderId)) return nothing
  const order: Known = { orderId, book, terms, intent, stage: 'intended', filled: zeroQuantity }
  state.orders.set(orderId, order)
  const queue = state.waiting.get(book)
  if (queue === undefined) state.waiting.set(book, new Map([[orderId, order]]))
  else queue.set(orderId, order)
  return { order }
}
const become = (
  state: HoldingsState,
  orderId: OrderId,
  stage: Exclude<Stage, 'intended' | 'ended'>,
): OrderChange => {
  const order = state.orders.get(orderId)
  if (order === undefined || order.stage === 'ended') return nothing
  noLongerWaiting(state, order)
  order.stage = stage
  return settled(state, order)
}
const end = (
  state: HoldingsState,
  orderId: OrderId,
  venueTotal: Quantity | undefined,
): OrderChange => {
  const order = state.orders.get(orderId)
  if (order === undefined || order.stage === 'ended') return nothing
  noLongerWaiting(state, order)
  order.stage = 'ended'
  order.venueTotal = venueTotal ?? order.filled
  return settled(state, order)
}
/** What an amendment is to make of an order counts from the event on that says that it has. */
const amend = (state: HoldingsState, recorded: RecordedEvent<AmendEvent>): OrderChange => {
  const { event } = recorded
  const order = state.orders.get(event.orderId)
  if (order === undefined || order.stage === 'ended') return nothing
  switch (event.type) {
    case 'OrderAmendRequested':
      askAmendment(state.amendments, order.book, { ...recorded, event })
      return { order }
    case 'OrderAmendStarted':
      amendmentBecomes(state.amendments, event, 'inFlight')
      return { order }
    case 'OrderAmendOutcomeUnknown':
      amendmentBecomes(state.amendments, event, 'unknown')
      return { order }
    case 'OrderAmended':
      order.terms = event.terms
      return settled(state, order, event.amendmentId)
    case 'OrderAmendRefused':
      return settled(state, order, event.amendmentId)
  }
}
/** An order of which nothing can fill any more is forgotten, also by what the venue may have made of it. */
const settled = (state: HoldingsState, order: Known, amendment?: AmendmentId): OrderChange => {
  const { amendments } = state
  const { orderId, stage, filled } = order
  const over = amendment === undefined ? [] : amendmentOver(amendments, orderId, amendment)
  const mayGrow = [...amendmentsOf(amendments, orderId).values()].some(
    ({ stage: of, terms }) => of !== 'requested' && terms.quantity > filled,
  )
  const isOver = stage === 'ended' || (stage === 'working' && !mayGrow)
  if (!isOver || remainingOf(order) !== 0n)
    return stage === 'ended'
      ? { order, over: amendmentsOver(amendments, orderId) }
      : { order, over }
  state.orders.delete(orderId)
  return { order, over: [...over, ...amendmentsOver(amendments, orderId)] }
}
export const noLongerWaiting = (state: HoldingsState, { book, orderId }: HeldOrder): void => {
  state.waiting.get(book)?.delete(orderId)
}
