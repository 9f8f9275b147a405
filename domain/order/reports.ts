/** What is reported about an order. A report is never refused: it is recorded, known already, or an anomaly. */
import { accept, type Decision } from '#domain/kernel/decider'
import {
  anomaly,
  differenceOf,
  lessThanFills,
  oddities,
  otherTermsOfOrder,
  renamed,
  type Said,
  shown,
  unexpected,
} from '#domain/order/anomalies'
import type {
  OrderRejection,
  ReportAccepted,
  ReportCancelled,
  ReportCancelRefused,
  ReportExpired,
  ReportFill,
  ReportNotSent,
  ReportRefused,
  ReportUnknown,
} from '#domain/order/commands'
import type { Order, RecordedOrder } from '#domain/order/state'
import type { OrderEvent, OrderFilled } from '#schemas/events/order'
import type { Code } from '#schemas/values/ids'
import type { Instant } from '#schemas/values/instant'

type OrderDecision = Decision<OrderEvent, OrderRejection>
type Events = readonly OrderEvent[]

export const reportAccepted = (report: ReportAccepted, order: Order): OrderDecision => {
  const { orderId, venueOrderId } = report
  switch (order._tag) {
    case 'Submitting':
    case 'Unknown':
      return accept(...acknowledgement(report, order), ...otherTermsOfOrder(report, order))
    case 'Open':
      return accept(...renamed(report, order), ...otherTermsOfOrder(report, order))
    case 'Filled':
    case 'Cancelled':
    case 'Expired':
      return accept(...renamed(report, order))
    case 'Refused':
    case 'Lapsed':
      return accept(...anomaly(report, order, 'acceptedAfterEnd', `The venue has ${venueOrderId}.`))
    case 'Intended':
    case 'Unrecorded':
      return unexpected(report, order, `The venue has ${venueOrderId} of ${orderId}.`)
  }
}

export const reportRefused = (report: ReportRefused, order: Order): OrderDecision => {
  const { orderId, reason, payloadHash } = report
  const hash = payloadHash === undefined ? {} : { payloadHash }
  const refused: OrderEvent = { type: 'OrderRefused', orderId, reason, ...hash }
  const detail = `The venue refused it: ${reason.code}.`
  switch (order._tag) {
    case 'Submitting':
      return accept(refused)
    case 'Unknown':
      return accept(resolved(report), refused)
    case 'Open':
      return order.filledQuantity === 0n ? accept(refused) : unexpected(report, order, detail)
    case 'Refused':
      return accept()
    case 'Unrecorded':
    case 'Intended':
    case 'Filled':
    case 'Cancelled':
    case 'Expired':
    case 'Lapsed':
      return unexpected(report, order, detail)
  }
}

/** A stale sender does not settle what others have begun to doubt: only the venue's word does. */
export const reportNotSent = (report: ReportNotSent, order: Order): OrderDecision => {
  const { orderId, reason } = report
  switch (order._tag) {
    case 'Submitting':
      return accept({ type: 'OrderRefused', orderId, reason })
    case 'Unknown':
    case 'Refused':
      return accept()
    case 'Unrecorded':
    case 'Intended':
    case 'Open':
    case 'Filled':
    case 'Cancelled':
    case 'Expired':
    case 'Lapsed':
      return unexpected(report, order, 'Its sender says that it was never sent.')
  }
}

export const reportUnknown = (report: ReportUnknown, order: Order): OrderDecision => {
  const { orderId, reason } = report
  switch (order._tag) {
    case 'Submitting':
      return accept({ type: 'OrderOutcomeUnknown', orderId, reason })
    case 'Unknown':
    case 'Open':
    case 'Filled':
    case 'Cancelled':
    case 'Expired':
    case 'Refused':
      return accept()
    case 'Unrecorded':
    case 'Intended':
    case 'Lapsed':
      return unexpected(report, order, 'The outcome of an unsent order was called unknown.')
  }
}

