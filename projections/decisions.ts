/** What the risk guard decided, and from what. One row per order, for there is one decision per intent. */
import { eventOf, flag, optional, text, time, whole } from '#projections/columns'
import { listOf, type Page, type Query, rowsOf } from '#projections/query'
import type { ReadModel } from '#projections/read-model'
import type { RecordedEvent } from '#schemas/envelope'
import type { EventNamed } from '#schemas/events/ledger'
import { OrderApproved, OrderDenied } from '#schemas/events/risk'
import type { BookId, EventId, OrderId } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'

export interface DecisionRow {
  /** Of the decision's event; of an approval it is the approval's id. */
  readonly id: EventId
  readonly orderId: OrderId
  readonly book: BookId
  readonly outcome: 'approved' | 'denied'
  readonly reducing: boolean
  readonly at: Instant
  /** The whole of it, as recorded; one of the two. */
  readonly approval: OrderApproved | undefined
  readonly denial: OrderDenied | undefined
  readonly logPosition: bigint
}

const decided = ({
  event,
  metadata,
  position,
}: RecordedEvent<EventNamed<'OrderApproved' | 'OrderDenied'>>): DecisionRow => ({
  id: metadata.id,
  orderId: event.orderId,
  book: event.book,
  outcome: event.type === 'OrderApproved' ? 'approved' : 'denied',
  reducing: event.reducing,
  at: event.at,
  approval: event.type === 'OrderApproved' ? event : undefined,
  denial: event.type === 'OrderDenied' ? event : undefined,
  logPosition: position,
})

export const decisions: ReadModel<DecisionRow> = {
  name: 'decisions',
  columns: {
    id: text(),
    orderId: text(),
    book: text(),
    outcome: text(),
    reducing: flag,
    at: time,
    approval: optional(eventOf(OrderApproved)),
    denial: optional(eventOf(OrderDenied)),
    logPosition: whole,
  },
  key: ['orderId'],
  beginsWith: ['OrderApproved', 'OrderDenied'],
  indexes: [['logPosition'], ['book', 'logPosition']],
  foldVersion: 1,
  rowsOf: ({ event }) => ('orderId' in event ? [[event.orderId]] : []),
  on: {
    OrderApproved: (_row, recorded) => decided(recorded),
    OrderDenied: (_row, recorded) => decided(recorded),
  },
}

export interface DecisionFilter {
  readonly book?: string | undefined
  readonly orderId?: string | undefined
  readonly outcome?: 'approved' | 'denied' | undefined
}
/** Newest first. */
export const decisionsMatching = (
  { book, orderId, outcome }: DecisionFilter,
  page: Page,
): Query<DecisionRow> =>
  listOf(decisions, { where: { book, orderId, outcome }, order: 'logPosition', page })

export const decisionOf = (orderId: string): Query<DecisionRow> =>
  rowsOf(decisions, { orderId }, 'orderId')
