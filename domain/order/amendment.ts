/** What an order may become while it is at the venue: its amendments, one at a time. */
import { larger } from '#domain/values/decimal'
import type {
  OrderAmended,
  OrderAmendOutcomeUnknown,
  OrderAmendRefused,
  OrderAmendRequested,
  OrderAmendStarted,
} from '#schemas/events/order'
import type { Quantity } from '#schemas/values/decimal'
import type { AmendmentId } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'
import type { Terms } from '#schemas/values/trading'

/** `refused`: the order stayed as it was. What the guard denied stays `requested`, for its denial stands elsewhere. */
export type AmendmentStage = 'requested' | 'started' | 'unknown' | 'amended' | 'refused'
export interface Amendment {
  readonly amendmentId: AmendmentId
  /** The whole of the order, what it has filled included. */
  readonly terms: Terms
  readonly decideBy: Instant
  readonly stage: AmendmentStage
  /** After which nothing of it was written to the venue; undefined until it was started. */
  readonly sendBy?: Instant
}
/** In the order in which they were asked for. Only the last can be open. */
export interface Amendable {
  readonly terms: Terms
  readonly amendments: readonly Amendment[]
}
export type AmendEvent =
  | OrderAmendRequested
  | OrderAmendStarted
  | OrderAmended
  | OrderAmendRefused
  | OrderAmendOutcomeUnknown

/** What may be another afterwards. Everything else is what makes it this order. */
export const amendableFields = ['quantity', 'limitPrice', 'stopPrice', 'expireAt'] as const

export const amendmentOf = ({ amendments }: Amendable, id: AmendmentId): Amendment | undefined =>
  amendments.find(({ amendmentId }) => amendmentId === id)
/** The last, unless it is settled. */
export const openAmendment = ({ amendments }: Amendable): Amendment | undefined => {
  const last = amendments.at(-1)
  return last === undefined || last.stage === 'amended' || last.stage === 'refused'
    ? undefined
    : last
}
/** What the venue may have made of the order, and has not said. */
export const amendmentUnderWay = (order: Amendable): Amendment | undefined => {
  const open = openAmendment(order)
  return open?.stage === 'requested' ? undefined : open
}
/** How much the venue may fill of it in all: by the larger of what it was and what it may have become. */
export const quantityMost = (order: Amendable): Quantity =>
  larger(order.terms.quantity, amendmentUnderWay(order)?.terms.quantity ?? order.terms.quantity)

/** From, event, to. A pair that is not here changes nothing. */
export const amendmentTransitions = {
  requested: { OrderAmendStarted: 'started', OrderAmendRefused: 'refused' },
  started: {
    OrderAmended: 'amended',
    OrderAmendRefused: 'refused',
    OrderAmendOutcomeUnknown: 'unknown',
  },
  unknown: { OrderAmended: 'amended', OrderAmendRefused: 'refused' },
  amended: {},
  refused: {},
} as const satisfies Record<AmendmentStage, Partial<Record<AmendEvent['type'], AmendmentStage>>>

/** The same object where the event changes nothing. */
export const withAmendment = <O extends Amendable>(order: O, event: AmendEvent): O => {
  if (event.type === 'OrderAmendRequested') {
    if (amendmentOf(order, event.amendmentId) !== undefined) return order
    const { amendmentId, terms, decideBy } = event
    const asked: Amendment = { amendmentId, terms, decideBy, stage: 'requested' }
    return { ...order, amendments: [...order.amendments, asked] }
  }
  const before = openAmendment(order)
  if (before?.amendmentId !== event.amendmentId) return order
  const stage = stageAfter(before.stage, event.type)
  if (stage === undefined) return order
  const sendBy = event.type === 'OrderAmendStarted' ? { sendBy: event.sendBy } : {}
  const amendments = order.amendments.with(-1, { ...before, ...sendBy, stage })
  return event.type === 'OrderAmended'
    ? { ...order, amendments, terms: event.terms }
    : { ...order, amendments }
}
const stageAfter = (
  stage: AmendmentStage,
  type: AmendEvent['type'],
): AmendmentStage | undefined => {
  const to: Partial<Record<AmendEvent['type'], AmendmentStage>> = amendmentTransitions[stage]
  return to[type]
}