export const reportFill = (report: ReportFill, order: Order): OrderDecision => {
  const { tradeId } = report
  if (order._tag === 'Unrecorded') {
    return unexpected(report, order, `Trade ${tradeId} of an order without intent.`)
  }
  const earlier = order.fills.get(tradeId)
  if (earlier !== undefined) {
    const differs = differenceOf(earlier, report)
    const detail = `Trade ${tradeId} came again with another ${differs.join(', ')}.`
    return accept(
      ...(differs.length === 0 ? [] : anomaly(report, order, 'duplicateFillDiffers', detail)),
    )
  }
  if (report.quantity === 0n) return unexpected(report, order, `Trade ${tradeId} of nothing.`)
  const filled = fillOf(report, order)
  const odd = oddities(report, order)
  switch (order._tag) {
    case 'Submitting':
    case 'Unknown':
      return accept(...acknowledgement(report, order), filled, ...odd)
    case 'Open':
    case 'Filled':
    case 'Cancelled':
    case 'Expired':
      return accept(filled, ...odd)
    case 'Refused':
      return accept(
        filled,
        ...anomaly(report, order, 'acceptedAfterEnd', `Trade ${tradeId} after the refusal.`),
        ...odd,
      )
    case 'Intended':
    case 'Lapsed':
      return accept(
        filled,
        ...anomaly(report, order, 'fillBeforeSubmission', `Trade ${tradeId} without submission.`),
        ...odd,
      )
  }
}

export const reportEnd = (report: ReportCancelled | ReportExpired, order: Order): OrderDecision => {
  const { orderId, filledTotal, venueAt, receivedAt, payloadHash } = report
  const type = report.type === 'ReportCancelled' ? 'OrderCancelled' : 'OrderExpired'
  const end: OrderEvent = { type, orderId, filledTotal, venueAt, receivedAt, payloadHash }
  const detail = `The venue says ${type} with ${shown(filledTotal)} filled.`
  switch (order._tag) {
    case 'Submitting':
    case 'Unknown':
      return accept(...acknowledgement(report, order), end, ...lessThanFills(report, order))
    case 'Open':
      return accept(...renamed(report, order), end, ...lessThanFills(report, order))
    case 'Cancelled':
    case 'Expired':
      return type === `Order${order._tag}` && order.venueTotal === filledTotal
        ? accept(...renamed(report, order))
        : unexpected(report, order, detail)
    case 'Unrecorded':
    case 'Intended':
    case 'Filled':
    case 'Refused':
    case 'Lapsed':
      return unexpected(report, order, detail)
  }
}

export const reportCancelRefused = (report: ReportCancelRefused, order: Order): OrderDecision => {
  const { orderId, reason } = report
  switch (order._tag) {
    case 'Open':
      return order.cancelPending
        ? accept({ type: 'OrderCancelRefused', orderId, reason })
        : accept()
    case 'Filled':
    case 'Cancelled':
    case 'Expired':
    case 'Refused':
      return accept()
    case 'Unrecorded':
    case 'Intended':
    case 'Submitting':
    case 'Unknown':
    case 'Lapsed':
      return unexpected(report, order, `A cancel was refused: ${reason.code}.`)
  }
}

interface VenueSaid extends Said {
  readonly via: string
  readonly receivedAt: Instant
}
const resolved = ({ orderId, via, receivedAt }: VenueSaid): OrderEvent => ({
  type: 'OrderOutcomeResolved',
  orderId,
  found: 'present',
  evidence: [via as Code],
  askedAt: receivedAt,
})

/** Whatever else the venue says of an order, it says that it has it. */
const acknowledgement = (
  report: ReportAccepted | ReportFill | ReportCancelled | ReportExpired,
  { _tag }: RecordedOrder,
): Events => {
  const { orderId, venueOrderId, venueAt, receivedAt, payloadHash } = report
  return [
    ...(_tag === 'Unknown' ? [resolved(report)] : []),
    { type: 'OrderAccepted', orderId, venueOrderId, venueAt, receivedAt, payloadHash },
  ]
}

const fillOf = (report: ReportFill, { orderId, book, terms }: RecordedOrder): OrderFilled => ({
  type: 'OrderFilled',
  orderId,
  book,
  account: terms.account,
  strategy: terms.strategy,
  venue: terms.venue,
  symbol: report.symbol,
  side: report.side,
  tradeId: report.tradeId,
  quantity: report.quantity,
  price: report.price,
  fee: report.fee,
  liquidity: report.liquidity,
  instrument: report.instrument,
  venueAt: report.venueAt,
  receivedAt: report.receivedAt,
  payloadHash: report.payloadHash,
})
