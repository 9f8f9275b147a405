/** What is reported about an order's amendment. A report is never refused: it is recorded, known already, or an anomaly. */
import { accept, type Decision } from '#domain/kernel/decider'
import type {
  ReportAmended,
  ReportAmendNotSent,
  ReportAmendRefused,
  ReportAmendUnknown,
} from '#domain/order/amend-commands'
import { type Amendment, amendmentOf } from '#domain/order/amendment'
import { otherTermsOfAmendment, renamed, unexpected } from '#domain/order/anomalies'
import type { OrderRejection } from '#domain/order/commands'
import { isEnded, type Order } from '#domain/order/state'
import type { OrderEvent } from '#schemas/events/order'

type OrderDecision = Decision<OrderEvent, OrderRejection>

export const reportAmended = (report: ReportAmended, order: Order): OrderDecision => {
  const { orderId, amendmentId, venueAt, receivedAt, payloadHash } = report
  const detail = `The venue amended it: ${amendmentId}.`
  const amendment = amendmentIn(report, order)
  if (order._tag === 'Unrecorded' || amendment === undefined)
    return unexpected(report, order, detail)
  switch (amendment.stage) {
    case 'started':
    case 'unknown': {
      // Its end has overtaken it, and says what was filled in all.
      if (isEnded(order)) return accept()
      const { terms } = amendment
      const said = { venueAt, receivedAt, payloadHash }
      return accept(
        { type: 'OrderAmended', orderId, amendmentId, terms, ...said },
        ...renamed(report, order),
        ...otherTermsOfAmendment(report, amendment.terms, order),
      )
    }
    case 'amended':
      return accept()
    case 'requested':
    case 'refused':
      return unexpected(report, order, detail)
  }
}

export const reportAmendRefused = (report: ReportAmendRefused, order: Order): OrderDecision => {
  const { orderId, amendmentId, reason, payloadHash } = report
  const detail = `The venue refused amendment ${amendmentId}: ${reason.code}.`
  const amendment = amendmentIn(report, order)
  switch (amendment?.stage) {
    case 'started':
    case 'unknown': {
      if (isEnded(order)) return accept()
      const hash = payloadHash === undefined ? {} : { payloadHash }
      return accept({ type: 'OrderAmendRefused', orderId, amendmentId, reason, ...hash })
    }
    case 'refused':
      return accept()
    case 'requested':
    case 'amended':
    case undefined:
      return unexpected(report, order, detail)
  }
}

/** A stale sender does not settle what others have begun to doubt: only the venue's word does. */
export const reportAmendNotSent = (report: ReportAmendNotSent, order: Order): OrderDecision => {
  const { orderId, amendmentId, reason } = report
  const detail = `The sender of amendment ${amendmentId} says that it was never sent.`
  switch (amendmentIn(report, order)?.stage) {
    case 'started':
      return isEnded(order)
        ? accept()
        : accept({ type: 'OrderAmendRefused', orderId, amendmentId, reason })
    case 'unknown':
    case 'refused':
      return accept()
    case 'requested':
    case 'amended':
    case undefined:
      return unexpected(report, order, detail)
  }
}

export const reportAmendUnknown = (report: ReportAmendUnknown, order: Order): OrderDecision => {
  const { orderId, amendmentId, reason } = report
  switch (amendmentIn(report, order)?.stage) {
    case 'started':
      return isEnded(order)
        ? accept()
        : accept({ type: 'OrderAmendOutcomeUnknown', orderId, amendmentId, reason })
    case 'unknown':
    case 'amended':
    case 'refused':
      return accept()
    case 'requested':
    case undefined: {
      const detail = `The outcome of amendment ${amendmentId}, which was not sent, was called unknown.`
      return unexpected(report, order, detail)
    }
  }
}

const amendmentIn = (
  { amendmentId }: Pick<ReportAmended, 'amendmentId'>,
  order: Order,
): Amendment | undefined =>
  order._tag === 'Unrecorded' ? undefined : amendmentOf(order, amendmentId)
