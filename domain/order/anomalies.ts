/** What should not be, and is recorded beside the facts: each anomaly of an order once. */
import { accept, type Decision } from '#domain/kernel/decider'
import type { ReportAmended } from '#domain/order/amend-commands'
import { amendmentUnderWay, quantityMost } from '#domain/order/amendment'
import type {
  ReportAccepted,
  ReportCancelled,
  ReportExpired,
  ReportFill,
  TermsAtVenue,
} from '#domain/order/commands'
import { type FillOfOrder, noteOf, type Order, type RecordedOrder } from '#domain/order/state'
import { addQuantity } from '#domain/values/decimal'
import type { AnomalyCode } from '#schemas/codes'
import type { OrderEvent } from '#schemas/events/order'
import { formatDecimal, placesOfQuantity, type Quantity } from '#schemas/values/decimal'
import type { Code, Line, OrderId, Sha256, TradeId, VenueOrderId } from '#schemas/values/ids'
import type { Terms } from '#schemas/values/trading'

type Events = readonly OrderEvent[]

export interface Said {
  readonly orderId: OrderId
  readonly tradeId?: TradeId
  readonly payloadHash?: Sha256
}
/** The same thing said twice is noted once. */
export const anomaly = (
  { orderId, tradeId, payloadHash }: Said,
  order: Order,
  code: AnomalyCode,
  detail: string,
): Events => {
  if (order.noted.includes(noteOf(code, detail))) return []
  return [
    {
      type: 'OrderAnomalyObserved',
      orderId,
      anomaly: code as string as Code,
      detail: detail as Line,
      ...(tradeId === undefined ? {} : { tradeId }),
      ...(payloadHash === undefined ? {} : { payloadHash }),
    },
  ]
}
export const unexpected = (
  report: Said,
  order: Order,
  detail: string,
): Decision<OrderEvent, never> => accept(...anomaly(report, order, 'unexpectedReport', detail))

export const renamed = (
  report: Said & { readonly venueOrderId: VenueOrderId },
  order: RecordedOrder,
): Events => {
  if (!('venueOrderId' in order) || order.venueOrderId === report.venueOrderId) return []
  const detail = `The venue calls it ${report.venueOrderId}, and called it ${order.venueOrderId}.`
  return anomaly(report, order, 'venueOrderIdChanged', detail)
}

const otherTerms = (
  report: Said,
  said: Partial<TermsAtVenue>,
  fields: readonly (keyof TermsAtVenue)[],
  order: RecordedOrder,
  terms: Terms = order.terms,
): Events => {
  const differing = fields.filter((field) => terms[field] !== said[field])
  if (differing.length === 0) return []
  const detail = `The venue has another ${differing.join(', ')}.`
  return anomaly(report, order, 'termsDiffer', detail)
}
const toldByOrder = [
  'symbol',
  'side',
  'orderType',
  'timeInForce',
  'quantity',
  'limitPrice',
  'stopPrice',
  'expireAt',
] as const
/** Not every venue says these. */
const perhapsTold = ['postOnly', 'reduceOnly'] as const
const toldBy = ({ terms }: ReportAccepted | ReportAmended): readonly (keyof TermsAtVenue)[] => [
  ...toldByOrder,
  ...perhapsTold.filter((field) => terms[field] !== undefined),
]
/** While an amendment is under way the venue may have it either way. */
export const otherTermsOfOrder = (report: ReportAccepted, order: RecordedOrder): Events => {
  const amended = amendmentUnderWay(order)?.terms
  const fields = toldBy(report)
  return amended !== undefined && fields.every((field) => amended[field] === report.terms[field])
    ? []
    : otherTerms(report, report.terms, fields, order)
}
export const otherTermsOfAmendment = (
  report: ReportAmended,
  terms: Terms,
  order: RecordedOrder,
): Events => otherTerms(report, report.terms, toldBy(report), order, terms)
const toldByTrade = ['symbol', 'side'] as const

export const oddities = (report: ReportFill, order: RecordedOrder): Events => {
  const total = addQuantity(order.filledQuantity, report.quantity)
  const most = quantityMost(order)
  const detail = `${shown(total)} filled of ${shown(most)}.`
  return [
    ...(total > most ? anomaly(report, order, 'overfill', detail) : []),
    ...renamed(report, order),
    ...otherTerms(report, report, toldByTrade, order),
  ]
}

export const lessThanFills = (
  report: ReportCancelled | ReportExpired,
  order: RecordedOrder,
): Events => {
  const { filledTotal } = report
  if (filledTotal >= order.filledQuantity) return []
  const detail = `The venue counts ${shown(filledTotal)}, the fills ${shown(order.filledQuantity)}.`
  return anomaly(report, order, 'filledTotalBelowFills', detail)
}

export const differenceOf = (earlier: FillOfOrder, report: ReportFill): readonly string[] => [
  ...(['symbol', 'side', 'quantity', 'price', 'liquidity'] as const).filter(
    (field) => earlier[field] !== report[field],
  ),
  ...(earlier.fee.amount === report.fee.amount && earlier.fee.currency === report.fee.currency
    ? []
    : ['fee']),
]

export const shown = (quantity: Quantity): string => formatDecimal(quantity, placesOfQuantity)
