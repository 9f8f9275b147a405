/** What was asked of orders, and neither done nor refused: their amendments, as a part of the fold of holdings. */
import type { RecordedEvent } from '#schemas/envelope'
import type { OrderAmendRequested, OrderAmendStarted } from '#schemas/events/order'
import type { AmendmentId, BookId, OrderId } from '#schemas/values/ids'
import type { Terms } from '#schemas/values/trading'

/** From `inFlight` on the venue may have it, whatever the guard has said. */
export type AmendmentStage = 'requested' | 'inFlight' | 'unknown'
export interface HeldAmendment {
  readonly amendmentId: AmendmentId
  readonly orderId: OrderId
  readonly book: BookId
  /** The whole of the order as it is to be, what it has filled included. */
  readonly terms: Terms
  /** The event that asked for it: what a decision about it answers. */
  readonly asked: RecordedEvent<OrderAmendRequested>
  readonly stage: AmendmentStage
}
/** As data. What waits is held too, and no object in here is ever changed. */
export interface AmendmentsState {
  readonly held: Map<OrderId, Map<AmendmentId, HeldAmendment>>
  readonly waiting: Map<BookId, Map<AmendmentId, HeldAmendment>>
}
export const noAmendments = (): AmendmentsState => ({ held: new Map(), waiting: new Map() })

type Amendments = ReadonlyMap<AmendmentId, HeldAmendment>
const none: Amendments = new Map()
export const amendmentsOf = ({ held }: AmendmentsState, order: OrderId): Amendments =>
  held.get(order) ?? none
/** Those that nobody has decided, sent or refused, in log order. */
export const amendmentsWaiting = ({ waiting }: AmendmentsState, book: BookId): Amendments =>
  waiting.get(book) ?? none

/** Each is held, also where another of the order is open: which of them comes to nothing is not for here to say. */
export const askAmendment = (
  state: AmendmentsState,
  book: BookId,
  asked: RecordedEvent<OrderAmendRequested>,
): void => {
  const { amendmentId, orderId, terms } = asked.event
  if (amendmentsOf(state, orderId).has(amendmentId)) return
  const amendment = { amendmentId, orderId, book, terms, asked, stage: 'requested' } as const
  put(state, amendment)
  const queue = state.waiting.get(book)
  if (queue === undefined) state.waiting.set(book, new Map([[amendmentId, amendment]]))
  else queue.set(amendmentId, amendment)
}
export const amendmentBecomes = (
  state: AmendmentsState,
  { orderId, amendmentId }: Pick<OrderAmendStarted, 'orderId' | 'amendmentId'>,
  stage: Exclude<AmendmentStage, 'requested'>,
): void => {
  const amendment = amendmentsOf(state, orderId).get(amendmentId)
  if (amendment === undefined) return
  noLongerWaiting(state, amendment)
  put(state, { ...amendment, stage })
}
/** Done or refused: nothing of it is left. Answers whose approvals need not be known any more. */
export const amendmentOver = (
  state: AmendmentsState,
  orderId: OrderId,
  amendmentId: AmendmentId,
): readonly AmendmentId[] => {
  const held = state.held.get(orderId)
  const amendment = held?.get(amendmentId)
  if (held === undefined || amendment === undefined) return []
  noLongerWaiting(state, amendment)
  held.delete(amendmentId)
  if (held.size === 0) state.held.delete(orderId)
  return [amendmentId]
}
/** The order has ended, and whatever was asked of it with it. */
export const amendmentsOver = (state: AmendmentsState, orderId: OrderId): readonly AmendmentId[] =>
  [...amendmentsOf(state, orderId).keys()].flatMap((id) => amendmentOver(state, orderId, id))
/** What was denied is never spoken of again, unless it was sent all the same. */
export const amendmentDecided = (
  state: AmendmentsState,
  orderId: OrderId,
  amendmentId: AmendmentId,
  outcome: 'approved' | 'denied',
): void => {
  const amendment = amendmentsOf(state, orderId).get(amendmentId)
  if (amendment === undefined) return
  noLongerWaiting(state, amendment)
  if (outcome === 'denied' && amendment.stage === 'requested')
    amendmentOver(state, orderId, amendmentId)
}

const put = ({ held }: AmendmentsState, amendment: HeldAmendment): void => {
  const { orderId, amendmentId } = amendment
  const own = held.get(orderId)
  if (own === undefined) held.set(orderId, new Map([[amendmentId, amendment]]))
  else own.set(amendmentId, amendment)
}
const noLongerWaiting = (
  { waiting }: AmendmentsState,
  { book, amendmentId }: HeldAmendment,
): void => {
  waiting.get(book)?.delete(amendmentId)
}
